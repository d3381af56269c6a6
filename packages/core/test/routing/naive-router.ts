import type { Capacity } from '../../src/catalog/model.js'
import type { LoadReport } from '../../src/load/load.js'
import type { LeaseOutcome, Outcome } from '../../src/routing/outcome.js'
import type { RouteRequest } from '../../src/routing/submission.js'

export const OPTIONS = { loadWeight: 0.3, maxWaitMs: 60, staleAfterMs: 150 }
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
}
interface NaiveLease {
  readonly id: number
  readonly modelId: string
  readonly owner: string
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

  constructor(models: readonly NamedCapacity[]) {
    for (const model of models) this.put(model)
  }

  submit(request: RouteRequest, nowMs: number): Answer {
    this.advance(nowMs)
    this.submitted++
    if (this.isClosed) return this.reject('rejected_draining', true)
    const accepts = request.candidates
      .map(({ modelId }) => modelId)
      .filter((id) => this.model(id) !== undefined)
    const model = this.choose(request, accepts)
    if (model !== undefined)
      return { kind: 'admitted', leaseId: this.start(request, model), modelId: model.id }
    if (!this.canBeServed(accepts)) return this.reject('rejected_no_model', false)
    const waitMs = request.maxWaitMs ?? OPTIONS.maxWaitMs
    if (waitMs === 0) return this.reject('expired_in_queue', true)
    const homeModelId = this.home(request, accepts)
    if (homeModelId === undefined) return this.reject('rejected_queue_full', true)
    const ticket = { id: ++this.ticketCount, request, accepts, homeModelId, expiresMs: this.now + waitMs }
    this.tickets.push(ticket)
    return { kind: 'queued', ticketId: ticket.id, homeModelId, expiresMs: ticket.expiresMs }
  }

  settle(leaseId: number, outcome: LeaseOutcome, nowMs: number): Step & { settled: boolean } {
    const step = this.expire(nowMs)
    const settled = this.leases.some((lease) => lease.id === leaseId)
    if (settled) this.ended.push(outcome)
    else this.duplicateSettles++
    this.leases = this.leases.filter((lease) => lease.id !== leaseId)
    return { ...this.handOver(step), settled }
  }

  cancel(ticketId: number, nowMs: number): boolean {
    this.advance(nowMs)
    const waits = this.tickets.some((ticket) => ticket.id === ticketId)
    this.tickets = this.tickets.filter((ticket) => ticket.id !== ticketId)
    if (waits) this.ended.push('cancelled_in_queue')
    return waits
  }

  expire(nowMs: number): Step {
    this.advance(nowMs)
    const step: Step = { admitted: [], dropped: [] }
    const overdue = this.tickets.filter((ticket) => ticket.expiresMs <= this.now)
    overdue.sort((a, b) => a.expiresMs - b.expiresMs || a.id - b.id)
    for (const ticket of overdue) this.drop(ticket, 'expired_in_queue', true, step)
    return step
  }

  ownerLost(owner: string, nowMs: number): Step {
    const step = this.expire(nowMs)
    for (const ticket of [...this.tickets]) {
      if ((ticket.request.owner ?? '') === owner) this.drop(ticket, 'cancelled_in_queue', false, step)
    }
    for (const lease of this.leases) if (lease.owner === owner) this.ended.push('instance_lost')
    this.leases = this.leases.filter((lease) => lease.owner !== owner)
    return this.handOver(step)
  }

  setModel(model: NamedCapacity, nowMs: number): Step {
    const step = this.expire(nowMs)
    this.put(model)
    for (const ticket of [...this.tickets]) {
      if (!this.canBeServed(ticket.accepts)) this.drop(ticket, 'rejected_no_model', false, step)
    }
    return this.handOver(step)
  }

  removeModel(modelId: string, nowMs: number): Step {
    const step = this.expire(nowMs)
    const model = this.model(modelId)
    if (model === undefined) return step
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
    this.forgetDrained()
    return step
  }

  close(nowMs: number): Step {
    const step = this.expire(nowMs)
    this.isClosed = true
    for (const ticket of [...this.tickets]) this.drop(ticket, 'rejected_draining', true, step)
    return step
  }

  reportLoad(modelId: string, report: LoadReport, nowMs: number): Step {
    const step = this.expire(nowMs)
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

  free(id: string): number {
    const model = this.model(id)
    return model === undefined ? 0 : model.maxConcurrent - this.own(id) - model.external
  }

  isStale(model: NaiveModel): boolean {
    return model.reportedMs !== undefined && this.now - model.reportedMs > OPTIONS.staleAfterMs
  }

  private put(capacity: NamedCapacity): void {
    const known = this.models.find(({ id }) => id === capacity.id)
    if (known !== undefined) Object.assign(known, capacity, { isThere: true })
    else this.models.push({ ...capacity, isThere: true, external: 0, reportedMs: undefined, lastAcquire: 0 })
  }

  private handOver(step: Step): Step {
    const ticket = this.tickets.find(({ accepts }) => accepts.some((id) => this.free(id) > 0))
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
      const model = accepts.includes(modelId) && this.free(modelId) > 0 ? this.model(modelId) : undefined
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
    const lease = { id: ++this.leaseCount, modelId: model.id, owner: request.owner ?? '' }
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
