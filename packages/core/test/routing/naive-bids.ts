import { patienceMs } from '../../src/routing/bid.js'
import type { NaiveCounts } from './naive-counts.js'
import { type NaiveFleet, sum } from './naive-fleet.js'
import { linesInOrder, type NaiveLine } from './naive-lines.js'
import type { NaivePolicy } from './naive-policy.js'
import type { NaiveModel, NaivePair, NaiveRequest } from './naive-records.js'

/** A slot of the model for the one who is next in the line. */
interface Offer {
  readonly line: NaiveLine
  readonly model: NaiveModel
  /** Place of the model among the candidates. */
  readonly index: number
  readonly isTaken: boolean
  /** What it loses by it, less what waiting has cost it. */
  readonly regret: number
  /** When it would be taken, should nothing change. */
  readonly wakeMs: number
}

/** Slots that nobody took who might. */
export interface Hold {
  readonly isHolding: boolean
  /** When they are to be offered again, should nothing change. */
  readonly wakeMs: number
}

/** Who waits for which model, and for how long, under the policy `bid`. */
export class NaiveBids {
  constructor(
    private readonly fleet: NaiveFleet,
    private readonly policy: NaivePolicy,
    private readonly counts: NaiveCounts,
  ) {}

  /** What the model is worth to the request, the wait for a slot included. */
  worthAfterWait(asked: NaiveRequest, pair: NaivePair, isUrgent: boolean): number {
    const { timeValue } = this.fleet.options.bid
    const worth = this.policy.worth(asked, pair)
    return worth - (timeValue * this.waitMs(asked, pair.model, isUrgent)) / 1_000
  }

  /** Whether a newcomer had better wait than take the best of the models that have a slot. */
  holdsBack(asked: NaiveRequest, free: NaivePair): boolean {
    if (this.isCrowded(asked)) return false
    // A model that neither has a slot nor lets anybody wait is no better one to be had.
    const open = this.fleet.withCapacity(asked).filter(({ model }) => {
      return this.fleet.hasQueueRoom(model) || this.fleet.room(model, asked, false) > 0
    })
    const best = Math.max(...open.map((pair) => this.worthAfterWait(asked, pair, false)))
    const loss = best - this.policy.worth(asked, free)
    const { timeValue, holdSlack } = this.fleet.options.bid
    return loss > holdSlack + (timeValue * this.patienceMs(asked)) / 1_000
  }

  /** The slot that is given away next, and when the ones that nobody took are to be looked at again. */
  next(): { taken: Offer | undefined; hold: Hold } {
    const offers = linesInOrder(this.fleet, this.counts).flatMap((line) => this.offersTo(line))
    const taken = offers.filter(({ isTaken }) => isTaken)
    const declined = offers.filter(({ isTaken }) => !isTaken)
    const first = taken[0]?.line.oldest.asked.priority
    const sameRank = taken.filter(({ line }) => line.oldest.asked.priority === first)
    sameRank.sort(
      (a, b) =>
        Number(a.line.isPassed) - Number(b.line.isPassed) ||
        a.regret - b.regret ||
        a.line.head.id - b.line.head.id ||
        a.index - b.index,
    )
    const wakeMs = Math.min(Infinity, ...declined.map(({ wakeMs }) => wakeMs))
    return { taken: sameRank[0], hold: { isHolding: declined.length > 0, wakeMs } }
  }

  private offersTo(line: NaiveLine): Offer[] {
    const { asked, enqueuedMs, homeModelId } = line.head
    const { timeValue, holdSlack } = this.fleet.options.bid
    const { now } = this.fleet
    const pairs = this.fleet.withCapacity(asked)
    const values = pairs.map((pair) => this.worthAfterWait(asked, pair, line.isUrgent))
    const patience = this.patienceMs(asked)
    return pairs.flatMap((pair, index) => {
      if (this.fleet.room(pair.model, asked, line.isUrgent) <= 0) return []
      const worth = this.policy.worth(asked, pair)
      const losses = values.flatMap((value, other) => (other === index ? [] : [value - worth]))
      const loss = Math.max(0, ...losses)
      const isTaken =
        homeModelId === pair.model.id ||
        this.isCrowded(asked) ||
        loss <= holdSlack + (timeValue * (now - enqueuedMs + patience)) / 1_000
      const regret = loss - (timeValue * (now - enqueuedMs)) / 1_000
      const acceptedMs = enqueuedMs + ((loss - holdSlack) / timeValue) * 1_000 - patience
      const wakeMs = timeValue === 0 ? Infinity : Math.max(now + 1, acceptedMs)
      return [{ line, model: pair.model, index, isTaken, regret, wakeMs }]
    })
  }

  private waitMs(asked: NaiveRequest, model: NaiveModel, isUrgent: boolean): number {
    if (this.fleet.room(model, asked, isUrgent) > 0) return 0
    const ahead = this.fleet.homed(model.id).length + 1
    const queueMs = (ahead * this.fleet.meanMs(model)) / this.fleet.serving(model)
    return Math.max(queueMs, model.health.heldMs(this.fleet.isInPanic(asked), this.fleet.now))
  }

  private waiting(asked: NaiveRequest): number {
    return sum(this.fleet.withCapacity(asked).map(({ model }) => this.fleet.homed(model.id).length))
  }

  /** Whether so many wait that no slot is held back. */
  private isCrowded(asked: NaiveRequest): boolean {
    const slots = this.fleet.withCapacity(asked).map(({ model }) => this.fleet.slotsWithinTarget(model))
    return this.waiting(asked) >= this.fleet.options.bid.holdShare * sum(slots)
  }

  private patienceMs(asked: NaiveRequest): number {
    const arriving = this.fleet.withCapacity(asked).map(({ model }) => model.arrivals.perMs(this.fleet.now))
    return patienceMs(this.waiting(asked), this.fleet.servedPerMs(asked), sum(arriving))
  }
}
