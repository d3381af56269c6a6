import type { Capacity } from '../../src/catalog/model.js'
import { seededRandom } from '../../src/random.js'
import type { LoadReport } from '../../src/load/load.js'
import type { LeaseOutcome, Outcome } from '../../src/routing/outcome.js'
import type { RouteRequest } from '../../src/routing/submission.js'
import { HEALTH, NaiveHealth } from './naive-health.js'

export const OPTIONS = { loadWeight: 0.3, maxWaitMs: 60, staleAfterMs: 150, health: HEALTH, seed: 7 }
export type NamedCapacity = Capacity & { readonly id: string }
export type Refusal = { outcome: Outcome; canRetry: boolean }
export type Step = {
  admitted: { ticketId: number; leaseId: number; modelId: string }[]
  dropped: (Refusal & { ticketId: number })[]
}
export type Answer =
  | { kind: 'admitted'; leaseId: number; modelId: string }
  | { kind: 'queued'; ticketId: number; homeModelId: string; expiresMs: number }
  | ({ kind: 'rejected' } & Refusal)

interface NaiveModel extends Capacity {
  readonly id: string
  isThere: boolean
  external: number
  reportedMs: number | undefined
  lastAcquire: number
  readonly health: NaiveHealth
}
interface NaiveLease {
  readonly id: number
  readonly modelId: string
  readonly owner: string
  readonly period: number
}
interface NaiveTicket {
  readonly id: number
  readonly request: RouteRequest
  accepts: string[]
  homeModelId: string
  readonly expiresMs: number
}

/**
 * A router written the slow and obvious way, to hold the real one against: lists that are searched from the front,
 * every number counted afresh when it is needed.
 */
export class NaiveRouter {
  models: NaiveModel[] = []
  leases: NaiveLease[] = []
  tickets: NaiveTicket[] = []
  ended: Outcome[] = []
  submitted = 0
  duplicateSettles = 0
  now = 0
  private leaseCount = 0
  private ticketCount = 0
  private isClosed = false
  private readonly random = seededRandom(OPTIONS.seed, 1)

  constructor(models: readonly NamedCapacity[]) {
    for (const model of models) this.put(model)
  }

  submit(request: RouteRequest, nowMs: number): Answer {
    this.advance(nowMs)
    this.submitted++
    if (this.tickets.length === 0) this.look()
    if (this.isClosed) return this.reject('rejected_draining', true)
    const accepts = request.candidates
      .map(({ modelId }) => modelId)
      .filter((id) => this.model(id) !== undefined)
    const model = this.choose(request, accepts)
    if (model !== undefined)
      return { kind: 'admitted', leaseId: this.start(request, model), modelId: model.id }
    if (!this.canBeServed(accepts)) return this.reject('rejected_no_model', false)
    const waitMs = request.maxWaitMs ?? OPTIONS.maxWaitMs
    if (waitMs <= this.held(accepts)) return this.reject('expired_in_queue', true)
    const homeModelId = this.home(request, accepts)
    if (homeModelId === undefined) return this.reject('rejected_queue_full', true)
    const ticket = { id: ++this.ticketCount, request, accepts, homeModelId, expiresMs: this.now + waitMs }
    this.tickets.push(ticket)
    return { kind: 'queued', ticketId: ticket.id, homeModelId, expiresMs: ticket.expiresMs }
  }

  settle(
    leaseId: number,
    outcome: LeaseOutcome,
    nowMs: number,
    { retryAfterMs }: { retryAfterMs?: number } = {},
  ): Step & { settled: boolean } {
    const step = this.dropOverdue(nowMs)
    const lease = this.leases.find(({ id }) => id === leaseId)
    if (lease === undefined) {
      this.duplicateSettles++
      return { ...this.handOver(step), settled: false }
    }
    this.look()
    this.end(lease, outcome, retryAfterMs)
    return { ...this.handOver(step), settled: true }
  }

  cancel(ticketId: number, nowMs: number): boolean {
    this.advance(nowMs)
    const waits = this.tickets.some((ticket) => ticket.id === ticketId)
    this.tickets = this.tickets.filter((ticket) => ticket.id !== ticketId)
    if (waits) this.ended.push('cancelled_in_queue')
    return waits
  }

  wake(nowMs: number): Step {
    return this.handOver(this.dropOverdue(nowMs))
  }

  /** When something is due next. */
  nextWakeMs(): number | undefined {
    const expiries = this.tickets.map((ticket) => ticket.expiresMs)
    const changes = this.models.map((model) =>
      model.isThere ? model.health.nextChangeMs(model.maxConcurrent) : Infinity,
    )
    const nextMs = Math.min(...expiries, ...changes)
    return nextMs === Infinity ? undefined : nextMs
  }

  private dropOverdue(nowMs: number): Step {
    this.advance(nowMs)
    const step: Step = { admitted: [], dropped: [] }
    const overdue = this.tickets.filter((ticket) => ticket.expiresMs <= this.now)
    overdue.sort((a, b) => a.expiresMs - b.expiresMs || a.id - b.id)
    for (const ticket of overdue) this.drop(ticket, 'expired_in_queue', true, step)
    return step
  }

  ownerLost(owner: string, nowMs: number): Step {
    const step = this.dropOverdue(nowMs)
    for (const ticket of [...this.tickets]) {
      if ((ticket.request.owner ?? '') === owner) this.drop(ticket, 'cancelled_in_queue', false, step)
    }
    this.look()
    for (const lease of this.leases) if (lease.owner === owner) this.end(lease, 'instance_lost', undefined)
    return this.handOver(step)
  }

  setModel(model: NamedCapacity, nowMs: number): Step {
    const step = this.dropOverdue(nowMs)
    const isNew = this.model(model.id) === undefined
    this.put(model)
    if (isNew) this.model(model.id)?.health.added(this.now)
    for (const ticket of [...this.tickets]) {
      if (!this.canBeServed(ticket.accepts)) this.drop(ticket, 'rejected_no_model', false, step)
    }
    return this.handOver(step)
  }

  removeModel(modelId: string, nowMs: number): Step {
    const step = this.dropOverdue(nowMs)
    const model = this.model(modelId)
    if (model === undefined) return this.handOver(step)
    model.isThere = false
    for (const ticket of [...this.tickets]) {
      ticket.accepts = ticket.accepts.filter((id) => id !== modelId)
      if (!this.canBeServed(ticket.accepts)) this.drop(ticket, 'rejected_no_model', false, step)
      else if (ticket.homeModelId === modelId) {
        const home = this.home(ticket.request, ticket.accepts)
        if (home === undefined) this.drop(ticket, 'rejected_queue_full', true, step)
        else ticket.homeModelId = home
      }
    }
    return this.handOver(step)
  }

  close(nowMs: number): Step {
    const step = this.dropOverdue(nowMs)
    this.isClosed = true
    for (const ticket of [...this.tickets]) this.drop(ticket, 'rejected_draining', true, step)
    return this.handOver(step)
  }

  reportLoad(modelId: string, report: LoadReport, nowMs: number): Step {
    const step = this.dropOverdue(nowMs)
    const model = this.model(modelId)
    if (model !== undefined) {
      model.external = Math.max(0, report.activeRequests - this.own(modelId))
      model.reportedMs = this.now
    }
    return this.handOver(step)
  }

  model(id: string): NaiveModel | undefined {
    return this.models.find((model) => model.id === id && model.isThere)
  }

  own(id: string): number {
    return this.leases.filter((lease) => lease.modelId === id).length
  }

  queued(id: string): number {
    return this.tickets.filter((ticket) => ticket.homeModelId === id).length
  }

  /** Requests the model may be given that come from those who accept these models. */
  free(id: string, accepts: readonly string[]): number {
    const model = this.model(id)
    if (model === undefined || model.maxConcurrent === 0) return 0
    const room = model.health.slots(model.maxConcurrent) - this.own(id) - model.external
    return Math.min(room, model.health.starts(this.isInPanic(accepts)))
  }

  isStale(model: NaiveModel): boolean {
    return model.reportedMs !== undefined && this.now - model.reportedMs > OPTIONS.staleAfterMs
  }

  private put(capacity: NamedCapacity): void {
    const known = this.models.find(({ id }) => id === capacity.id)
    if (known !== undefined) Object.assign(known, capacity, { isThere: true })
    else {
      const health = new NaiveHealth(this.random)
      this.models.push({
        ...capacity,
        isThere: true,
        external: 0,
        reportedMs: undefined,
        lastAcquire: 0,
        health,
      })
    }
  }

  private look(): void {
    for (const model of this.models) model.health.look(this.now)
  }

  private isInPanic(accepts: readonly string[]): boolean {
    const models = this.models.filter(
      ({ id, isThere, maxConcurrent }) => isThere && maxConcurrent > 0 && accepts.includes(id),
    )
    const slots = (some: typeof models) => some.reduce((sum, { maxConcurrent }) => sum + maxConcurrent, 0)
    const shut = models.filter(({ health }) => health.kind !== 'closed')
    return models.length > 1 && slots(shut) > HEALTH.panicShare * slots(models)
  }

  private held(accepts: readonly string[]): number {
    const inPanic = this.isInPanic(accepts)
    const held = accepts.flatMap((id) => {
      const model = this.model(id)
      return model === undefined || model.maxConcurrent === 0 ? [] : [model.health.heldMs(inPanic, this.now)]
    })
    return Math.min(...held)
  }

  private end(lease: NaiveLease, outcome: LeaseOutcome, retryAfterMs: number | undefined): void {
    const model = this.models.find(({ id }) => id === lease.modelId)
    model?.health.ended(lease.period, outcome, retryAfterMs, this.now)
    this.ended.push(outcome)
    this.leases = this.leases.filter((other) => other !== lease)
  }

  private handOver(step: Step): Step {
    this.look()
    const ticket = this.tickets.find(({ accepts }) => accepts.some((id) => this.free(id, accepts) > 0))
    const model = ticket === undefined ? undefined : this.choose(ticket.request, ticket.accepts)
    this.forgetDrained()
    if (ticket === undefined || model === undefined) return step
    this.tickets = this.tickets.filter((other) => other !== ticket)
    const leaseId = this.start(ticket.request, model)
    step.admitted.push({ ticketId: ticket.id, leaseId, modelId: model.id })
    return this.handOver(step)
  }

  private choose(request: RouteRequest, accepts: readonly string[]): NaiveModel | undefined {
    const open = request.candidates.flatMap(({ modelId, score }) => {
      const model =
        accepts.includes(modelId) && this.free(modelId, accepts) > 0 ? this.model(modelId) : undefined
      return model === undefined ? [] : [{ model, weighted: score * this.loadFactor(model) }]
    })
    const best = Math.max(...open.map(({ weighted }) => weighted))
    const tied = open.filter(({ weighted }) => weighted === best).map(({ model }) => model)
    return tied.sort((x, y) => x.lastAcquire - y.lastAcquire)[0]
  }

  private loadFactor(model: NaiveModel): number {
    if (this.isStale(model)) return (1 - OPTIONS.loadWeight) * 0.8
    const active = this.own(model.id) + model.external
    const factor = 1 - OPTIONS.loadWeight * (active / model.maxConcurrent)
    return (active + 1) / model.maxConcurrent > model.targetUtilization + 1e-9 ? factor * 0.8 : factor
  }

  private canBeServed(accepts: readonly string[]): boolean {
    return accepts.some((id) => (this.model(id)?.maxConcurrent ?? 0) > 0)
  }

  private home(request: RouteRequest, accepts: readonly string[]): string | undefined {
    const byScore = [...request.candidates].sort((x, y) => y.score - x.score)
    return byScore.find(({ modelId }) => {
      const model = accepts.includes(modelId) ? this.model(modelId) : undefined
      return model !== undefined && model.maxConcurrent > 0 && this.queued(modelId) < model.maxQueue
    })?.modelId
  }

  private start(request: RouteRequest, model: NaiveModel): number {
    const period = model.health.taken()
    const lease = { id: ++this.leaseCount, modelId: model.id, owner: request.owner ?? '', period }
    model.lastAcquire = lease.id
    this.leases.push(lease)
    return lease.id
  }

  private drop(ticket: NaiveTicket, outcome: Outcome, canRetry: boolean, step: Step): void {
    this.tickets = this.tickets.filter((other) => other !== ticket)
    this.ended.push(outcome)
    step.dropped.push({ ticketId: ticket.id, outcome, canRetry })
  }

  private reject(outcome: Outcome, canRetry: boolean): Answer {
    this.ended.push(outcome)
    return { kind: 'rejected', outcome, canRetry }
  }

  /** A model that comes back after it was removed and had drained starts with a clean record. */
  private forgetDrained(): void {
    this.models = this.models.filter((model) => model.isThere || this.own(model.id) > 0)
  }

  advance(nowMs: number): void {
    this.now = Math.max(this.now, nowMs)
  }
}
