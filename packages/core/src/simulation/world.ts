import { LEASE_OUTCOMES, type LeaseOutcome, type Outcome, UNLEASED_OUTCOMES } from '../routing/outcome.js'
import type { Dropped, Lease, Transition } from '../routing/submission.js'
import { BrokenInvariant } from './invariants/broken-invariant.js'
import type { Collector } from './collector.js'
import { drawFrom } from './distribution.js'
import { TRACE_CODES, type WorldEvent } from './event.js'
import { Misfortune } from './faults/misfortune.js'
import { ModelTruth } from './model-truth.js'
import { Occupancy } from './occupancy.js'
import { type Observer, tell } from './observer.js'
import { Passage } from './passage.js'
import { planFor } from './plan.js'
import { type RequestTemplate, requestTemplate } from './request.js'
import { RouterClock } from './router-clock.js'
import type { RouterPort } from './router-port.js'
import type { Scenario, TaskClass } from './scenario.js'
import type { Stage } from './stage.js'
import { TimeHeap } from './time-heap.js'
import { TraceHash } from './trace-hash.js'
import { Workload, type Arrival } from './workload.js'

const OUTCOME_CODES = Object.fromEntries(
  [...LEASE_OUTCOMES, ...UNLEASED_OUTCOMES].map((outcome, index) => [outcome, index]),
) as Readonly<Record<Outcome, number>>
/** Milliseconds after which a full model says 429. */
const REFUSAL_MS = 5
/** So many wakes in a row, with nothing else between them, are one without an end. */
const MOST_WAKES_IN_A_ROW = 100_000

/**
 * A world in virtual time: requests come, a router says where each goes, models work on them as they truly do. Events
 * take place in order of time, at equal times in the order they were put in; a wake goes before them.
 *
 * Over 200 lines because it is one state machine: each method is one step of a request's way.
 */
export class World implements Stage {
  readonly router: RouterPort
  readonly clock = new RouterClock()
  readonly models: readonly ModelTruth[]
  readonly alive = new Set<Passage>()
  readonly trace = new TraceHash()
  nowMs = 0
  events = 0
  readonly #scenario: Scenario
  readonly #workload: Workload
  readonly #collector: Collector
  readonly #observer: Observer | undefined
  readonly #misfortune: Misfortune | undefined
  readonly #heap = new TimeHeap<WorldEvent>()
  readonly #indexOf: ReadonlyMap<string, number>
  readonly #templates: readonly RequestTemplate[]
  /** Those that wait, by ticket. */
  readonly #waiting = new Map<number, Passage>()
  readonly #arrivalEvent: WorldEvent = { kind: 'arrival' }
  readonly #dueEvents: readonly WorldEvent[]
  #nextArrival: Arrival | undefined
  #lastWakeMs = -1
  #wakesInARow = 0

  /** The scenario must have passed `checkScenario`. */
  constructor(
    scenario: Scenario,
    seed: number,
    router: RouterPort,
    collector: Collector,
    observer?: Observer,
  ) {
    this.#scenario = scenario
    this.#observer = observer
    this.#workload = new Workload(scenario, seed)
    this.router = router
    this.#collector = collector
    const { warmUpMs = 0, durationMs, faults } = scenario
    this.models = scenario.models.map(
      (spec, index) => new ModelTruth(index, spec, new Occupancy(warmUpMs, durationMs)),
    )
    this.#indexOf = new Map(scenario.models.map(({ id }, index) => [id, index]))
    this.#dueEvents = this.models.map((model) => ({ kind: 'due', model }))
    this.#templates = scenario.classes.map(requestTemplate)
    this.#misfortune = faults === undefined ? undefined : new Misfortune(scenario, faults, seed, this)
  }

  /** Until everything has ended. @throws {BrokenInvariant} `I4` when somebody waits for ever. */
  run(): void {
    this.#misfortune?.schedule()
    this.#scheduleArrival()
    this.#scheduleTick()
    while (this.#heap.size > 0 || this.#waiting.size > 0) {
      const eventMs = this.#heap.firstMs()
      const dueMs = this.router.nextWakeMs() ?? Infinity
      const wakeMs = this.clock.virtualMs(dueMs)
      this.events++
      if (wakeMs <= eventMs) {
        this.#wake(wakeMs, dueMs)
      } else {
        const event = this.#heap.pop() as WorldEvent
        this.nowMs = Math.max(this.nowMs, eventMs)
        this.#wakesInARow = 0
        this.#happen(event)
      }
    }
  }

  get routerMs(): number {
    return this.clock.read(this.nowMs)
  }

  modelOf(modelId: string): ModelTruth {
    return this.models[this.#indexOf.get(modelId) ?? -1] as ModelTruth
  }

  later(afterMs: number, event: WorldEvent): void {
    this.#heap.push(this.nowMs + afterMs, event)
  }

  #wake(wakeMs: number, dueMs: number): void {
    if (dueMs === Infinity)
      throw new BrokenInvariant('I4', this.routerMs, 'somebody waits, and nothing is due')
    // After anything else the same time may be due once more: a cancel may stir those behind it.
    const isSame = this.#wakesInARow++ > 0 && dueMs <= this.#lastWakeMs
    if (isSame || this.#wakesInARow > MOST_WAKES_IN_A_ROW) {
      throw new BrokenInvariant('I4', dueMs, 'a wake left undone what was due')
    }
    this.#lastWakeMs = dueMs
    this.nowMs = Math.max(this.nowMs, wakeMs)
    this.note(TRACE_CODES.wake, dueMs, 0)
    // The clock's reading may be rounded to just short of what is due.
    this.take(this.router.wake(Math.max(dueMs, this.routerMs)))
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
        if (event.passage.state === 'leased') this.settle(event.passage, event.outcome)
        return
      case 'tick':
        this.#observer?.tick?.(this.nowMs)
        return this.#scheduleTick()
      case 'settle_again':
      case 'fault':
      case 'owner_lost':
        this.#misfortune?.happen(event)
        return
    }
  }

  #scheduleArrival(): void {
    this.#nextArrival = this.#workload.next()
    if (this.#nextArrival !== undefined) this.#heap.push(this.#nextArrival.atMs, this.#arrivalEvent)
  }

  #scheduleTick(): void {
    const everyMs = this.#observer?.everyMs
    if (everyMs === undefined) return
    if (this.nowMs + everyMs <= this.#scenario.durationMs) this.later(everyMs, { kind: 'tick' })
  }

  #arrive(): void {
    const arrival = this.#nextArrival as Arrival
    this.#scheduleArrival()
    const luck = this.#misfortune?.drawLuck()
    const template = this.#templates[arrival.classIndex] as RequestTemplate
    const passage = new Passage(arrival, template(arrival, luck && this.#misfortune?.ownerFor(luck)))
    this.note(TRACE_CODES.arrival, arrival.index, arrival.classIndex)
    this.#collector.arrived(passage)
    if (luck !== undefined) this.#misfortune?.befall(passage, luck)
    if (passage.fate === 'leavesBeforeSubmit') return this.#collector.leftBeforeSubmit(passage)
    if (this.#misfortune !== undefined) this.alive.add(passage)
    this.#submit(passage)
    const { patienceMs } = this.#scenario.classes[arrival.classIndex] as TaskClass
    if (patienceMs === undefined || passage.state === 'ended') return
    this.later(drawFrom(patienceMs, arrival.patience, arrival.stall), { kind: 'leave', passage })
  }

  #submit(passage: Passage): void {
    const answer = this.router.submit(passage.request, this.routerMs)
    const { index } = passage.arrival
    switch (answer.kind) {
      case 'admitted':
        this.note(TRACE_CODES.admitted, index, answer.lease.id)
        return this.#lease(passage, answer.lease)
      case 'queued':
        this.note(TRACE_CODES.queued, index, answer.ticket.id)
        passage.state = 'waiting'
        passage.ticketId = answer.ticket.id
        this.#waiting.set(answer.ticket.id, passage)
        if (answer.displaced !== undefined) this.#drop(answer.displaced)
        return
      case 'rejected':
        this.note(TRACE_CODES.rejected, index, OUTCOME_CODES[answer.outcome])
        return this.end(passage, answer.outcome)
    }
  }

  take({ admitted, dropped }: Transition): void {
    for (const { lease, ticket } of admitted) {
      this.note(TRACE_CODES.handedOver, ticket?.id ?? 0, lease.id)
      this.#lease(this.#claim(ticket?.id), lease)
    }
    for (const refusal of dropped) this.#drop(refusal)
  }

  #drop({ ticket, outcome }: Dropped): void {
    this.note(TRACE_CODES.dropped, ticket.id, OUTCOME_CODES[outcome])
    this.end(this.#claim(ticket.id), outcome)
  }

  #claim(ticketId = 0): Passage {
    const passage = this.#waiting.get(ticketId)
    if (passage === undefined) {
      throw new BrokenInvariant(
        'I4',
        this.routerMs,
        `ticket ${ticketId} was served or dropped, and waits nowhere`,
      )
    }
    this.#waiting.delete(ticketId)
    return passage
  }

  #lease(passage: Passage, { id, modelId }: Lease): void {
    const model = this.modelOf(modelId)
    passage.state = passage.isOrphan ? 'lost' : 'leased'
    passage.leaseId = id
    passage.leasedMs = this.nowMs
    passage.modelIndex = model.index
    passage.room = model.room
    model.leases++
    if (passage.isOrphan) return
    const { dispatchMs } = this.#scenario
    const { first, second } = passage.arrival
    const afterMs = dispatchMs === undefined ? 0 : drawFrom(dispatchMs, second, first)
    if (passage.fate === 'leavesBeforeDispatch') {
      return this.later(afterMs / 2, { kind: 'settle', passage, outcome: 'client_gone' })
    }
    if (dispatchMs === undefined) this.#dispatch(passage)
    else this.later(afterMs, { kind: 'dispatch', passage })
  }

  /** The request reaches its model. */
  #dispatch(passage: Passage): void {
    const model = this.models[passage.modelIndex] as ModelTruth
    const { arrival } = passage
    this.note(TRACE_CODES.started, arrival.index, model.index)
    const { id } = this.#scenario.classes[arrival.classIndex] as TaskClass
    passage.plan = planFor(model.spec, id, arrival)
    this.#misfortune?.bend(passage, model)
    if (model.held < passage.room) return this.#start(passage, model)
    model.overcommitted++
    const { whenFull = 'refuse' } = model.spec
    if (whenFull === 'serve') return this.#start(passage, model)
    if (whenFull === 'queue') return model.enqueue(passage)
    this.later(REFUSAL_MS, { kind: 'settle', passage, outcome: 'upstream_error' })
  }

  #start(passage: Passage, model: ModelTruth): void {
    model.start(passage, this.nowMs)
    this.schedule(model)
  }

  schedule(model: ModelTruth): void {
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
    if (passage === undefined) return this.schedule(model)
    if (passage.hasFirstToken) return this.settle(passage, passage.plan?.outcome ?? 'completed')
    passage.hasFirstToken = true
    passage.firstTokenMs = this.nowMs
    this.note(TRACE_CODES.firstToken, passage.arrival.index, 0)
    this.router.firstToken(passage.leaseId, this.routerMs)
    this.schedule(model)
  }

  #leave(passage: Passage): void {
    if (passage.isOrphan || passage.state === 'ended' || !Number.isNaN(passage.firstTokenMs)) return
    this.note(TRACE_CODES.left, passage.arrival.index, 0)
    if (passage.state !== 'waiting') return this.settle(passage, 'client_gone')
    this.#claim(passage.ticketId)
    if (!this.router.cancel(passage.ticketId, this.routerMs)) {
      throw new BrokenInvariant(
        'I4',
        this.routerMs,
        `ticket ${passage.ticketId} waits, and cannot be cancelled`,
      )
    }
    this.end(passage, 'cancelled_in_queue')
  }

  settle(passage: Passage, outcome: LeaseOutcome): void {
    const { arrival, leaseId, plan } = passage
    const model = this.models[passage.modelIndex] as ModelTruth
    this.note(TRACE_CODES.settled, leaseId, OUTCOME_CODES[outcome])
    // The model lets go first: when its slot is given on, it must be able to see that this request is over.
    this.end(passage, outcome)
    const { inputTokens, outputTokens } = arrival
    const retryAfterMs = outcome === plan?.outcome ? plan.retryAfterMs : undefined
    const result = retryAfterMs === undefined ? { inputTokens, outputTokens } : { inputTokens, retryAfterMs }
    const settlement = this.router.settle(leaseId, outcome, this.routerMs, result)
    if (!settlement.settled)
      throw new BrokenInvariant('I2', this.routerMs, `lease ${leaseId} had ended by itself`)
    this.take(settlement)
    for (let next = model.nextWaiting(); next !== undefined; next = model.nextWaiting()) {
      model.start(next, this.nowMs)
    }
    this.schedule(model)
    this.#misfortune?.ended(passage)
  }

  end(passage: Passage, outcome: Outcome): void {
    if (passage.modelIndex >= 0) {
      const model = this.models[passage.modelIndex] as ModelTruth
      model.release(passage, this.nowMs)
      model.leases--
    }
    passage.state = 'ended'
    this.alive.delete(passage)
    this.#collector.ended(passage, outcome, this.nowMs)
    if (this.#observer !== undefined) tell(this.#observer, passage, outcome, this.#scenario, this.nowMs)
  }

  /** Adds to the trace. */
  note(code: number, subject: number, detail: number): void {
    this.trace.note(code)
    this.trace.note(this.nowMs)
    this.trace.note(subject)
    this.trace.note(detail)
  }
}
