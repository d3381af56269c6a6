import type { Outcome } from '../../src/routing/outcome.js'
import type { NaiveBids } from './naive-bids.js'
import { type NaiveFleet, type NaiveModel, type NaivePair, type NaiveRequest, sum } from './naive-fleet.js'
import { alike } from './naive-lines.js'
import type { NaivePolicy } from './naive-policy.js'

export type Refusal = { outcome: Outcome; canRetry: boolean }

/** What is to become of a request that comes. */
export type Reception =
  | { kind: 'admitted'; model: NaiveModel }
  | { kind: 'queued'; home: NaiveModel; expiresMs: number }
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
    const chosen = this.chooseAtOnce(asked)
    if (chosen !== undefined) return { kind: 'admitted', model: chosen.model }
    if (this.fleet.withCapacity(asked).length === 0) return refused('rejected_no_model', false)
    const heldMs = this.fleet.heldMs(asked)
    const mayWaitMs = this.mayWaitMs(asked)
    if (mayWaitMs <= heldMs) return refused('expired_in_queue')
    const home = this.home(asked)
    if (home === undefined || this.isFullBytes(asked)) return refused('rejected_queue_full')
    const startByMs = Math.max(0, (asked.request.deadlineMs ?? Infinity) - this.fleet.serviceMs(home, asked))
    if (Math.max(heldMs, this.predictedMs(asked)) > startByMs) return refused('rejected_deadline')
    return { kind: 'queued', home, expiresMs: this.fleet.now + Math.min(mayWaitMs, startByMs) }
  }

  /** The model in whose queue the request counts while it waits; `undefined` where all are full. */
  home(asked: NaiveRequest): NaiveModel | undefined {
    const isUrgent = alike(this.fleet, asked).some((ticket) => ticket.isUrgent)
    const isBid = this.fleet.options.policy === 'bid'
    const worth = (pair: NaivePair) => (isBid ? this.bids.worthAfterWait(asked, pair, isUrgent) : pair.score)
    const roomy = this.fleet.withCapacity(asked).filter(({ model }) => {
      return this.fleet.homed(model.id).length < model.maxQueue
    })
    // The earlier of equals, for the sort is stable.
    return roomy.sort((a, b) => worth(b) - worth(a))[0]?.model
  }

  private chooseAtOnce(asked: NaiveRequest): NaivePair | undefined {
    const isBid = this.fleet.options.policy === 'bid'
    if (isBid && alike(this.fleet, asked).length > 0) return undefined
    const best = this.policy.choose(asked, this.fleet.free(asked, false))
    if (!isBid || best === undefined || this.mayWaitMs(asked) === 0) return best
    return this.bids.holdsBack(asked, best) ? undefined : best
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
