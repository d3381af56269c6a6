import type { RoutedModel } from '../../src/catalog/model.js'
import type { LoadReport } from '../../src/load/load.js'
import type { LeaseOutcome, Outcome } from '../../src/routing/outcome.js'
import type { AnswerResult, RouteRequest } from '../../src/routing/submission.js'
import type { Answer, Step, Told } from './naive-answer.js'
import { type Hold, NaiveBids } from './naive-bids.js'
import { NaiveCounts } from './naive-counts.js'
import { NaiveDoor, type Reception } from './naive-door.js'
import { explain } from './naive-decision.js'
import { NaiveFleet } from './naive-fleet.js'
import { lineOf, linesInOrder, type NaiveLine } from './naive-lines.js'
import { NaivePolicy } from './naive-policy.js'
import { NaivePrices } from './naive-prices.js'
import type { NaiveLease, NaiveModel, NaiveOptions, NaiveRequest, NaiveTicket } from './naive-records.js'

/**
 * A router written the slow and obvious way, to hold the real one against: lists that are searched from the front,
 * every number counted afresh when it is needed.
 * Close to 300 lines, because it holds the transitions and nothing else.
 */
export class NaiveRouter {
  readonly fleet: NaiveFleet
  readonly policy: NaivePolicy
  ended: Outcome[] = []
  submitted = 0
  duplicateSettles = 0
  private readonly counts: NaiveCounts
  private readonly bids: NaiveBids
  private readonly prices: NaivePrices
  private readonly door: NaiveDoor
  private leaseCount = 0
  private ticketCount = 0
  private hold: Hold = { isHolding: false, wakeMs: Infinity }
  /** Slots that are held back are to be offered again at once. */
  private isStirred = false

  constructor(
    models: readonly RoutedModel[],
    private readonly options: NaiveOptions,
  ) {
    this.fleet = new NaiveFleet(options)
    this.policy = new NaivePolicy(this.fleet)
    this.counts = new NaiveCounts(options.queue)
    this.bids = new NaiveBids(this.fleet, this.policy, this.counts)
    this.prices = new NaivePrices(this.fleet)
    this.door = new NaiveDoor(this.fleet, this.policy, this.bids)
    for (const model of models) this.fleet.put(model)
  }

  submit(request: RouteRequest, nowMs: number): Answer {
    this.advance(nowMs)
    this.submitted++
    if (this.fleet.tickets.length === 0) this.fleet.look()
    const asked = this.fleet.sized(request)
    const reception = this.door.receive(asked)
    if (reception.kind === 'rejected') {
      this.ended.push(reception.outcome)
      return { ...reception, decision: this.explain(asked, false, undefined) }
    }
    this.prices.join(asked)
    if (reception.kind === 'queued') return this.enqueue(asked, reception)
    const { model } = reception
    const decision = this.explain(asked, false, model)
    const lease = this.start(asked, model)
    model.arrivals.note(this.fleet.now)
    return { kind: 'admitted', leaseId: lease.id, modelId: model.id, decision }
  }

  hasSlotFor(request: RouteRequest): boolean {
    return this.door.hasSlotFor(this.fleet.sized(request))
  }

  settle(
    leaseId: number,
    outcome: LeaseOutcome,
    nowMs: number,
    result: AnswerResult = {},
  ): Step & { settled: boolean } {
    const step = this.begin(nowMs)
    const lease = this.fleet.leases.find(({ id }) => id === leaseId)
    if (lease === undefined) {
      this.duplicateSettles++
      return { ...this.handOver(step), settled: false }
    }
    this.fleet.look()
    this.end(lease, outcome, result)
    return { ...this.handOver(step), settled: true }
  }

  cancel(ticketId: number, nowMs: number): boolean {
    this.advance(nowMs)
    const ticket = this.fleet.tickets.find(({ id }) => id === ticketId)
    if (ticket === undefined) return false
    this.leave(ticket)
    this.ended.push('cancelled_in_queue')
    if (this.hold.isHolding) this.isStirred = true
    return true
  }

  wake(nowMs: number): Step {
    const step = this.begin(nowMs)
    this.prices.wake()
    return this.handOver(step)
  }

  seedPrices(points: ReadonlyMap<string, number>, nowMs: number): Step {
    const step = this.begin(nowMs)
    this.prices.seed(points)
    return this.handOver(step)
  }

  /** When something is due next. */
  nextWakeMs(): number | undefined {
    const { tickets, models } = this.fleet
    const expiries = tickets.map(({ expiresMs }) => expiresMs)
    const urgencies = tickets.filter(({ isUrgent }) => !isUrgent).map((ticket) => this.fleet.urgentMs(ticket))
    const there = models.filter(({ isThere }) => isThere)
    const changes = there.map(({ health, maxConcurrent }) => health.nextChangeMs(maxConcurrent))
    const holdMs = this.isStirred ? this.fleet.now : this.hold.wakeMs
    const nextMs = Math.min(...expiries, ...urgencies, ...changes, this.prices.dueMs, holdMs)
    return nextMs === Infinity ? undefined : nextMs
  }

  ownerLost(owner: string, nowMs: number): Step {
    const step = this.begin(nowMs)
    for (const ticket of [...this.fleet.tickets]) {
      if (ticket.asked.owner === owner) this.drop(ticket, 'cancelled_in_queue', false, step)
    }
    this.fleet.look()
    for (const lease of this.fleet.leases) {
      if (lease.asked.owner === owner) this.end(lease, 'instance_lost', {})
    }
    return this.handOver(step)
  }

  setModel(given: RoutedModel, nowMs: number): Step {
    const step = this.begin(nowMs)
    const isNew = this.fleet.model(given.id) === undefined
    const model = this.fleet.put(given)
    if (isNew) model.health.added(this.fleet.now)
    this.lookAgain(step)
    return this.handOver(step)
  }

  removeModel(modelId: string, nowMs: number): Step {
    const step = this.begin(nowMs)
    const model = this.fleet.model(modelId)
    if (model !== undefined) Object.assign(model, { isThere: false, isQueueClosed: false })
    this.lookAgain(step)
    return this.handOver(step)
  }

  setQueueOpen(modelId: string, isOpen: boolean): boolean {
    const model = this.fleet.model(modelId)
    if (model === undefined || model.isQueueClosed !== isOpen) return false
    model.isQueueClosed = !isOpen
    return true
  }

  close(nowMs: number): Step {
    const step = this.begin(nowMs)
    this.door.isClosed = true
    for (const ticket of [...this.fleet.tickets]) this.drop(ticket, 'rejected_draining', true, step)
    return this.handOver(step)
  }

  reportLoad(modelId: string, report: LoadReport, nowMs: number): Step {
    const step = this.begin(nowMs)
    const model = this.fleet.model(modelId)
    if (model !== undefined) {
      model.external = Math.max(0, report.activeRequests - this.fleet.own(modelId))
      model.externalQueue = report.queueDepth ?? 0
      model.reportedLatencyMs = report.avgLatencyMs ?? model.reportedLatencyMs
      model.reportedMs = this.fleet.now
    }
    return this.handOver(step)
  }

  advance(nowMs: number): void {
    this.fleet.now = Math.max(this.fleet.now, nowMs)
  }

  /** Whether the one who is next where the request stands could be given a slot. */
  couldStart(asked: NaiveRequest): boolean {
    const line = this.lineOf(asked)
    return line !== undefined && this.fleet.free(line.head.asked, line.isUrgent).length > 0
  }

  private lineOf(asked: NaiveRequest): NaiveLine | undefined {
    return lineOf(this.fleet, this.counts, asked)
  }

  private enqueue(asked: NaiveRequest, { home, waitMs, displaced }: Reception & { kind: 'queued' }): Answer {
    const dropped: Step['dropped'] = []
    if (displaced !== undefined) this.drop(displaced, 'rejected_queue_full', true, { admitted: [], dropped })
    const { now, tickets } = this.fleet
    const position = this.fleet.homed(home.id).length
    this.counts.join(asked, tickets)
    const id = ++this.ticketCount
    const expiresMs = now + waitMs
    const place = { homeModelId: home.id, enqueuedMs: now, waitMs, expiresMs, isUrgent: false }
    tickets.push({ id, asked, ...place })
    home.arrivals.note(now)
    // One more that waits may be the one too many for holding slots back.
    if (this.hold.isHolding || this.couldStart(asked)) this.isStirred = true
    return { kind: 'queued', ticketId: id, homeModelId: home.id, position, expiresMs, displaced: dropped[0] }
  }

  private explain(asked: NaiveRequest, isUrgent: boolean, chosen: NaiveModel | undefined): Told {
    if (asked.request.explain !== true) return undefined
    return explain(this.fleet, this.policy, asked, isUrgent, chosen)
  }

  private start(asked: NaiveRequest, model: NaiveModel): NaiveLease {
    const period = model.health.taken()
    const charged = this.counts.charge(asked)
    const id = ++this.leaseCount
    const lease = { id, modelId: model.id, asked, acquiredMs: this.fleet.now, period, charged }
    model.lastAcquire = id
    this.fleet.leases.push(lease)
    return lease
  }

  private end(lease: NaiveLease, outcome: LeaseOutcome, result: AnswerResult): void {
    const { asked, acquiredMs, charged, period } = lease
    const { inputTokens, outputTokens, retryAfterMs } = result
    const model = this.fleet.models.find(({ id }) => id === lease.modelId)
    model?.health.ended(period, outcome, retryAfterMs, this.fleet.now)
    if (inputTokens !== undefined) model?.inputTokens.observe(asked.inputTokens, inputTokens)
    if (outcome === 'completed') {
      const serviceMs = this.fleet.now - acquiredMs
      model?.service.observe(serviceMs, outputTokens)
      this.fleet.service.observe(serviceMs, outputTokens)
      if (outputTokens !== undefined) this.fleet.lengths.observe(asked.request.kind, outputTokens)
    }
    this.counts.correct(charged, asked, inputTokens, outputTokens)
    this.ended.push(outcome)
    this.fleet.leases = this.fleet.leases.filter((other) => other !== lease)
  }

  /** Time passes: those whose wait is over go, those whose wait is nearly over become urgent. */
  private begin(nowMs: number): Step {
    this.advance(nowMs)
    const step: Step = { admitted: [], dropped: [] }
    const overdue = this.fleet.tickets.filter((ticket) => ticket.expiresMs <= this.fleet.now)
    overdue.sort((a, b) => a.expiresMs - b.expiresMs || a.id - b.id)
    for (const ticket of overdue) this.drop(ticket, 'expired_in_queue', true, step)
    for (const ticket of this.fleet.tickets) {
      if (this.fleet.urgentMs(ticket) <= this.fleet.now) ticket.isUrgent = true
    }
    return step
  }

  private handOver(step: Step): Step {
    this.isStirred = false
    this.fleet.look()
    this.fleet.forgetDrained()
    const next = this.options.policy === 'bid' ? this.nextByBid() : this.nextInOrder()
    if (next === undefined) return step
    const { id, asked, enqueuedMs } = next.ticket
    const decision = this.explain(asked, this.lineOf(asked)?.isUrgent === true, next.model)
    const lease = this.start(asked, next.model)
    this.leave(next.ticket)
    const waitedMs = this.fleet.now - enqueuedMs
    step.admitted.push({ ticketId: id, leaseId: lease.id, modelId: next.model.id, waitedMs, decision })
    return this.handOver(step)
  }

  private nextByBid(): { ticket: NaiveTicket; model: NaiveModel } | undefined {
    const { taken, hold } = this.bids.next()
    this.hold = hold
    return taken === undefined ? undefined : { ticket: taken.line.head, model: taken.model }
  }

  private nextInOrder(): { ticket: NaiveTicket; model: NaiveModel } | undefined {
    const lines = linesInOrder(this.fleet, this.counts).filter(({ head }) => this.couldStart(head.asked))
    const sameRank = lines.filter(({ oldest }) => oldest.asked.rank === lines[0]?.oldest.asked.rank)
    const line = sameRank.find(({ isPassed }) => !isPassed) ?? lines[0]
    if (line === undefined) return undefined
    const free = this.fleet.free(line.head.asked, line.isUrgent)
    const chosen = this.policy.choose(line.head.asked, free)
    return chosen === undefined ? undefined : { ticket: line.head, model: chosen.model }
  }

  /** Models came or went: who can still be served, and in whose queue does everybody count? */
  private lookAgain(step: Step): void {
    for (const ticket of [...this.fleet.tickets]) {
      const canBeServed = this.fleet.withCapacity(ticket.asked).length > 0
      if (!canBeServed) this.drop(ticket, 'rejected_no_model', false, step)
    }
    for (const ticket of [...this.fleet.tickets]) {
      if (this.fleet.model(ticket.homeModelId) !== undefined) continue
      const home = this.door.home(ticket.asked, this.lineOf(ticket.asked)?.isUrgent === true)
      if (home === undefined) this.drop(ticket, 'rejected_queue_full', true, step)
      else ticket.homeModelId = home.id
    }
  }

  private drop(ticket: NaiveTicket, outcome: Outcome, canRetry: boolean, step: Step): void {
    this.leave(ticket)
    this.ended.push(outcome)
    step.dropped.push({ ticketId: ticket.id, outcome, canRetry })
  }

  private leave(ticket: NaiveTicket): void {
    this.fleet.tickets = this.fleet.tickets.filter((other) => other !== ticket)
    this.counts.forget(this.fleet.tickets)
  }
}
