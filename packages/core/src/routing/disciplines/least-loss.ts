import type { TrackedModel } from '../../load/tracked.js'
import { patienceMs } from '../bid.js'
import { isSameSet } from '../choice.js'
import type { Expectation } from '../expectation.js'
import type { Line, Waiting } from '../line.js'
import type { BidRules } from '../options.js'
import { hasQueueRoom, NONE } from '../pick.js'
import type { Policy } from '../policies/policy.js'
import type { Slate } from '../slate.js'
import type { Discipline, Floor, Offer } from './discipline.js'
import { firstOf, isBefore } from './first-come.js'

/** How crowded the candidates of a request are. */
interface Pressure {
  /** Whether so many wait that every slot is to be used. */
  readonly isHigh: boolean
  readonly patienceMs: number
}

interface Bidder {
  readonly line: Line
  readonly waiting: Waiting
  /** Index of the model among its candidates. */
  readonly chosen: number
  /** Points lost by taking it now, less what waiting has cost. */
  readonly loss: number
  /** Whether its tenant has been served so much more than others that these come first. */
  isPassed: boolean
}

/**
 * A freed slot goes to the head of a line that loses least by taking it, and stays free for a while when all lose too much:
 * the slower server of a shared queue should be used above a length of the queue only (Lin and Kumar, "Optimal control of
 * a queueing system with two heterogeneous servers", IEEE TAC 1984, doi:10.1109/TAC.1984.1103637).
 */
export class LeastLoss implements Discipline {
  heldMs = Infinity
  isHolding = false
  readonly #rules: BidRules
  readonly #policy: Policy
  readonly #expectation: Expectation
  /** Counts calls of `next`, so that a line is looked at once in each. */
  #round = 0
  #pressed: { readonly models: readonly TrackedModel[]; readonly pressure: Pressure } | undefined
  /** Of each candidate on the slate: its worth, waiting for it included. */
  #gain = new Float64Array(0)
  /** The candidate of the greatest gain, and the two greatest. */
  #best = NONE
  #bestGain = -Infinity
  #secondGain = -Infinity

  constructor(rules: BidRules, policy: Policy, expectation: Expectation) {
    this.#rules = rules
    this.#policy = policy
    this.#expectation = expectation
  }

  /** O(lines that accept the models · candidates). */
  next(floor: Floor, models: Iterable<TrackedModel>, nowMs: number): Offer | undefined {
    this.heldMs = Infinity
    this.isHolding = false
    const best: (Bidder | undefined)[] = []
    const foremost: (Line | undefined)[] = []
    const bounds: number[] = []
    const round = ++this.#round
    this.#pressed = undefined
    for (const model of models) {
      if (model.freeSlotsInPanic <= 0) continue
      for (const line of floor.queue.linesOf(model)) {
        if (line.lastLooked === round || !floor.hasSlot(line, model)) continue
        line.lastLooked = round
        const bidder = this.#bidderOf(floor, line, nowMs)
        if (bidder === undefined) continue
        const { rank } = line
        const other = foremost[rank]
        if (other === undefined || isBefore(line, other)) foremost[rank] = line
        bidder.isPassed = bidder.waiting.share.tokens > (bounds[rank] ??= floor.queue.shareBound(rank))
        const rival = best[rank]
        if (rival === undefined || isAhead(bidder, rival)) best[rank] = bidder
      }
    }
    const first = firstOf(foremost)
    const bidder = first && best[first.rank]
    if (bidder === undefined) return undefined
    const { waiting, chosen } = bidder
    // Others have been looked at since.
    floor.seat(waiting)
    this.#policy.weigh(floor.slate, nowMs)
    return { waiting, chosen }
  }

  takes(slate: Slate, chosen: number, nowMs: number): boolean {
    if (isWorthMost(slate, chosen)) return true
    const { timeValue, holdSlack } = this.#rules
    this.#weighWaits(slate, nowMs)
    let best = chosen
    for (let i = 0; i < slate.count; i++) {
      const isOpen = (slate.free[i] as number) > 0 || hasQueueRoom(slate.model(i))
      if (isOpen && (this.#gain[i] as number) > (this.#gain[best] as number)) best = i
    }
    if (best === chosen) return true
    const { isHigh, patienceMs: patience } = this.#pressure(slate.choice.models, nowMs)
    if (isHigh) return true
    const loss = (this.#gain[best] as number) - (slate.worth[chosen] as number)
    return loss <= holdSlack + (timeValue * patience) / 1_000
  }

  home(slate: Slate, nowMs: number): number {
    this.#weighWaits(slate, nowMs)
    let best = NONE
    let bestGain = -Infinity
    for (let i = 0; i < slate.count; i++) {
      const gain = this.#gain[i] as number
      if (gain <= bestGain || !hasQueueRoom(slate.model(i))) continue
      best = i
      bestGain = gain
    }
    return best
  }

  /**
   * The free candidate that the head of a line would take; when there are only such as it declines, notes until when.
   *
   * @param line - one that some candidate has a slot for.
   */
  #bidderOf(floor: Floor, line: Line, nowMs: number): Bidder | undefined {
    const waiting = line.head
    if (waiting === undefined) return undefined
    const { slate } = floor
    floor.seat(waiting)
    this.#policy.weigh(slate, nowMs)
    this.#weighWaits(slate, nowMs)
    const { timeValue, holdSlack } = this.#rules
    const pressure = this.#pressureOf(line.models, nowMs)
    const waitedMs = nowMs - waiting.ticket.enqueuedMs
    const most = holdSlack + (timeValue * (waitedMs + pressure.patienceMs)) / 1_000
    let bidder: Bidder | undefined
    for (let i = 0; i < slate.count; i++) {
      if ((slate.free[i] as number) <= 0) continue
      const rival = i === this.#best ? this.#secondGain : this.#bestGain
      const loss = Math.max(0, rival - (slate.worth[i] as number))
      if (pressure.isHigh || slate.model(i) === waiting.home || loss <= most) {
        const own = { line, waiting, chosen: i, loss: loss - (timeValue * waitedMs) / 1_000, isPassed: false }
        if (bidder === undefined || own.loss < bidder.loss) bidder = own
      } else {
        this.isHolding = true
        const dueMs =
          waiting.ticket.enqueuedMs + ((loss - holdSlack) / timeValue) * 1_000 - pressure.patienceMs
        if (timeValue > 0) this.heldMs = Math.min(this.heldMs, Math.max(nowMs + 1, dueMs))
      }
    }
    return bidder
  }

  #weighWaits(slate: Slate, nowMs: number): void {
    if (this.#gain.length < slate.count) this.#gain = new Float64Array(2 * slate.count)
    this.#best = NONE
    this.#bestGain = this.#secondGain = -Infinity
    for (let i = 0; i < slate.count; i++) {
      const gain = this.#gainOf(slate, i, nowMs)
      this.#gain[i] = gain
      if (gain > this.#bestGain) {
        this.#secondGain = this.#bestGain
        this.#bestGain = gain
        this.#best = i
      } else if (gain > this.#secondGain) this.#secondGain = gain
    }
  }

  #gainOf(slate: Slate, i: number, nowMs: number): number {
    if (slate.model(i).maxConcurrent === 0) return -Infinity
    const waitMs = (slate.free[i] as number) > 0 ? 0 : this.#queueMs(slate, i, nowMs)
    return (slate.worth[i] as number) - (this.#rules.timeValue * waitMs) / 1_000
  }

  /** Milliseconds until one who begins to wait for a candidate would be served there. */
  #queueMs(slate: Slate, i: number, nowMs: number): number {
    const model = slate.model(i)
    const queueMs = ((model.queued + 1) * this.#expectation.meanMs(model)) / model.ownSlots
    return Math.max(queueMs, model.health.heldMs(slate.inPanic, nowMs))
  }

  /** Within one search the same for the same models: nothing comes or goes meanwhile. */
  #pressureOf(models: readonly TrackedModel[], nowMs: number): Pressure {
    if (this.#pressed === undefined || !isSameSet(this.#pressed.models, models)) {
      this.#pressed = { models, pressure: this.#pressure(models, nowMs) }
    }
    return this.#pressed.pressure
  }

  #pressure(models: readonly TrackedModel[], nowMs: number): Pressure {
    let waiting = 0
    let slots = 0
    let servedPerMs = 0
    let arrivingPerMs = 0
    for (const model of models) {
      if (model.maxConcurrent === 0) continue
      waiting += model.queued
      slots += model.capSlots
      servedPerMs += model.ownSlots / this.#expectation.meanMs(model)
      arrivingPerMs += model.arrivals.perMs(nowMs)
    }
    return {
      isHigh: waiting >= this.#rules.holdShare * slots,
      patienceMs: patienceMs(waiting, servedPerMs, arrivingPerMs),
    }
  }
}

/** Whether no other candidate is worth more even without a wait. */
function isWorthMost({ worth, count }: Slate, chosen: number): boolean {
  const most = worth[chosen] as number
  for (let i = 0; i < count; i++) if ((worth[i] as number) > most) return false
  return true
}

function isAhead(a: Bidder, b: Bidder): boolean {
  if (a.isPassed !== b.isPassed) return b.isPassed
  return a.loss < b.loss || (a.loss === b.loss && a.waiting.ticket.id < b.waiting.ticket.id)
}
