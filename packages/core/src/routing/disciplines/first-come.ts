import type { TrackedModel } from '../../load/tracked.js'
import type { Line } from '../line.js'
import { bestScored, NONE, pick } from '../pick.js'
import type { Policy } from '../policies/policy.js'
import type { Slate } from '../slate.js'
import type { Discipline, Floor, Offer } from './discipline.js'

/** First come, first served; no slot is held back. */
export class FirstCome implements Discipline {
  readonly isHolding = false
  readonly heldMs = Infinity
  readonly #policy: Policy

  constructor(policy: Policy) {
    this.#policy = policy
  }

  /** O(lines that accept the models · candidates). */
  next(floor: Floor, models: Iterable<TrackedModel>, nowMs: number): Offer | undefined {
    const foremost: (Line | undefined)[] = []
    const best: (Place | undefined)[] = []
    const bounds: number[] = []
    for (const model of models) {
      if (model.freeSlotsInPanic <= 0) continue
      for (const line of floor.queue.linesOf(model)) {
        const waiting = floor.hasSlot(line, model) ? line.head : undefined
        if (waiting === undefined) continue
        const { rank } = line
        const other = foremost[rank]
        if (other === undefined || isBefore(line, other)) foremost[rank] = line
        const bound = (bounds[rank] ??= floor.queue.shareBound(rank))
        const place = { line, isPassed: waiting.share.tokens > bound }
        const rival = best[rank]
        if (rival === undefined || isAhead(place, rival)) best[rank] = place
      }
    }
    const lead = firstOf(foremost)
    const first = lead && best[lead.rank]?.line
    const waiting = first?.head
    if (waiting === undefined) return undefined
    floor.seat(waiting)
    this.#policy.weigh(floor.slate, nowMs)
    const chosen = pick(floor.slate)
    return chosen === NONE ? undefined : { waiting, chosen }
  }

  takes(): boolean {
    return true
  }

  home(slate: Slate): number {
    return bestScored(slate)
  }
}

/** A line, and whether its next tenant has been served so much more than others that these come first. */
interface Place {
  readonly line: Line
  readonly isPassed: boolean
}

function isAhead(a: Place, b: Place): boolean {
  return a.isPassed === b.isPassed ? isBefore(a.line, b.line) : b.isPassed
}

/** The line whose first comes before those of the others. */
export function firstOf(lines: readonly (Line | undefined)[]): Line | undefined {
  let first: Line | undefined
  for (const line of lines) {
    if (line !== undefined && (first === undefined || isBefore(line, first))) first = line
  }
  return first
}

/** Whether the one that came first in a line, priority and age counted, comes before that of another. */
export function isBefore({ first: a }: Line, { first: b }: Line): boolean {
  if (a === undefined || b === undefined) return a !== undefined
  return a.orderMs < b.orderMs || (a.orderMs === b.orderMs && a.ticket.id < b.ticket.id)
}
