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
    let first: Line | undefined
    let isFirstPassed = false
    for (const model of models) {
      if (model.freeSlotsInPanic <= 0) continue
      for (const line of floor.queue.linesOf(model)) {
        const waiting = line === first ? undefined : line.head
        if (waiting === undefined) continue
        const isPassed = waiting.share.tokens > floor.queue.shareBound(line.rank)
        const isAhead = isPassed === isFirstPassed ? first === undefined || isBefore(line, first) : !isPassed
        if (first !== undefined && !isAhead) continue
        floor.seat(waiting)
        if (!floor.slate.hasFree) continue
        first = line
        isFirstPassed = isPassed
      }
    }
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

/** Whether the one that came first in a line, priority and age counted, comes before that of another. */
export function isBefore({ first: a }: Line, { first: b }: Line): boolean {
  if (a === undefined || b === undefined) return a !== undefined
  return a.orderMs < b.orderMs || (a.orderMs === b.orderMs && a.ticket.id < b.ticket.id)
}
