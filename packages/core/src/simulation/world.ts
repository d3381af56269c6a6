import { LEASE_OUTCOMES, type LeaseOutcome, type Outcome, UNLEASED_OUTCOMES } from '../routing/outcome.js'
import type { Lease, Transition } from '../routing/submission.js'
import { BrokenInvariant } from './broken-invariant.js'
import type { Collector } from './collector.js'
import { drawFrom } from './distribution.js'
import { TRACE_CODES, type WorldEvent } from './event.js'
import { ModelTruth } from './model-truth.js'
import { Occupancy } from './occupancy.js'
import { Passage } from './passage.js'
import { planFor } from './plan.js'
import { type RequestTemplate, requestTemplate } from './request.js'
import { RouterClock } from './router-clock.js'
import type { RouterPort } from './router-port.js'
import type { Scenario, TaskClass } from './scenario.js'
import { TimeHeap } from './time-heap.js'
import { TraceHash } from './trace-hash.js'
import type { Arrival, Workload } from './workload.js'

const OUTCOME_CODES = Object.fromEntries(
  [...LEASE_OUTCOMES, ...UNLEASED_OUTCOMES].map((outcome, index) => [outcome, index]),
) as Readonly<Record<Outcome, number>>
/** Milliseconds after which a full model says 429. */
const REFUSAL_MS = 5

/**
 * A world in virtual time: requests come, a router says where each goes, models work on them as they truly do. Events
 * take place in order of time, at equal times in the order they were put in; a wake goes before them.
 */
export class World {
  readonly models: readonly ModelTruth[]
  readonly trace = new TraceHash()
  /** Virtual time. */
  nowMs = 0
  events = 0
  readonly #scenario: Scenario
  readonly #workload: Workload
  readonly #router: RouterPort
  readonly #collector: Collector
  readonly #clock = new RouterClock()
  readonly #heap = new TimeHeap<WorldEvent>()
  readonly #indexOf: ReadonlyMap<string, number>
  readonly #templates: readonly RequestTemplate[]
  /** Those that wait, by ticket. */
  readonly #waiting = new Map<number, Passage>()
  readonly #arrivalEvent: WorldEvent = { kind: 'arrival' }
  readonly #dueEvents: readonly WorldEvent[]
  #nextArrival: Arrival | undefined
  #lastWakeMs = -1

  constructor(scenario: Scenario, workload: Workload, router: RouterPort, collector: Collector) {
    this.#scenario = scenario
    this.#workload = workload
    this.#router = router
    this.#collector = collector
    const { warmUpMs = 0, durationMs } = scenario
    this.models = scenario.models.map(
      (spec, index) => new ModelTruth(index, spec, new Occupancy(warmUpMs, durationMs)),
    )
    this.#indexOf = new Map(scenario.models.map(({ id }, index) => [id, index]))
    this.#dueEvents = this.models.map((model) => ({ kind: 'due', model }))
    this.#templates = scenario.classes.map(requestTemplate)
  }

  /** Until everything has ended. @throws {BrokenInvariant} `I4` when somebody waits for ever. */
  run(): void {
    this.#scheduleArrival()
    while (this.#heap.size > 0 || this.#waiting.size > 0) {
      const eventMs = this.#heap.firstMs()
      const dueMs = this.#router.nextWakeMs() ?? Infinity
      const wakeMs = this.#clock.virtualMs(dueMs)
      this.events++
      if (wakeMs <= eventMs) this.#wake(wakeMs, dueMs)
      else {
        const event = this.#heap.pop() as WorldEvent
        this.nowMs = Math.max(this.nowMs, eventMs)
        this.#happen(event)
      }
    }
  }

  get #routerMs(): number {
    return this.#clock.read(this.nowMs)
  }

  #wake(wakeMs: number, dueMs: number): void {
    if (dueMs === Infinity)
      throw new BrokenInvariant('I4', this.#routerMs, 'somebody waits, and nothing is due')
    if (dueMs <= this.#lastWakeMs) throw new BrokenInvariant('I4', dueMs, 'a wake left undone what was due')
    this.#lastWakeMs = dueMs
    this.nowMs = Math.max(this.nowMs, wakeMs)
    this.#note(TRACE_CODES.wake, dueMs, 0)
    // The clock's reading may be rounded to just short of what is due.
    this.#take(this.#router.wake(Math.max(dueMs, this.#routerMs)))
  }

  #happen(event: WorldEvent): void {
    switch (event.kind) {
      case 'arrival':
        return this.#arrive()
      case 'due':
        return this.#due(event.model)
      case 'dispatch':
        if (event.passage.state === 'leased') this.#dispatch(event.passage)
        return
      case 'leave':
        return this.#leave(event.passage)
      case 'settle':
        if (event.passage.state === 'leased') this.#settle(event.passage, event.outcome)
        return
    }
  }

  #scheduleArrival(): void {
    this.#nextArrival = this.#workload.next()
    if (this.#nextArrival !== undefined) this.#heap.push(this.#nextArrival.atMs, this.#arrivalEvent)
  }

  #arrive(): void {
    const arrival = this.#nextArrival as Arrival
    this.#scheduleArrival()
    const template = this.#templates[arrival.classIndex] as RequestTemplate
    const passage = new Passage(arrival, template(arrival, undefined))
    this.#note(TRACE_CODES.arrival, arrival.index, arrival.classIndex)
    this.#collector.arrived(passage)
    this.#submit(passage)
    const { patienceMs } = this.#scenario.classes[arrival.classIndex] as TaskClass
    if (patienceMs === undefined || passage.state === 'ended') return
    const leavesMs = this.nowMs + drawFrom(patienceMs, arrival.patience, arrival.stall)
    this.#heap.push(leavesMs, { kind: 'leave', passage })
  }

  #submit(passage: Passage): void {
    const answer = this.#router.submit(passage.request, this.#routerMs)
    const { index } = passage.arrival
    switch (answer.kind) {
      case 'admitted':
        this.#note(TRACE_CODES.admitted, index, answer.lease.id)
        return this.#lease(passage, answer.lease)
      case 'queued':
        this.#note(TRACE_CODES.queued, index, answer.ticket.id)
        passage.state = 'waiting'
        passage.ticketId = answer.ticket.id
        this.#waiting.set(answer.ticket.id, passage)
        return
      case 'rejected':
        this.#note(TRACE_CODES.rejected, index, OUTCOME_CODES[answer.outcome])
        return this.#end(passage, answer.outcome)
    }
  }

  /** Acts on what a call of the router set free. */
  #take({ admitted, dropped }: Transition): void {
    for (const { lease, ticket } of admitted) {
      this.#note(TRACE_CODES.handedOver, ticket?.id ?? 0, lease.id)
      this.#lease(this.#claim(ticket?.id), lease)
    }
    for (const { ticket, outcome } of dropped) {
      this.#note(TRACE_CODES.dropped, ticket.id, OUTCOME_CODES[outcome])
      this.#end(this.#claim(ticket.id), outcome)
    }
  }

  #claim(ticketId = 0): Passage {
    const passage = this.#waiting.get(ticketId)
    if (passage === undefined) {
      throw new BrokenInvariant(
        'I4',
        this.#routerMs,
        `ticket ${ticketId} was served or dropped, and waits nowhere`,
      )
    }
    this.#waiting.delete(ticketId)
    return passage
  }

  #lease(passage: Passage, { id, modelId }: Lease): void {
    passage.state = 'leased'
    passage.leaseId = id
    passage.leasedMs = this.nowMs
    passage.modelIndex = this.#indexOf.get(modelId) ?? -1
    const { dispatchMs } = this.#scenario
    if (dispatchMs === undefined) return this.#dispatch(passage)
    const { first, second } = passage.arrival
    this.#heap.push(this.nowMs + drawFrom(dispatchMs, second, first), { kind: 'dispatch', passage })
  }

  /** The request reaches its model. */
  #dispatch(passage: Passage): void {
    const model = this.models[passage.modelIndex] as ModelTruth
    const { arrival } = passage
    this.#note(TRACE_CODES.started, arrival.index, model.index)
    const { whenFull = 'refuse' } = model.spec
    const { id } = this.#scenario.classes[arrival.classIndex] as TaskClass
    passage.plan = planFor(model.spec, id, arrival)
    if (!model.isFull || whenFull === 'serve') return this.#start(passage, model)
    if (whenFull === 'queue') return model.enqueue(passage)
    model.overcommitted++
    this.#heap.push(this.nowMs + REFUSAL_MS, { kind: 'settle', passage, outcome: 'upstream_error' })
  }

  #start(passage: Passage, model: ModelTruth): void {
    model.start(passage, this.nowMs)
    this.#schedule(model)
  }

  #schedule(model: ModelTruth): void {
    const dueMs = model.dueMs(this.nowMs)
    if (dueMs === model.scheduledMs) return
    model.scheduledMs = dueMs
    if (dueMs < Infinity) this.#heap.push(dueMs, this.#dueEvents[model.index] as WorldEvent)
  }

  #due(model: ModelTruth): void {
    // Scheduled anew since; what is due has another event.
    if (model.scheduledMs !== this.nowMs) return
    model.scheduledMs = Infinity
    const passage = model.takeDue(this.nowMs)
    if (passage === undefined) return this.#schedule(model)
    if (!passage.hasFirstToken) {
      passage.hasFirstToken = true
      passage.firstTokenMs = this.nowMs
      this.#note(TRACE_CODES.firstToken, passage.arrival.index, 0)
      this.#router.firstToken(passage.leaseId, this.#routerMs)
      return this.#schedule(model)
    }
    this.#settle(passage, passage.plan?.outcome ?? 'completed')
  }

  /** The client leaves, unless the answer has begun. */
  #leave(passage: Passage): void {
    if (passage.state === 'ended' || !Number.isNaN(passage.firstTokenMs)) return
    this.#note(TRACE_CODES.left, passage.arrival.index, 0)
    if (passage.state !== 'waiting') return this.#settle(passage, 'client_gone')
    this.#claim(passage.ticketId)
    this.#router.cancel(passage.ticketId, this.#routerMs)
    this.#end(passage, 'cancelled_in_queue')
  }

  /** The model lets go first: when its slot is given on, it must be able to see that this request is over. */
  #settle(passage: Passage, outcome: LeaseOutcome): void {
    const { arrival, leaseId } = passage
    const model = this.models[passage.modelIndex] as ModelTruth
    model.release(passage, this.nowMs)
    this.#note(TRACE_CODES.settled, leaseId, OUTCOME_CODES[outcome])
    this.#end(passage, outcome)
    const { inputTokens, outputTokens } = arrival
    const transition = this.#router.settle(leaseId, outcome, this.#routerMs, { inputTokens, outputTokens })
    this.#take(transition)
    for (let next = model.nextWaiting(); next !== undefined; next = model.nextWaiting()) {
      model.start(next, this.nowMs)
    }
    this.#schedule(model)
  }

  #end(passage: Passage, outcome: Outcome): void {
    passage.state = 'ended'
    this.#collector.ended(passage, outcome, this.nowMs)
  }

  #note(code: number, subject: number, detail: number): void {
    this.trace.note(code)
    this.trace.note(this.nowMs)
    this.trace.note(subject)
    this.trace.note(detail)
  }
}
