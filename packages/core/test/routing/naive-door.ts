import type { Outcome } from '../../src/routing/outcome.js'
import type { Refusal } from './naive-answer.js'
import type { NaiveBids } from './naive-bids.js'
import { type NaiveFleet, sum } from './naive-fleet.js'
import { alike } from './naive-lines.js'
import type { NaivePolicy } from './naive-policy.js'
import type { NaiveModel, NaivePair, NaiveRequest, NaiveTicket } from './naive-records.js'

/** What is to become of a request that comes. */
export type Reception =
  | { kind: 'admitted'; model: NaiveModel }
  | { kind: 'queued'; home: NaiveModel; waitMs: number; displaced: NaiveTicket | undefined }
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

  /** As things are: what time alone has changed since the last transition is not seen. */
  hasSlotFor(asked: NaiveRequest): boolean {
    const isFirst = alike(this.fleet, asked).length === 0
    return !this.isClosed && isFirst && this.fleet.free(asked, false).length > 0
  }

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
    const roomy = this.home(asked, false)
    const displaced = roomy === undefined ? this.leastEntitled(asked) : undefined
    const home = roomy ?? (displaced && this.fleet.model(displaced.homeModelId))
    const isAllClosed = this.fleet.withCapacity(asked).every(({ model }) => model.isQueueClosed)
    if (home === undefined && isAllClosed) return refused('rejected_queue_closed')
    if (home === undefined || this.isFullBytes(asked, displaced)) return refused('rejected_queue_full')
    const startByMs = Math.max(0, (asked.request.deadlineMs ?? Infinity) - this.fleet.serviceMs(home, asked))
    if (Math.max(heldMs, this.predictedMs(asked)) > startByMs) return refused('rejected_deadline')
    return { kind: 'queued', home, waitMs: Math.min(mayWaitMs, startByMs), displaced }
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

  /** Of those in the queues of its candidates the one that must make room for the request. */
  private leastEntitled(asked: NaiveRequest): NaiveTicket | undefined {
    const { tickets } = this.fleet
    const waiting = ({ priority, tenant }: NaiveRequest) => {
      return tickets.filter((other) => other.asked.priority === priority && other.asked.tenant === tenant)
        .length
    }
    // A queue that is closed, or was cut below what stands in it, takes nobody, not even in another's place.
    const there = this.fleet
      .withCapacity(asked)
      .map(({ model }) => ({ homed: this.fleet.homed(model.id), model }))
      .flatMap(({ homed, model }) => (homed.length > model.maxQueue || model.isQueueClosed ? [] : homed))
    const less = there.filter((ticket) => {
      // With one more only, the two would but change places.
      const hasMore = waiting(ticket.asked) >= waiting(asked) + 2
      return ticket.asked.rank > asked.rank || (ticket.asked.rank === asked.rank && hasMore)
    })
    less.sort((a, b) => {
      return b.asked.rank - a.asked.rank || waiting(b.asked) - waiting(a.asked) || b.id - a.id
    })
    return less[0]
  }

  private isFullBytes({ request }: NaiveRequest, displaced: NaiveTicket | undefined): boolean {
    const staying = this.fleet.tickets.filter((ticket) => ticket !== displaced)
    const held = staying.map(({ asked }) => asked.request.bytes ?? 0)
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
