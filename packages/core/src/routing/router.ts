import type { Capacity } from '../catalog/model.js'
import { LoadstarError } from '../error.js'
import { checkModel, checkMs, checkReport } from '../load/check.js'
import type { LoadReport, ModelLoad } from '../load/load.js'
import type { TrackedModel } from '../load/tracked.js'
import { LoadTracker } from '../load/tracker.js'
import { checkResult, judge, NO_RESULT } from './judge.js'
import { Leases, ownerOf, type Running } from './leases.js'
import type { Decision } from './decision.js'
import type { Line, Waiting } from './line.js'
import { LEASE_OUTCOMES, type LeaseOutcome, type UnleasedOutcome } from './outcome.js'
import { resolveOptions, type RouterOptions } from './options.js'
import { explain, pick } from './pick.js'
import { homeFor, WaitQueue } from './queue.js'
import { DRAINING_RETRY_MS, heldMs, retryAfterMs } from './retry.js'
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
 * machine without clock, timers or chance. The same history gives the same decisions.
 *
 * Between two calls no slot is free that somebody waiting would accept: whatever frees a slot hands it over before it
 * returns, so a newcomer cannot overtake. Whatever returns a `Transition` first drops those whose wait is over and
 * lets what is due in models' health take effect; the caller must act on both lists. Call `wake` at `nextWakeMs`.
 *
 * `nowMs` is any clock's milliseconds ≥ 0; where it goes backwards the latest time seen counts. Every method throws
 * `LoadstarError` `OPTION_INVALID`, changing nothing, for a `nowMs` that is negative or not finite.
 *
 * Costs: `submit` O(candidates), `settle` O(1) while nobody waits; see the methods. Over 300 lines because it is
 * the one place where leases, queue and account change together, each in its own file, and half of it is contract.
 */
export class Router {
  readonly #tracker: LoadTracker
  readonly #queue = new WaitQueue()
  readonly #slate = new Slate()
  readonly #watch = new HealthWatch()
  readonly #leases: Leases
  readonly #outcomes = noOutcomes()
  readonly #loadWeight: number
  readonly #maxWaitMs: number
  readonly #panicShare: number
  readonly #isInPanic = ({ models }: Line) => this.#panics(models, models.length)
  #clockMs = 0
  #submitted = 0
  #duplicateSettles = 0
  #isClosed = false

  /**
   * @throws {LoadstarError} `DUPLICATE_ID`, `ID_INVALID` or `CAPACITY_INVALID` for a bad model, `OPTION_INVALID` for a
   * bad option.
   */
  constructor(models: readonly (Capacity & { readonly id: string })[], options: RouterOptions = {}) {
    const { loadWeight, maxWaitMs, staleAfterMs, health, panicShare, seed } = resolveOptions(options)
    this.#loadWeight = loadWeight
    this.#maxWaitMs = maxWaitMs
    this.#panicShare = panicShare
    this.#tracker = new LoadTracker({ staleAfterMs, health, seed })
    this.#leases = new Leases(this.#tracker)
    models.forEach((model, index) => {
      const field = `models[${index}]`
      if (this.#tracker.find(model.id) !== undefined) {
        throw new LoadstarError('DUPLICATE_ID', `${field}.id`, 'must be unique', model.id)
      }
      this.#tracker.setModel(model, field)
    })
  }

  /**
   * Admits the request to the best candidate with a free slot, else lets it wait, else rejects it.
   *
   * Rejected are: `rejected_draining` after `close`; `rejected_no_model` when no candidate is known with capacity;
   * `expired_in_queue` when it would have to wait longer than it may (`maxWaitMs` 0, or every candidate shut or closed
   * for as long); `rejected_queue_full`.
   *
   * @throws {LoadstarError} `SCORES_INVALID`, `DUPLICATE_ID` (a candidate named twice) or `OPTION_INVALID`; the request
   * then does not count as submitted.
   */
  submit(request: RouteRequest, nowMs: number): Submission {
    const now = this.#advance(nowMs)
    const waitMs = request.maxWaitMs ?? this.#maxWaitMs
    checkMs(waitMs, 'max_wait_ms')
    const slate = this.#slate
    slate.fill(request.candidates, this.#tracker)
    this.#submitted++
    // Those who wait come first: with any, what is due takes effect in `wake`.
    if (this.#queue.size === 0) this.#watch.turn(now)
    slate.inPanic = this.#panics(slate.models, slate.count)
    if (this.#isClosed) return this.#reject(request, 'rejected_draining', DRAINING_RETRY_MS, now)

    const model = pick(slate, this.#loadWeight, now)
    if (model !== undefined) {
      const decision = this.#decision(request, now, model)
      const lease = this.#leases.give(request, model, 0, now)
      return decision === undefined ? { kind: 'admitted', lease } : { kind: 'admitted', lease, decision }
    }
    const retryMs = this.#retryMs(slate.models, slate.count, now)
    if (retryMs === null) return this.#reject(request, 'rejected_no_model', null, now)
    if (waitMs <= this.#heldMs(slate.models, slate.count, now)) {
      return this.#reject(request, 'expired_in_queue', retryMs, now)
    }
    const home = homeFor(slate)
    if (home === undefined) return this.#reject(request, 'rejected_queue_full', retryMs, now)
    return { kind: 'queued', ticket: this.#queue.enqueue(request, slate, home, now, waitMs) }
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
   * Ends a lease, judges the model's health by how it ended, and hands what became free to whoever came first among
   * those waiting for it. A second settle of the same lease is a no-op that is counted.
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
    return true
  }

  /**
   * Lets what is due take effect: drops those whose wait is over (`nowMs ≥ expiresMs`) as `expired_in_queue`, O(log
   * waiting) for each, and hands over the slots of models whose breaker half-opens, whose closure ends or whose slow
   * start has grown.
   */
  wake(nowMs: number): Transition {
    return this.#handOver([], this.#advance(nowMs))
  }

  /** When `wake` has something to do; `undefined` while nothing is due at any time. */
  nextWakeMs(): number | undefined {
    const expiryMs = this.#queue.firstToExpire()?.ticket.expiresMs ?? Infinity
    const nextMs = Math.min(expiryMs, this.#watch.nextChangeMs())
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
      if (ownerOf(waiting.request) === owner) this.#drop(waiting, 'cancelled_in_queue', null, now, changes)
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
   * other. A smaller `maxQueue` keeps those who wait. Nobody who waits already gains a candidate.
   *
   * @throws {LoadstarError} `ID_INVALID` or `CAPACITY_INVALID`.
   */
  setModel(model: Capacity & { readonly id: string }, nowMs: number): Transition {
    const now = this.#advance(nowMs)
    checkModel(model, 'model')
    const changes = this.#dropOverdue(now)
    const isNew = this.#tracker.find(model.id) === undefined
    this.#tracker.setModel(model)
    const tracked = this.#tracker.find(model.id)
    if (tracked === undefined) return changes
    if (isNew) tracked.health.added(now)
    this.#watch.note(tracked)
    if (tracked.maxConcurrent === 0) {
      for (const waiting of this.#queue.acceptorsOf(tracked)) {
        if (!hasCapacity(waiting)) this.#drop(waiting, 'rejected_no_model', null, now, changes)
      }
    }
    return this.#handOver([tracked], now, changes)
  }

  /**
   * Takes a model out; its leases go on to their end. Those waiting lose it as a candidate: with none left they are
   * dropped as `rejected_no_model`; those who counted in its queue move to their next best with room, or are dropped
   * as `rejected_queue_full`. Unknown models change nothing. O(waiting for it · candidates).
   */
  removeModel(modelId: string, nowMs: number): Transition {
    const now = this.#advance(nowMs)
    const changes = this.#dropOverdue(now)
    const model = this.#tracker.find(modelId)
    if (model === undefined) return this.#handOver([], now, changes)
    const affected = this.#queue.acceptorsOf(model)
    this.#queue.withdraw(model)
    this.#tracker.removeModel(modelId)
    this.#watch.forget(model)
    for (const waiting of affected) {
      if (!hasCapacity(waiting)) this.#drop(waiting, 'rejected_no_model', null, now, changes)
      else if (waiting.home === model) this.#rehome(waiting, now, changes)
    }
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
      this.#drop(waiting, 'rejected_draining', DRAINING_RETRY_MS, now, changes)
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

  #end(running: Running, outcome: LeaseOutcome, result: AnswerResult, now: number): void {
    // What is due by now is no news of this lease.
    this.#watch.turn(now)
    judge(running, outcome, result, now)
    this.#watch.note(running.model)
    this.#leases.end(running, outcome, now)
    this.#outcomes[outcome]++
  }

  #panics(models: readonly TrackedModel[], count: number): boolean {
    return this.#watch.size > 0 && isPanicAmong(models, count, this.#panicShare)
  }

  #heldMs(models: readonly TrackedModel[], count: number, now: number): number {
    return this.#watch.size === 0 ? 0 : heldMs(models, count, this.#panics(models, count), now)
  }

  #retryMs(models: readonly TrackedModel[], count: number, now: number): number | null {
    const drainMs = retryAfterMs(models, count)
    return drainMs === null ? null : Math.max(drainMs, Math.ceil(this.#heldMs(models, count, now)))
  }

  #dropOverdue(now: number): Changes {
    const changes: Changes = { admitted: [], dropped: [] }
    for (;;) {
      const waiting = this.#queue.firstToExpire()
      if (waiting === undefined || waiting.ticket.expiresMs > now) return changes
      const { models } = waiting.line
      this.#drop(waiting, 'expired_in_queue', this.#retryMs(models, models.length, now), now, changes)
    }
  }

  /** Also looks at models whose health changed with time, and at shut ones, which somebody may begin to accept in panic. */
  #handOver(freed: readonly TrackedModel[], now: number, before?: Changes): Transition {
    this.#watch.turn(now)
    const stirred = this.#watch.stirred()
    if (before === undefined && this.#queue.size === 0) return NOTHING
    const changes = before ?? this.#dropOverdue(now)
    const models = stirred.length === 0 ? freed : [...freed, ...stirred]
    for (;;) {
      const waiting = this.#queue.firstFor(models, this.#isInPanic)
      if (waiting === undefined) return changes
      this.#fill(waiting)
      const model = pick(this.#slate, this.#loadWeight, now)
      if (model === undefined) return changes
      const decision = this.#decision(waiting.request, now, model)
      this.#queue.remove(waiting)
      const { ticket, request } = waiting
      const lease = this.#leases.give(request, model, now - ticket.enqueuedMs, now)
      changes.admitted.push(decision === undefined ? { lease, ticket } : { lease, ticket, decision })
    }
  }

  #rehome(waiting: Waiting, now: number, changes: Changes): void {
    const { models } = waiting.line
    this.#fill(waiting)
    const home = homeFor(this.#slate)
    if (home !== undefined) this.#queue.rehome(waiting, home)
    else this.#drop(waiting, 'rejected_queue_full', this.#retryMs(models, models.length, now), now, changes)
  }

  #fill({ request, line: { models } }: Waiting): void {
    this.#slate.refill(request.candidates, models, this.#tracker)
    this.#slate.inPanic = this.#panics(models, models.length)
  }

  #drop(waiting: Waiting, outcome: UnleasedOutcome, retryMs: number | null, now: number, changes: Changes) {
    const { ticket, request } = waiting
    this.#queue.remove(waiting)
    if (request.explain === true) this.#fill(waiting)
    changes.dropped.push({ ticket, ...this.#refuse(request, outcome, retryMs, now) })
  }

  #reject(request: RouteRequest, outcome: UnleasedOutcome, retryMs: number | null, now: number): Submission {
    return { kind: 'rejected', ...this.#refuse(request, outcome, retryMs, now) }
  }

  #refuse(request: RouteRequest, outcome: UnleasedOutcome, retryMs: number | null, now: number): Rejection {
    this.#outcomes[outcome]++
    const decision = this.#decision(request, now)
    const refusal = { outcome, retryAfterMs: retryMs }
    return decision === undefined ? refusal : { ...refusal, decision }
  }

  /** The terms of the decision at hand, whose candidates are on the slate. */
  #decision(request: RouteRequest, now: number, chosen?: TrackedModel): Decision | undefined {
    if (request.explain !== true) return undefined
    return explain(request.candidates, this.#slate, this.#tracker, this.#loadWeight, now, chosen)
  }
}

function hasCapacity({ line }: Waiting): boolean {
  return line.models.some((model) => model.maxConcurrent > 0)
}
