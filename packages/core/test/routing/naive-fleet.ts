import type { RoutedModel } from '../../src/catalog/model.js'
import { ArrivalRate } from '../../src/load/arrival-rate.js'
import { ServiceTime } from '../../src/load/service-time.js'
import { TokenScale } from '../../src/load/token-scale.js'
import { seededRandom } from '../../src/random.js'
import { AnswerLengths } from '../../src/routing/answer-lengths.js'
import { PRIORITIES, type Priority, rankOf } from '../../src/routing/priority.js'
import type { RouteRequest } from '../../src/routing/submission.js'
import { HEALTH, NaiveHealth } from './naive-health.js'
import type {
  NaiveLease,
  NaiveModel,
  NaiveOptions,
  NaivePair,
  NaiveRequest,
  NaiveTicket,
} from './naive-records.js'

export const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0)

/** Models, leases and tickets in plain lists, and every number that follows from them, counted when it is asked for. */
export class NaiveFleet {
  models: NaiveModel[] = []
  leases: NaiveLease[] = []
  tickets: NaiveTicket[] = []
  now = 0
  /** Of all models together. */
  readonly service = new ServiceTime()
  readonly lengths = new AnswerLengths()
  private readonly jitter: () => number

  constructor(readonly options: NaiveOptions) {
    this.jitter = seededRandom(options.seed, 1)
  }

  sized(request: RouteRequest): NaiveRequest {
    const { priority = 'default', tenant = '', owner = '', kind, inputTokens = 500 } = request
    const outputTokens = request.outputTokens ?? this.lengths.expected(kind)
    return { request, priority, rank: rankOf(priority), tenant, owner, inputTokens, outputTokens }
  }

  model(id: string): NaiveModel | undefined {
    return this.models.find((model) => model.id === id && model.isThere)
  }

  /** The candidates there are, those without capacity as well. */
  known({ request }: NaiveRequest): NaivePair[] {
    return request.candidates.flatMap(({ modelId, score }) => {
      const model = this.model(modelId)
      return model === undefined ? [] : [{ model, score }]
    })
  }

  withCapacity(asked: NaiveRequest): NaivePair[] {
    return this.known(asked).filter(({ model }) => model.maxConcurrent > 0)
  }

  own(id: string, priority?: Priority): number {
    const there = this.leases.filter(({ modelId }) => modelId === id)
    return there.filter(({ asked }) => priority === undefined || asked.priority === priority).length
  }

  /** Who counts in the queue of the model. */
  homed(id: string): NaiveTicket[] {
    return this.tickets.filter((ticket) => ticket.homeModelId === id)
  }

  inUse(model: NaiveModel): number {
    return this.own(model.id) + model.external
  }

  slotsWithinTarget({ maxConcurrent, targetUtilization }: RoutedModel): number {
    return maxConcurrent === 0 ? 0 : Math.max(1, Math.floor((targetUtilization + 1e-9) * maxConcurrent))
  }

  /** Slots that the model's own queue is served by. */
  serving(model: NaiveModel): number {
    return Math.max(1, this.slotsWithinTarget(model) - model.external)
  }

  /** From when on the ticket is in danger of expiring. */
  urgentMs({ waitMs, expiresMs }: NaiveTicket): number {
    return expiresMs - Math.min(this.options.queue.rescueMs, waitMs / 2)
  }

  hasQueueRoom(model: NaiveModel): boolean {
    return !model.isQueueClosed && this.homed(model.id).length < model.maxQueue
  }

  isStale(model: NaiveModel): boolean {
    return model.reportedMs !== undefined && this.now - model.reportedMs > this.options.staleAfterMs
  }

  /** Requests like this that the model may be given; none when ≤ 0. */
  room(model: NaiveModel, asked: NaiveRequest, isUrgent: boolean): number {
    if (model.maxConcurrent === 0) return 0
    const { aboveTarget, floors } = this.options.queue
    const slots = model.health.slots(model.maxConcurrent)
    const within = this.slotsWithinTarget(model)
    const most = isUrgent || aboveTarget.includes(asked.priority) ? slots : Math.min(slots, within)
    const others = PRIORITIES.filter((priority) => priority !== asked.priority)
    const kept = others.map((priority) => {
      return Math.max(0, Math.floor((floors[priority] ?? 0) * within) - this.own(model.id, priority))
    })
    return Math.min(most - this.inUse(model), model.health.starts(this.isInPanic(asked))) - sum(kept)
  }

  free(asked: NaiveRequest, isUrgent: boolean): NaivePair[] {
    return this.known(asked).filter(({ model }) => this.room(model, asked, isUrgent) > 0)
  }

  isInPanic(asked: NaiveRequest): boolean {
    const pairs = this.withCapacity(asked)
    const slots = (some: NaivePair[]) => sum(some.map(({ model }) => model.maxConcurrent))
    const shut = pairs.filter(({ model }) => model.health.kind !== 'closed')
    return pairs.length > 1 && slots(shut) > HEALTH.panicShare * slots(pairs)
  }

  /** Milliseconds before which health keeps the request from all its candidates. */
  heldMs(asked: NaiveRequest): number {
    const inPanic = this.isInPanic(asked)
    return Math.min(...this.withCapacity(asked).map(({ model }) => model.health.heldMs(inPanic, this.now)))
  }

  /** A millisecond at least, so that no rate and no price is without bound. */
  meanMs(model: NaiveModel): number {
    const known = model.service.meanMs ?? model.reportedLatencyMs ?? this.service.meanMs
    return Math.max(1, known ?? 1_000)
  }

  /** What the request is expected to take there. */
  serviceMs(model: NaiveModel, { outputTokens }: NaiveRequest): number {
    const meanMs = this.meanMs(model)
    const answerMs = model.service.expectedMs(outputTokens) ?? meanMs
    return answerMs + model.health.penaltyMs(meanMs, this.now) + (this.isStale(model) ? meanMs : 0)
  }

  costUsd({ price, inputTokens: scale }: NaiveModel, { inputTokens, outputTokens }: NaiveRequest): number {
    if (price === undefined) return 0
    return (inputTokens * scale.factor * price.inputUsdPerMTok + outputTokens * price.outputUsdPerMTok) / 1e6
  }

  /** Points that a second of one slot costs a request: a slot that nobody uses costs nobody anything. */
  chargedPrice(model: NaiveModel): number {
    const slots = this.slotsWithinTarget(model)
    return model.slotPrice * (slots === 0 ? 1 : Math.min(1, this.inUse(model) / slots))
  }

  /** Requests per millisecond that the candidates with capacity serve. */
  servedPerMs(asked: NaiveRequest): number {
    return sum(this.withCapacity(asked).map(({ model }) => this.serving(model) / this.meanMs(model)))
  }

  /** Adds a model or sets its limits anew. */
  put(given: RoutedModel): NaiveModel {
    const { price, pace } = given
    const known = this.models.find(({ id }) => id === given.id)
    const model: NaiveModel = Object.assign(known ?? this.unused(given), {
      ...given,
      price,
      pace,
      isThere: true,
    })
    model.service.setPace(pace)
    if (known === undefined) this.models.push(model)
    return model
  }

  look(): void {
    for (const model of this.models) model.health.look(this.now)
  }

  /** A model that comes back after it was removed and had drained starts with a clean record. */
  forgetDrained(): void {
    this.models = this.models.filter((model) => model.isThere || this.own(model.id) > 0)
  }

  private unused(given: RoutedModel): NaiveModel {
    return {
      ...given,
      isThere: true,
      isQueueClosed: false,
      external: 0,
      externalQueue: 0,
      reportedMs: undefined,
      reportedLatencyMs: undefined,
      lastAcquire: 0,
      slotPrice: 0,
      health: new NaiveHealth(this.jitter),
      service: new ServiceTime(),
      inputTokens: new TokenScale(),
      arrivals: new ArrivalRate(),
    }
  }
}
