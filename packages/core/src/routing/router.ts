import type { RoutedModel } from '../catalog/model.js'
import { LoadstarError } from '../error.js'
import { checkModel, checkMs, checkReport } from '../load/check.js'
import type { LoadReport, ModelLoad } from '../load/load.js'
import type { TrackedModel } from '../load/tracked.js'
import { LoadTracker } from '../load/tracker.js'
import { checkNotNegative } from '../health/check.js'
import { type Choice, Choices, hasCapacity } from './choice.js'
import type { Decision } from './decision.js'
import { DecisionLog } from './decision-log.js'
import { type Demand, demandOf } from './demand.js'
import type { Discipline, Floor } from './disciplines/discipline.js'
import { FirstCome } from './disciplines/first-come.js'
import { LeastLoss } from './disciplines/least-loss.js'
import { Door, type Place, type Refusal } from './door.js'
import { Expectation } from './expectation.js'
import { Explorer } from './explorer.js'
import { checkResult, judge, NO_RESULT } from './judge.js'
import type { Share } from './fair-share.js'
import { Leases, ownerOf, type Running } from './leases.js'
import type { Line, Size, Waiting } from './line.js'
import { LEASE_OUTCOMES, type LeaseOutcome } from './outcome.js'
import { type QueueRules, resolveOptions, type RouterOptions } from './options.js'
import { NONE, pick } from './pick.js'
import { policyNamed } from './policies/assembly.js'
import type { Policy } from './policies/policy.js'
import { PriceWindow } from './price-window.js'
import { WaitQueue } from './queue.js'
import { DRAINING_RETRY_MS, heldMs } from './retry.js'
import { isPanicAmong, Slate } from './slate.js'
import type {
  Admission,
  AnswerResult,
  Dropped,
  Lease,
  Rejection,
  RouteRequest,
  Submission,
  Transition,
} from './submission.js'
import { noOutcomes, type RouterCounters } from './tally.js'
import { HealthWatch } from './watch.js'

/** What came of a settle. */
export interface Settlement extends Transition {
  /** False when the lease had been settled before: nothing changed but a counter. */
  readonly settled: boolean
  /** The lease that ended; absent when it had been settled before. */
  readonly lease?: Lease
}

interface Changes {
  readonly admitted: Admission[]
  readonly dropped: Dropped[]
}

const NOTHING: Transition = Object.freeze({ admitted: Object.freeze([]), dropped: Object.freeze([]) })
const LEASE_OUTCOME_NAMES: ReadonlySet<string> = new Set(LEASE_OUTCOMES)

/**
 * Decides where each request runs, holds every model within its limit, and keeps the account: a synchronous state
 * machine without clock or timers, and with no chance but that of its seed. The same history gives the same decisions.
 *
 * Whatever frees a slot hands it over before it returns, so a newcomer cannot overtake its own line. Whatever returns a
 * `Transition` first drops those whose wait is over and lets what is due take effect; the caller must act on both lists.
 * Call `wake` at `nextWakeMs`.
 *
 * `nowMs` is any clock's milliseconds ≥ 0; where it goes backwards the latest time seen counts. Every method throws
 * `LoadstarError` `OPTION_INVALID`, changing nothing, for a `nowMs` that is negative or not finite.
 *
 * Costs: `submit` O(candidates), `settle` O(1) while nobody waits; see the methods. Over 300 lines because it is
 * the one place where leases, queue and account change together, each in its own file, and half of it is contract.
 */
export class Router {
  readonly #tracker: LoadTracker
  readonly #choices: Choices
  readonly #queue: WaitQueue
  readonly #slate = new Slate()
  readonly #watch = new HealthWatch()
  readonly #leases: Leases
  readonly #expectation = new Expectation()
  readonly #policy: Policy
  readonly #explorer: Explorer
  readonly #discipline: Discipline
  /** Of `bid` only. */
  readonly #prices: PriceWindow | undefined
  readonly #log: DecisionLog
  readonly #door: Door
  readonly #floor: Floor
  readonly #outcomes = noOutcomes()
  readonly #rules: QueueRules
  readonly #maxWaitMs: number
  readonly #panicShare: number
  #clockMs = 0
  #submitted = 0
  #duplicateSettles = 0
  #isClosed = false
  /** Somebody may take a slot that is free: to be looked at as soon as may be. */
  #isStirred = false

  /**
   * @throws {LoadstarError} `DUPLICATE_ID`, `ID_INVALID` or `CAPACITY_INVALID` for a bad model, `OPTION_INVALID` for a
   * bad option.
   */
  constructor(models: readonly RoutedModel[], options: RouterOptions = {}) {
    const {
      policy,
      bid,
      queue,
      loadWeight,
      maxWaitMs,
      staleAfterMs,
      health,
      panicShare,
      exploreShare,
      seed,
    } = resolveOptions(options)
    this.#rules = queue
    this.#maxWaitMs = maxWaitMs
    this.#panicShare = panicShare
    this.#tracker = new LoadTracker({ staleAfterMs, health, seed, floors: queue.floors })
    this.#choices = new Choices(this.#tracker)
    this.#leases = new Leases(this.#tracker)
    this.#policy = policyNamed(policy, { bid, loadWeight, seed, expectation: this.#expectation })
    this.#explorer = new Explorer(exploreShare, seed)
    const isBidding = policy === 'bid'
    this.#queue = new WaitQueue(queue, isBidding)
    this.#discipline = isBidding
      ? new LeastLoss(bid, this.#policy, this.#expectation)
      : new FirstCome(this.#policy)
    if (isBidding) this.#prices = new PriceWindow(bid, this.#tracker, this.#choices, this.#expectation)
    this.#door = new Door(this.#queue, this.#discipline, this.#expectation)
    this.#log = new DecisionLog(policy, loadWeight)
    this.#floor = {
      queue: this.#queue,
      slate: this.#slate,
      hasSlot: (line, model) =>
        model.freeFor(line.rank, this.#mayExceed(line), this.#panics(line.models)) > 0,
      seat: (waiting) => this.#seat(waiting),
    }
    models.forEach((model, index) => {
      const field = `models[${index}]`
      if (this.#tracker.find(model.id) !== undefined) {
        throw new LoadstarError('DUPLICATE_ID', `${field}.id`, 'must be unique', model.id)
      }
      this.#tracker.setModel(model, field)
    })
  }

  /**
   * Admits the request to the best candidate with a slot for it, else lets it wait, else rejects it.
   *
   * Rejected are: `rejected_draining` after `close`; `rejected_no_model` when no candidate is known with capacity;
   * `expired_in_queue` when it would have to wait longer than it may (`maxWaitMs` 0, or every candidate shut or closed
   * for as long); `rejected_queue_closed`; `rejected_queue_full`; `rejected_deadline`.
   *
   * O(candidates), and a look-up for a list of candidates that came before: hand in the same array for the same kind
   * of request, and do not change it.
   *
   * @throws {LoadstarError} `SCORES_INVALID`, `DUPLICATE_ID` (a candidate named twice) or `OPTION_INVALID`; the request
   * then does not count as submitted.
   */
  submit(request: RouteRequest, nowMs: number): Submission {
    const now = this.#advance(nowMs)
    const demand = demandOf(request, this.#maxWaitMs)
    const choice = this.#choices.of(request.candidates)
    this.#submitted++
    // Those who wait come first: with any, what is due takes effect in `wake`.
    if (this.#queue.size === 0) this.#watch.turn(now)
    const { rank } = demand
    const slate = this.#slate
    const size = this.#expectation.sizeOf(request)
    slate.fill(choice, size, rank, this.#rules.isAbove[rank] === true, this.#panics(choice.models))
    this.#policy.weigh(slate, now)
    if (this.#isClosed) {
      return this.#reject(request, { outcome: 'rejected_draining', retryMs: DRAINING_RETRY_MS }, now)
    }
    const hasOthersBefore = this.#queue.size > 0 && this.#queue.lineOf(choice, rank) !== undefined
    const chosen = hasOthersBefore ? NONE : pick(slate)
    const tried = chosen === NONE ? NONE : this.#explorer.pick(slate, now)
    if (tried !== NONE && tried !== chosen) return this.#admit(request, rank, tried, now, true)
    if (chosen !== NONE && (demand.waitMs === 0 || this.#discipline.takes(slate, chosen, now))) {
      return this.#admit(request, rank, chosen, now)
    }
    const place = this.#door.placeFor(request, demand, slate, this.#heldMs(choice.models, now), now)
    if ('home' in place) return this.#enqueue(request, demand, place, now)
    // Better the second best model than none.
    return chosen === NONE ? this.#reject(request, place, now) : this.#admit(request, rank, chosen, now)
  }

  /**
   * Whether a candidate has a slot for the request as things are; nothing is counted or changed. What time alone has
   * changed since the last transition is not seen.
   *
   * @throws {LoadstarError} as `submit`.
   */
  hasSlotFor(request: RouteRequest): boolean {
    const { rank } = demandOf(request, this.#maxWaitMs)
    const choice = this.#choices.of(request.candidates)
    if (this.#isClosed || this.#queue.lineOf(choice, rank) !== undefined) return false
    const isAbove = this.#rules.isAbove[rank] === true
    this.#slate.fill(choice, this.#slate.size, rank, isAbove, this.#panics(choice.models))
    return this.#slate.hasFree
  }

  /**
   * Notes the first token of a lease's answer, for the model's average.
   *
   * @returns false, changing nothing, when the lease has ended or its first token was noted before.
   */
  firstToken(leaseId: number, nowMs: number): boolean {
    const now = this.#advance(nowMs)
    const running = this.#leases.find(leaseId)
    if (running === undefined || running.firstTokenMs !== undefined) return false
    running.firstTokenMs = now
    running.model.observeFirstToken(now - running.lease.acquiredMs)
    return true
  }

  /**
   * Ends a lease, learns from it, judges the model's health by how it ended, and hands on what became free. A second
   * settle of the same lease is a no-op that is counted.
   *
   * @throws {LoadstarError} `ID_INVALID` for a lease that was never given, `OPTION_INVALID` for an unknown outcome or a
   * number of `result` outside its range.
   */
  settle(
    leaseId: number,
    outcome: LeaseOutcome,
    nowMs: number,
    result: AnswerResult = NO_RESULT,
  ): Settlement {
    const now = this.#advance(nowMs)
    if (result !== NO_RESULT) checkResult(result)
    if (!LEASE_OUTCOME_NAMES.has(outcome)) {
      const rule = `must be one of ${LEASE_OUTCOMES.join(', ')}`
      throw new LoadstarError('OPTION_INVALID', 'outcome', rule, outcome)
    }
    const running = this.#leases.find(leaseId)
    if (running === undefined) {
      if (!this.#leases.wasGiven(leaseId)) {
        throw new LoadstarError('ID_INVALID', 'lease_id', 'must be the id of a lease that was given', leaseId)
      }
      this.#duplicateSettles++
      return { ...this.#handOver([], now), settled: false }
    }
    this.#end(running, outcome, result, now)
    const { admitted, dropped } = this.#handOver([running.model], now)
    return { admitted, dropped, settled: true, lease: running.lease }
  }

  /**
   * The client left while it waited: `cancelled_in_queue`. O(log waiting).
   *
   * @returns false, changing nothing, when the ticket no longer waits.
   */
  cancel(ticketId: number, nowMs: number): boolean {
    this.#advance(nowMs)
    const waiting = this.#queue.find(ticketId)
    if (waiting === undefined) return false
    this.#queue.remove(waiting)
    this.#outcomes.cancelled_in_queue++
    // Whoever is next in its line may want a slot that it declined.
    if (this.#discipline.isHolding) this.#isStirred = true
    return true
  }

  /**
   * Lets what is due take effect: drops those whose wait is over (`nowMs ≥ expiresMs`) as `expired_in_queue`, O(log
   * waiting) for each; hands over the slots of models whose breaker half-opens, whose closure ends or whose slow
   * start has grown, slots above target to queues about to expire, and slots that were held back; reckons prices anew.
   */
  wake(nowMs: number): Transition {
    const now = this.#advance(nowMs)
    if (this.#prices !== undefined && this.#prices.dueMs <= now && this.#prices.reckon(now)) {
      this.#isStirred = true
    }
    return this.#handOver([], now)
  }

  /** When `wake` has something to do; `undefined` while nothing is due at any time. */
  nextWakeMs(): number | undefined {
    const nextMs = Math.min(
      this.#queue.nextDueMs(),
      this.#watch.nextChangeMs(),
      this.#prices?.dueMs ?? Infinity,
      this.#isStirred ? this.#clockMs : this.#discipline.heldMs,
    )
    return nextMs === Infinity ? undefined : nextMs
  }

  /**
   * An instance died: its leases end as `instance_lost`, its waiting requests as `cancelled_in_queue`, for nobody is
   * there to use a slot given to them. Settling such a lease later is a counted no-op. O(leases + waiting).
   */
  ownerLost(owner: string, nowMs: number): Transition {
    const now = this.#advance(nowMs)
    const changes = this.#dropOverdue(now)
    for (const waiting of this.#queue.all()) {
      if (ownerOf(waiting.request) !== owner) continue
      this.#drop(waiting, { outcome: 'cancelled_in_queue', retryMs: null }, now, changes)
    }
    const freed = new Set<TrackedModel>()
    for (const running of this.#leases.heldBy(owner)) {
      this.#end(running, 'instance_lost', NO_RESULT, now)
      freed.add(running.model)
    }
    return this.#handOver([...freed], now, changes)
  }

  /**
   * Adds a model, or changes its limits live. A raise hands the new slots over at once; a cut below in-flight starts
   * nothing until enough leases have ended; a cut to 0 drops, as `rejected_no_model`, those who can be served by no
   * other. A smaller `maxQueue` keeps those who wait. Those who wait and name a model that is new may be served by it;
   * O(waiting · candidates) then.
   *
   * @throws {LoadstarError} `ID_INVALID`, `CAPACITY_INVALID` or `OPTION_INVALID`.
   */
  setModel(model: RoutedModel, nowMs: number): Transition {
    const now = this.#advance(nowMs)
    checkModel(model, 'model')
    const changes = this.#dropOverdue(now)
    const isNew = this.#tracker.find(model.id) === undefined
    this.#tracker.setModel(model)
    const tracked = this.#tracker.find(model.id)
    if (tracked === undefined) return changes
    if (isNew) tracked.health.added(now)
    this.#watch.note(tracked)
    if (isNew) this.#realign(now, changes)
    else if (tracked.maxConcurrent === 0) this.#dropUnservable(now, changes)
    return this.#handOver([tracked], now, changes)
  }

  /**
   * Takes a model out; its leases go on to their end. Those waiting lose it as a candidate: with none left they are
   * dropped as `rejected_no_model`; those who counted in its queue move to their next best with room, or are dropped
   * as `rejected_queue_full`. Unknown models change nothing. O(waiting · candidates).
   */
  removeModel(modelId: string, nowMs: number): Transition {
    const now = this.#advance(nowMs)
    const changes = this.#dropOverdue(now)
    const model = this.#tracker.find(modelId)
    if (model === undefined) return this.#handOver([], now, changes)
    this.#tracker.removeModel(modelId)
    this.#watch.forget(model)
    this.#realign(now, changes)
    // Without it the rest may be in panic, and accept what they did not.
    return this.#handOver([], now, changes)
  }

  /**
   * Closes admission for good: those waiting, and all who come, end as `rejected_draining`; leases go on. The retry
   * hint is a second, when a balancer in front has noticed.
   */
  close(nowMs: number): Transition {
    const now = this.#advance(nowMs)
    const changes = this.#dropOverdue(now)
    this.#isClosed = true
    for (const waiting of this.#queue.all()) {
      this.#drop(waiting, { outcome: 'rejected_draining', retryMs: DRAINING_RETRY_MS }, now, changes)
    }
    return this.#handOver([], now, changes)
  }

  /**
   * Takes over the load seen at a model. What exceeds our own in-flight at this moment is others', and takes slots
   * until the next report, also when stale: then utilization is unknown and weighs as full, never as idle. A report
   * for a model that is not there (any more) changes nothing.
   *
   * @throws {LoadstarError} `CAPACITY_INVALID` or `OPTION_INVALID` for a number outside its range.
   */
  reportLoad(modelId: string, report: LoadReport, nowMs: number): Transition {
    const now = this.#advance(nowMs)
    checkReport(report)
    const changes = this.#dropOverdue(now)
    const model = this.#tracker.find(modelId)
    if (model === undefined) return this.#handOver([], now, changes)
    model.report(report, now)
    return this.#handOver([model], now, changes)
  }

  /**
   * Closes a model's queue to newcomers, or opens it again. While it is closed, requests are given its free slots as
   * before, and may wait for other models; those that could wait for closed ones only end as `rejected_queue_closed`.
   * Whoever waits stays. A model that is removed and comes back is open.
   *
   * @returns whether anything changed; not for a model that is not there (any more).
   */
  setQueueOpen(modelId: string, isOpen: boolean): boolean {
    const model = this.#tracker.find(modelId)
    if (model === undefined || model.isQueueClosed === !isOpen) return false
    model.isQueueClosed = !isOpen
    return true
  }

  /**
   * Begins with the dual prices of an assignment, as far as models are known; `bid` only.
   *
   * @param prices - by model id: points ≥ 0 that one more agent served there is worth.
   * @throws {LoadstarError} `OPTION_INVALID` for a price outside its range; nothing is changed then.
   */
  seedPrices(prices: ReadonlyMap<string, number>, nowMs: number): Transition {
    const now = this.#advance(nowMs)
    for (const [modelId, points] of prices) checkNotNegative(points, `prices.${modelId}`)
    if (this.#prices === undefined) return this.#handOver([], now)
    this.#prices.seed(prices)
    this.#isStirred = true
    return this.#handOver([], now)
  }

  /**
   * Why a lease was given the model it was given, of the latest few thousand.
   *
   * @returns `undefined` for one that was never given, or is forgotten.
   */
  decision(leaseId: number): Decision | undefined {
    return this.#log.decisionOf(leaseId)
  }

  /** The id that the next lease will have: they are numbered from 1 in the order they are given. */
  get nextLeaseId(): number {
    return this.#leases.nextId
  }

  /** Every model's load, in the order models were added. A reading: it does not move the router's time. */
  loads(nowMs: number): readonly ModelLoad[] {
    checkMs(nowMs, 'now_ms')
    return this.#tracker.loads(Math.max(this.#clockMs, nowMs))
  }

  counters(): RouterCounters {
    return {
      submitted: this.#submitted,
      outcomes: { ...this.#outcomes },
      duplicateSettles: this.#duplicateSettles,
      inFlight: this.#leases.size,
      waiting: this.#queue.size,
    }
  }

  #advance(nowMs: number): number {
    checkMs(nowMs, 'now_ms')
    if (nowMs > this.#clockMs) this.#clockMs = nowMs
    return this.#clockMs
  }

  #panics(models: readonly TrackedModel[]): boolean {
    return this.#watch.size > 0 && isPanicAmong(models, this.#panicShare)
  }

  #admit(request: RouteRequest, rank: number, chosen: number, now: number, isExplored = false): Submission {
    const { choice, size } = this.#slate
    this.#noteArrival(choice, size, choice.models[chosen] as TrackedModel, now)
    const share = this.#queue.shareOf(request.tenant ?? '', rank)
    this.#log.note(this.#leases.nextId, this.#slate, chosen, isExplored, now)
    const lease = this.#give(request, chosen, share, 0, now)
    if (request.explain !== true) return { kind: 'admitted', lease }
    return { kind: 'admitted', lease, ...this.#explained(lease) }
  }

  /** Gives a lease for what is on the slate; why is noted before: terms are those of the moment before. */
  #give(
    request: RouteRequest,
    chosen: number,
    share: Share | undefined,
    waitedMs: number,
    now: number,
  ): Lease {
    const { rank, size } = this.#slate
    if (share !== undefined) {
      // At least one, or tenants whose tokens nobody counts would never take turns.
      share.tokens += Math.max(1, size.inputTokens + this.#rules.outputWeight * size.outputTokens)
    }
    return this.#leases.give({ request, model: this.#slate.model(chosen), rank, size, share, waitedMs }, now)
  }

  #explained({ id }: Lease): { decision?: Decision } {
    const decision = this.#log.decisionOf(id)
    return decision === undefined ? {} : { decision }
  }

  #enqueue(
    request: RouteRequest,
    { rank }: Demand,
    { home, waitMs, displaced }: Exclude<Place, Refusal>,
    now: number,
  ): Submission {
    const { choice, size, hasFree } = this.#slate
    this.#noteArrival(choice, size, home, now)
    const changes: Changes = { admitted: [], dropped: [] }
    if (displaced !== undefined) {
      const retryMs = this.#retryMs(choice.models, now)
      this.#drop(displaced, { outcome: 'rejected_queue_full', retryMs }, now, changes)
    }
    const ticket = this.#queue.enqueue({ request, choice, rank, size, home, waitMs }, now)
    // One more that waits may be the one too many for holding slots back.
    if (hasFree || this.#discipline.isHolding) this.#isStirred = true
    const [dropped] = changes.dropped
    return dropped === undefined ? { kind: 'queued', ticket } : { kind: 'queued', ticket, displaced: dropped }
  }

  #noteArrival(choice: Choice, size: Size, model: TrackedModel, now: number): void {
    if (this.#prices === undefined) return
    this.#prices.note(choice, size, now)
    model.arrivals.note(now)
  }

  #end(running: Running, outcome: LeaseOutcome, result: AnswerResult, now: number): void {
    // What is due by now is no news of this lease.
    this.#watch.turn(now)
    judge(running, outcome, result, now)
    this.#watch.note(running.model)
    const { lease, kind, share, size } = running
    const { inputTokens = size.inputTokens, outputTokens } = result
    if (result.inputTokens !== undefined) running.model.inputTokens.observe(size.inputTokens, inputTokens)
    if (outcome === 'completed') this.#expectation.learn(kind, now - lease.acquiredMs, outputTokens)
    if (share !== undefined) {
      share.tokens += inputTokens - size.inputTokens
      if (outputTokens !== undefined) {
        share.tokens += this.#rules.outputWeight * (outputTokens - size.outputTokens)
      }
    }
    this.#leases.end(running, outcome, outputTokens, now)
    this.#outcomes[outcome]++
  }

  #heldMs(models: readonly TrackedModel[], now: number): number {
    return this.#watch.size === 0 ? 0 : heldMs(models, this.#panics(models), now)
  }

  #retryMs(models: readonly TrackedModel[], now: number): number | null {
    return this.#door.retryMs(models, this.#heldMs(models, now))
  }

  #dropOverdue(now: number): Changes {
    const changes: Changes = { admitted: [], dropped: [] }
    for (;;) {
      const waiting = this.#queue.firstToExpire()
      if (waiting === undefined || waiting.ticket.expiresMs > now) return changes
      const { models } = waiting.line
      const retryMs = this.#retryMs(models, now)
      this.#drop(waiting, { outcome: 'expired_in_queue', retryMs }, now, changes)
    }
  }

  /**
   * Also looks at models whose health changed with time, at shut ones, which somebody may begin to accept in panic, and
   * at those of queues about to expire; at all while somebody declines a slot.
   */
  #handOver(freed: readonly TrackedModel[], now: number, before?: Changes): Transition {
    this.#watch.turn(now)
    const stirred = this.#watch.stirred()
    const mustLook = this.#isStirred || this.#discipline.isHolding
    this.#isStirred = false
    if (this.#queue.size === 0 && before === undefined && !mustLook) return NOTHING
    const changes = before ?? this.#dropOverdue(now)
    const urgent = this.#queue.markUrgent(now)
    const models = mustLook ? [...this.#tracker.models()] : [...freed, ...stirred, ...urgent]
    for (;;) {
      const offer = this.#discipline.next(this.#floor, models, now)
      if (offer === undefined) return changes
      const { waiting, chosen } = offer
      this.#queue.remove(waiting)
      const { ticket, request, share } = waiting
      this.#log.note(this.#leases.nextId, this.#slate, chosen, false, now)
      const lease = this.#give(request, chosen, share, now - ticket.enqueuedMs, now)
      changes.admitted.push(
        request.explain === true ? { lease, ticket, ...this.#explained(lease) } : { lease, ticket },
      )
    }
  }

  /** Which models there are has changed: everyone who waits looks again at what it may choose from. */
  #realign(now: number, changes: Changes): void {
    this.#choices.forget()
    this.#queue.realign(({ request }) => this.#choices.of(request.candidates))
    this.#dropUnservable(now, changes)
    for (const waiting of this.#queue.all()) {
      if (!waiting.choice.models.includes(waiting.home)) this.#rehome(waiting, now, changes)
    }
  }

  #dropUnservable(now: number, changes: Changes): void {
    for (const waiting of this.#queue.all()) {
      if (hasCapacity(waiting.choice.models)) continue
      this.#drop(waiting, { outcome: 'rejected_no_model', retryMs: null }, now, changes)
    }
  }

  #rehome(waiting: Waiting, now: number, changes: Changes): void {
    const { models } = waiting.choice
    this.#seatAgain(waiting, now)
    const home = this.#discipline.home(this.#slate, now)
    if (home !== NONE) this.#queue.rehome(waiting, this.#slate.model(home))
    else {
      const retryMs = this.#retryMs(models, now)
      this.#drop(waiting, { outcome: 'rejected_queue_full', retryMs }, now, changes)
    }
  }

  /** Fills the slate with what somebody who waits may choose from. */
  #seat(waiting: Waiting): void {
    const { choice, rank, size, line } = waiting
    this.#slate.fill(choice, size, rank, this.#mayExceed(line), this.#panics(choice.models))
  }

  /** Whether those in a line may use slots above target. */
  #mayExceed({ rank, urgent }: Line): boolean {
    return urgent > 0 || this.#rules.isAbove[rank] === true
  }

  /** The same for somebody who is not given anything. */
  #seatAgain(waiting: Waiting, now: number): void {
    this.#seat(waiting)
    if (this.#policy.isByChance === true) this.#slate.worth.fill(0)
    else this.#policy.weigh(this.#slate, now)
  }

  #drop(waiting: Waiting, { outcome, retryMs }: Refusal, now: number, changes: Changes): void {
    const { ticket, request } = waiting
    if (request.explain === true) this.#seatAgain(waiting, now)
    this.#queue.remove(waiting)
    changes.dropped.push({ ticket, ...this.#refuse(request, { outcome, retryMs }, now) })
  }

  #reject(request: RouteRequest, refusal: Refusal, now: number): Submission {
    return { kind: 'rejected', ...this.#refuse(request, refusal, now) }
  }

  #refuse(request: RouteRequest, { outcome, retryMs: retryAfterMs }: Refusal, now: number): Rejection {
    this.#outcomes[outcome]++
    if (request.explain !== true) return { outcome, retryAfterMs }
    return { outcome, retryAfterMs, decision: this.#log.undecided(this.#slate, now) }
  }
}
