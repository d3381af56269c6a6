import type { RoutedModel } from '../../catalog/model.js'
import type { RouterOptions } from '../../routing/options.js'
import { rankOf } from '../../routing/priority.js'
import type {
  Admission,
  Dropped,
  Rejection,
  RouteRequest,
  Ticket,
  Transition,
} from '../../routing/submission.js'
import type { WatchableRouter } from '../router-port.js'
import { checkAccount } from './account.js'
import { BrokenInvariant, type Invariant } from './broken-invariant.js'
import { checkDecision } from './explained.js'
import { checkNoneIdle, checkTurn } from './first-come.js'
import { checkNewcomer, checkOrder } from './line-order.js'
import { Mirror, type MirrorTicket } from './mirror.js'
import { type Promises, promisesOf } from './promises.js'
import { checkSlots } from './slots.js'

/** Holds what a router answers against what must be so, and keeps the mirror by it. */
export class Watch {
  readonly mirror: Mirror
  readonly #router: WatchableRouter
  readonly #promises: Promises

  constructor(router: WatchableRouter, models: readonly RoutedModel[], options: RouterOptions) {
    this.#router = router
    this.#promises = promisesOf(options)
    this.mirror = new Mirror(this.#promises.policy === 'bid')
    for (const model of models) this.mirror.setModel(model)
  }

  /** A request was given a model at once. */
  newcomer(admission: Admission, request: RouteRequest): void {
    this.must(!this.mirror.isClosed, 'I4', 'a request was admitted after close')
    checkNewcomer(this.mirror, request)
    this.#give(admission, request)
  }

  queued(ticket: Ticket, request: RouteRequest, displaced?: Dropped): void {
    const { mirror } = this
    if (displaced !== undefined) this.#displace(displaced, request)
    const { maxWaitMs, queue } = this.#promises
    this.must(!mirror.isClosed, 'I4', 'somebody waits after close')
    const waitMs = Math.min(request.maxWaitMs ?? maxWaitMs, request.deadlineMs ?? Infinity)
    this.must(
      ticket.expiresMs <= mirror.clockMs + waitMs,
      'I4',
      `ticket ${ticket.id} may wait until ${ticket.expiresMs}`,
    )
    mirror.tickets.set(ticket.id, { ticket, request })
    const home = this.#router.loads(mirror.clockMs).find(({ modelId }) => modelId === ticket.homeModelId)
    const isBounded = home !== undefined && home.queueDepth <= home.maxQueue
    this.must(
      isBounded,
      'I4',
      `${ticket.homeModelId} has ${home?.queueDepth} in its queue of ${home?.maxQueue}`,
    )
    const bytes = [...mirror.tickets.values()].reduce((sum, other) => sum + (other.request.bytes ?? 0), 0)
    this.must(bytes <= queue.maxBytes, 'I4', `those who wait hold ${bytes} bytes`)
  }

  rejected(rejection: Rejection, request: RouteRequest): void {
    const { outcome } = rejection
    this.mirror.outcomes[outcome]++
    this.must(this.mirror.isClosed === (outcome === 'rejected_draining'), 'I4', `${outcome} at the door`)
    this.#checkRefusal(rejection, request)
  }

  /** What a call set free; those who were dropped left before others were served. */
  took({ admitted, dropped }: Transition): void {
    const { mirror } = this
    for (const refusal of dropped) this.#drop(refusal)
    for (const admission of admitted) this.#admit(admission)
    for (const { ticket, request } of mirror.tickets.values()) {
      this.must(
        mirror.clockMs < ticket.expiresMs,
        'I4',
        `ticket ${ticket.id} waits beyond ${ticket.expiresMs}`,
      )
      this.must(mirror.canBeServed(request), 'I4', `ticket ${ticket.id} waits, and nobody can serve it`)
    }
    this.check()
    if (this.#promises.policy === 'bid') return
    checkNoneIdle(mirror, this.#router.loads(mirror.clockMs), this.#promises)
  }

  /** After every call. */
  check(): void {
    checkAccount(this.mirror, this.#router, this.#promises)
  }

  /** When everything has ended, every count is 0. */
  quiet(): void {
    const { inFlight, waiting } = this.#router.counters()
    this.must(inFlight === 0, 'I2', `${inFlight} leases are left`)
    this.must(waiting === 0, 'I4', `${waiting} requests are left waiting`)
    for (const load of this.#router.loads(this.mirror.clockMs)) {
      this.must(load.inFlight === 0, 'I1', `${load.modelId} is left with ${load.inFlight} in flight`)
      this.must(load.queueDepth === 0, 'I4', `${load.modelId} is left with ${load.queueDepth} in its queue`)
    }
  }

  /** @throws {BrokenInvariant} unless it is so. */
  must(isSo: boolean, invariant: Invariant, what: string): void {
    if (!isSo) throw new BrokenInvariant(invariant, this.mirror.clockMs, what)
  }

  /** Somebody was turned away for a more urgent request, or for one of a tenant with fewer that wait. */
  #displace(displaced: Dropped, request: RouteRequest): void {
    const { mirror } = this
    const other = mirror.tickets.get(displaced.ticket.id)?.request ?? request
    const ranks = [other, request].map(({ priority }) => rankOf(priority ?? 'default'))
    const [rank = 0, newRank = 0] = ranks
    const mayBe =
      rank > newRank || (rank === newRank && mirror.waitingOf(other) >= mirror.waitingOf(request) + 2)
    this.must(mayBe, 'I4', `ticket ${displaced.ticket.id} was turned away for ${request.requestId}`)
    this.#drop(displaced)
  }

  #drop(refusal: Dropped): void {
    const { ticket, outcome } = refusal
    const { request } = this.#leave(ticket.id)
    this.mirror.outcomes[outcome]++
    const isEarly = outcome === 'expired_in_queue' && this.mirror.clockMs < ticket.expiresMs
    this.must(!isEarly, 'I4', `ticket ${ticket.id} expired before ${ticket.expiresMs}`)
    this.must(
      this.mirror.isClosed || outcome !== 'rejected_draining',
      'I4',
      `ticket ${ticket.id} was drained`,
    )
    this.#checkRefusal(refusal, request)
  }

  #checkRefusal({ outcome, retryAfterMs }: Rejection, request: RouteRequest): void {
    const isHint = retryAfterMs === null || (retryAfterMs > 0 && retryAfterMs < Infinity)
    this.must(isHint, 'I4', `${outcome} asks for ${retryAfterMs} ms`)
    const isWrong = outcome === 'rejected_no_model' && this.mirror.canBeServed(request)
    this.must(!isWrong, 'I4', `${request.requestId} was turned away, and could be served`)
    const isDue = outcome !== 'rejected_deadline' || request.deadlineMs !== undefined
    this.must(isDue, 'I4', `${request.requestId} has no deadline, and was turned away for it`)
  }

  #admit(admission: Admission): void {
    const { ticket, lease } = admission
    if (ticket === undefined) throw this.#broken('I4', `lease ${lease.id} was given to nobody`)
    const served = this.#leave(ticket.id)
    this.must(!this.mirror.isClosed, 'I4', 'somebody was served after close')
    checkOrder(this.mirror, served)
    this.#give(admission, served.request, served)
    if (this.#promises.policy === 'bid') return
    const load = this.#router.loads(this.mirror.clockMs).find(({ modelId }) => modelId === lease.modelId)
    checkTurn(this.mirror, served, load, this.#promises)
  }

  #leave(ticketId: number): MirrorTicket {
    const waiting = this.mirror.tickets.get(ticketId)
    if (waiting === undefined) throw this.#broken('I4', `ticket ${ticketId} left the queue twice`)
    this.mirror.tickets.delete(ticketId)
    return waiting
  }

  #give({ lease, decision }: Admission, request: RouteRequest, waiting?: MirrorTicket): void {
    const { mirror } = this
    this.must(!mirror.leases.has(lease.id), 'I2', `lease ${lease.id} was given twice`)
    mirror.give(lease, request)
    checkSlots(mirror, lease.modelId, request, waiting, this.#promises)
    const isTold = request.explain !== true || decision !== undefined
    this.must(isTold, 'explained', `lease ${lease.id} is not explained`)
    if (decision === undefined) return
    checkDecision(mirror, decision, lease.modelId, waiting !== undefined, this.#promises)
  }

  #broken(invariant: Invariant, what: string): BrokenInvariant {
    return new BrokenInvariant(invariant, this.mirror.clockMs, what)
  }
}
