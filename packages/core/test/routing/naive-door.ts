import type { Outcome } from '../../src/routing/outcome.js'
import type { Refusal } from './naive-answer.js'
import type { NaiveBids } from './naive-bids.js'
import { type NaiveFleet, sum } from './naive-fleet.js'
import { alike } from './naive-lines.js'
import type { NaivePolicy } from './naive-policy.js'
import type { NaiveModel, NaivePair, NaiveRequest } from './naive-records.js'

/** What is to become of a request that comes. */
export type Reception =
  | { kind: 'admitted'; model: NaiveModel }
  | { kind: 'queued'; home: NaiveModel; waitMs: number }
  | ({ kind: 'rejected' } & Refusal)

const refused = (outcome: Outcome, canRetry = true): Reception => ({ kind: 'rejected', outcome, canRetry })

/** Who is let in, and in whose queue those count who must wait. */
export class NaiveDoor {
  isClosed = false

  constructor(
    private readonly fleet: NaiveFleet,
    private readonly policy: NaivePolicy,
    private readonly bids: NaiveBids,
  ) {}

  receive(asked: NaiveRequest): Reception {
    if (this.isClosed) return refused('rejected_draining')
    const best = this.best(asked)
    if (best !== undefined && !this.holdsBack(asked, best)) return { kind: 'admitted', model: best.model }
    const place = this.place(asked)
    // Whoever has a slot is served, if it cannot wait for a better one.
    if (place.kind === 'rejected' && best !== undefined) return { kind: 'admitted', model: best.model }
    return place
  }

  /** The model in whose queue the request counts while it waits; `undefined` where all are full. */
  home(asked: NaiveRequest, isUrgent: boolean): NaiveModel | undefined {
    const isBid = this.fleet.options.policy === 'bid'
    const worth = (pair: NaivePair) => (isBid ? this.bids.worthAfterWait(asked, pair, isUrgent) : pair.score)
    const roomy = this.fleet.withCapacity(asked).filter(({ model }) => this.fleet.hasQueueRoom(model))
    // The earlier of equals, for the sort is stable.
    return roomy.sort((a, b) => worth(b) - worth(a))[0]?.model
  }

  private place(asked: NaiveRequest): Reception {
    if (this.fleet.withCapacity(asked).length === 0) return refused('rejected_no_model', false)
    const heldMs = this.fleet.heldMs(asked)
    const mayWaitMs = this.mayWaitMs(asked)
    if (mayWaitMs <= heldMs) return refused('expired_in_queue')
    const home = this.home(asked, false)
    if (home === undefined || this.isFullBytes(asked)) return refused('rejected_queue_full')
    const startByMs = Math.max(0, (asked.request.deadlineMs ?? Infinity) - this.fleet.serviceMs(home, asked))
    if (Math.max(heldMs, this.predictedMs(asked)) > startByMs) return refused('rejected_deadline')
    return { kind: 'queued', home, waitMs: Math.min(mayWaitMs, startByMs) }
  }

  /** The best of the models that have a slot for a newcomer, unless somebody stands before it in its line. */
  private best(asked: NaiveRequest): NaivePair | undefined {
    if (alike(this.fleet, asked).length > 0) return undefined
    return this.policy.choose(asked, this.fleet.free(asked, false))
  }

  private holdsBack(asked: NaiveRequest, best: NaivePair): boolean {
    const mayHold = this.fleet.options.policy === 'bid' && this.mayWaitMs(asked) > 0
    return mayHold && this.bids.holdsBack(asked, best)
  }

  private mayWaitMs({ request }: NaiveRequest): number {
    return request.maxWaitMs ?? this.fleet.options.maxWaitMs
  }

  private isFullBytes({ request }: NaiveRequest): boolean {
    const held = this.fleet.tickets.map(({ asked }) => asked.request.bytes ?? 0)
    return sum(held) + (request.bytes ?? 0) > this.fleet.options.queue.maxBytes
  }

  /** When the request would be given a slot, by those of its rank or more urgent that wait before it. */
  private predictedMs(asked: NaiveRequest): number {
    const ahead = this.fleet.withCapacity(asked).map(({ model }) => {
      const before = this.fleet.homed(model.id).filter((ticket) => ticket.asked.rank <= asked.rank)
      return before.length + model.externalQueue
    })
    return (sum(ahead) + 1) / this.fleet.servedPerMs(asked)
  }
}
