import type { TrackedModel } from '../../load/tracked.js'
import type { Line, Waiting } from '../line.js'
import type { WaitQueue } from '../queue.js'
import type { Slate } from '../slate.js'

/** Somebody who waits and the candidate it is to be given; the slate holds its decision. */
export interface Offer {
  readonly waiting: Waiting
  readonly chosen: number
}

/** The part of a decision that needs the router: filling its slate for somebody who waits. */
export interface Floor {
  readonly queue: WaitQueue
  readonly slate: Slate
  /** Whether a model has a slot for those in a line: a quick look before `seat`. */
  hasSlot(line: Line, model: TrackedModel): boolean
  /** Fills the slate with what a request that waits may choose from. */
  seat(waiting: Waiting): void
}

/** Who of those that wait is given a freed slot, and whether a newcomer takes one. */
export interface Discipline {
  /**
   * Of all pairs of a line and one of `models` with a slot for it, the one to be served; `undefined` when there is none,
   * or nobody wants to. `models` must hold every model whose slots may have become more since this was asked last.
   */
  next(floor: Floor, models: Iterable<TrackedModel>, nowMs: number): Offer | undefined
  /** Whether a newcomer, whose slate has been weighed, takes its best free candidate rather than wait for another one. */
  takes(slate: Slate, chosen: number, nowMs: number): boolean
  /** The candidate a newcomer counts with while it waits; `NONE` when no queue has room. */
  home(slate: Slate, nowMs: number): number
  /** Whether somebody declined a slot when `next` was asked last; then it must be asked about all models. */
  readonly isHolding: boolean
  /** When one of them would take it, should nothing change; `Infinity` for never. */
  readonly heldMs: number
}
