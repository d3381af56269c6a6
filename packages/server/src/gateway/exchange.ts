import { isModelFailure, type Candidate, type Priority, type RouteRequest } from '@loadstar/core'
import type { ModelEntry } from '../registry/entry.js'
import type { AdmissionRequest, Entry, Granted, Verdict } from './admission.js'
import { answerHeaders, cachedHeaders, explained } from './answer-headers.js'
import { Attempt, type AttemptEvents } from './attempt.js'
import { budgetHeaders, overBudget } from './budget-headers.js'
import type { Charge } from './charge.js'
import { Delivery } from './delivery.js'
import { unmade, type AttemptEnding, type Ending } from './ending.js'
import type { Errand, ExchangeGround } from './exchange-ground.js'
import { exchangeRecord } from './exchange-record.js'
import { Itinerary } from './itinerary.js'
import { Race, type Claim } from './race.js'
import type { RawHeaders } from './raw-headers.js'
import type { CacheLookup, ExchangeRecord, RequestOutcome } from './record.js'
import { internalError, sendRefusal, upstreamFault, type Refusal } from './refusal.js'
import { refusalOf } from './rejection.js'
import type { Lookup } from './response-cache/response-cache.js'
import type { StoredResponse } from './response-cache/store.js'
import type { Transcript } from './response-cache/transcript.js'
import { chargeOf, priorityOf, routeRequestOf } from './route-request.js'
import { removed } from './upstream-fault.js'

/** The router takes no deadline of nothing. */
const LEAST_DEADLINE_MS = 1

/** Of a second attempt: it takes no slot above target, none that is kept, and none that somebody waits for. */
const LEAST_URGENT: Priority = 'bulk'

/** How the request ended: its outcome, and what the client is still to be told. */
interface End {
  readonly outcome: RequestOutcome
  readonly refusal?: Refusal | undefined
  /** What is told besides. */
  readonly headers?: RawHeaders
}

/**
 * One request's life: the door, the queue, a model, the answer. Where a model fails before anything went out to the
 * client the next one is tried, each under a lease of its own. However it ends, it ends once.
 *
 * Every step follows from the one before in one go, without waiting for a turn of the event loop: most requests find a
 * free slot, and end as their answer does.
 */
export class Exchange {
  /** Neighbours in the list of those that run. */
  before: Exchange | undefined
  after: Exchange | undefined
  readonly #ground: ExchangeGround
  readonly #errand: Errand
  readonly #delivery: Delivery
  readonly #itinerary: Itinerary
  readonly #ended: (exchange: Exchange) => void
  /** Every call of a model made for it, in order. */
  readonly #attempts: Attempt[] = []
  #entry: Entry | undefined
  #charge: Charge | undefined
  #running: Attempt | Race | undefined
  #cache: CacheLookup | undefined
  #transcript: Transcript | undefined
  /** What the client is told when nobody else can be asked. */
  #failure: End | undefined
  /** Set when the client left, the instance stops, or the time is up: no further attempt. */
  #stopped: Ending | undefined
  #hasEnded = false
  #waitedMs = 0
  /** Spent by models whose attempts have ended. */
  #calledMs = 0
  #dispatchedMs = 0
  #totalTimer: NodeJS.Timeout | undefined

  /** @param ended - called once. */
  constructor(ground: ExchangeGround, errand: Errand, ended: (exchange: Exchange) => void) {
    this.#ground = ground
    this.#errand = errand
    this.#ended = ended
    const { res, cargo, requestId, candidates, identity } = errand
    this.#delivery = new Delivery(res, cargo.api, requestId)
    const fallbacks = () => ground.candidates.fallbacksOf(candidates, identity, cargo)
    this.#itinerary = new Itinerary({ candidates, fallbacks })
  }

  start(): void {
    this.#errand.res.once('close', () => this.#clientGone())
    this.#guarded(() => {
      const lookup = this.#ground.responses.lookup(this.#errand)
      if (lookup) this.#lookUp(lookup)
      else this.#begin()
    })
  }

  /** The instance stops: the client is told so where that is still possible. */
  abort(): void {
    this.#stop({
      outcome: 'instance_lost',
      refusal: {
        ...upstreamFault(502, 'draining', 'the gateway was stopped before the answer was complete', 1_000),
        status: 503,
        type: 'service_unavailable_error',
      },
    })
  }

  #clientGone(): void {
    if (this.#errand.res.writableFinished) return
    this.#stop({ outcome: 'client_gone' })
  }

  #stop(ending: Ending): void {
    this.#stopped ??= ending
    this.#entry?.leave()
    this.#running?.end(ending)
  }

  #lookUp(lookup: Lookup): void {
    const found = lookup.find()
    if (!(found instanceof Promise)) this.#lookedUp(lookup, found)
    else void found.then((late) => this.#guarded(() => this.#lookedUp(lookup, late)), this.#failed)
  }

  #lookedUp(lookup: Lookup, found: StoredResponse | undefined): void {
    if (this.#stopped) {
      const isGone = this.#stopped.outcome === 'client_gone'
      this.#finish(isGone ? { outcome: 'cancelled_in_queue' } : this.#stopped)
    } else if (found) this.#repeat(found)
    else {
      this.#cache = { result: 'miss' }
      this.#transcript = lookup.transcript()
      this.#delivery.takenDownBy(this.#transcript)
      this.#begin()
    }
  }

  /** Answers as the model did once, without a slot. */
  #repeat(found: StoredResponse): void {
    const nowMs = this.#ground.clock()
    this.#cache = { result: 'hit', modelId: found.modelId }
    this.#finish({ outcome: 'cached' })
    const overheadMs = nowMs - this.#errand.receivedMs
    this.#delivery.repeat(found, cachedHeaders(found, { nowMs, overheadMs }))
  }

  #begin(): void {
    this.#ground.hedging.requested()
    this.#enter(this.#errand.candidates)
  }

  #enter(candidates: readonly Candidate[]): void {
    const { admission, routing, clock } = this.#ground
    const { identity, receivedMs } = this.#errand
    const request = routeRequestOf(this.#errand, candidates, this.#highestPriority())
    request.maxWaitMs = Math.max(0, routing.maxWaitMs - this.#waitedMs)
    if (identity.deadlineMs !== undefined) {
      // Where nothing is left of it, a slot that is free at once is still taken.
      request.deadlineMs = Math.max(LEAST_DEADLINE_MS, identity.deadlineMs - (clock() - receivedMs))
    }
    this.#entry = admission.enter(this.#charged(request))
    const { verdict } = this.#entry
    if (!(verdict instanceof Promise)) this.#decided(candidates, verdict)
    else void verdict.then((late) => this.#guarded(() => this.#decided(candidates, late)), this.#failed)
  }

  #decided(candidates: readonly Candidate[], verdict: Verdict): void {
    switch (verdict.kind) {
      case 'granted':
        this.#serve(verdict)
        return
      case 'left': {
        const isGone = this.#stopped?.outcome === 'client_gone'
        this.#finish((isGone ? undefined : this.#failure) ?? { outcome: 'cancelled_in_queue' })
        return
      }
      case 'over_budget': {
        const { voice } = this.#errand
        const { breach } = verdict
        const headers = budgetHeaders(breach.standing, voice, this.#ground.clock())
        this.#finish({ outcome: 'over_budget', refusal: overBudget(breach), headers })
        return
      }
      case 'refused':
        for (const { modelId } of candidates) this.#itinerary.note(modelId)
        // What a model said is more than that there is no room for another try.
        this.#goOn(
          this.#failure ?? {
            outcome: verdict.outcome,
            refusal: refusalOf(verdict),
            headers: explained(verdict),
          },
          undefined,
        )
    }
  }

  #serve(granted: Granted): void {
    const { lease } = granted
    const { admission, clock, hedging } = this.#ground
    const model = this.#modelOf(granted)
    this.#itinerary.note(lease.modelId)
    this.#waitedMs += lease.waitedMs
    // Between the hand-over and this step the client may have left, or the model been removed or changed.
    if (this.#stopped || !model) {
      const ending = this.#stopped ?? removed(lease.modelId)
      admission.settle(lease, ending.outcome)
      this.#served(granted, unmade(ending))
      return
    }
    this.#dispatchedMs = clock()
    this.#totalTimer ??= this.#startTotalTimer()
    const ended = (attempt: Attempt, ending: AttemptEnding): void => {
      this.#running = undefined
      this.#calledMs += clock() - this.#dispatchedMs
      this.#guarded(() => this.#served(attempt.granted, ending))
    }
    const delayMs = this.#errand.body.isStream ? hedging.delayMs(model.id) : undefined
    const running =
      delayMs === undefined
        ? this.#attempt(granted, model, { began: nobodyCares, speaks: nobodyCares, ended })
        : this.#race(granted, model, delayMs, ended)
    this.#running = running
    running.start()
  }

  #served(granted: Granted, ending: AttemptEnding): void {
    const { outcome, refusal, isWorthRepeating } = ending
    if (ending.isHeard) {
      if (outcome === 'completed') this.#transcript?.approve(granted.lease.modelId)
      this.#finish({ outcome })
      return
    }
    const failure: End = { outcome, refusal, headers: this.#answerHeaders(granted) }
    if (isModelFailure(outcome)) this.#goOn(failure, isWorthRepeating ? granted.lease.modelId : undefined)
    else this.#finish(failure)
  }

  /** Asks whoever may be asked next, else ends with the failure. @param again - see `Itinerary.next`. */
  #goOn(failure: End, again: string | undefined): void {
    this.#failure = failure
    const next = this.#next(again)
    if (next.length === 0) this.#finish(failure)
    else this.#enter(next)
  }

  #next(again: string | undefined): readonly Candidate[] {
    const { routing, retryBudget, clock } = this.#ground
    if (this.#stopped || this.#attempts.length >= routing.retries.maxAttempts) return []
    const next = this.#itinerary.next(again)
    // Only what follows a call costs budget: a request that no model has seen adds no load by asking the next.
    const isRetry = this.#attempts.length > 0
    return next.length > 0 && isRetry && !retryBudget.take(clock()) ? [] : next
  }

  #race(granted: Granted, model: ModelEntry, delayMs: number, ended: AttemptEvents['ended']): Race {
    return new Race({
      first: (events) => this.#attempt(granted, model, events),
      delayMs,
      second: () => this.#hedge(),
      wonBySecond: () => this.#ground.hedging.won(),
      ended,
    })
  }

  /** An attempt beside the one that says nothing: at an untried candidate, into a slot that is free at once. */
  async #hedge(): Promise<Claim | undefined> {
    const { admission, hedging, routing } = this.#ground
    const candidates = this.#itinerary.untried()
    if (this.#attempts.length >= routing.retries.maxAttempts || candidates.length === 0) return undefined
    if (!hedging.ask()) return undefined
    const granted = await admission.take(routeRequestOf(this.#errand, candidates, LEAST_URGENT))
    const model = granted && this.#modelOf(granted)
    if (!model) {
      hedging.refused()
      if (granted) admission.settle(granted.lease, 'hedge_lost')
      return undefined
    }
    return {
      make: (events) => {
        hedging.made()
        this.#itinerary.note(model.id)
        return this.#attempt(granted, model, events)
      },
      giveBack: () => {
        hedging.spared()
        admission.settle(granted.lease, 'hedge_lost')
      },
    }
  }

  /** The model of the lease, unless it was removed or changed so that it cannot be sent this request. */
  #modelOf({ lease }: Granted): ModelEntry | undefined {
    const model = this.#ground.catalog.model(lease.modelId)
    return model && this.#errand.cargo.reaches(model) ? model : undefined
  }

  #attempt(granted: Granted, model: ModelEntry, events: AttemptEvents): Attempt {
    const { log, retryBudget, clock } = this.#ground
    const { requestId } = this.#errand
    const attempt = new Attempt(this.#ground, this.#errand, {
      model,
      granted,
      score: this.#itinerary.scoreOf(model.id),
      delivery: this.#delivery,
      answerHeaders: () => this.#answerHeaders(granted),
      events: {
        began: () => events.began(),
        speaks: () => events.speaks(),
        ended: (ended, ending) => {
          const { outcome, refusal } = ending
          if (outcome === 'completed') retryBudget.succeeded(clock())
          if (refusal)
            log.warn({ requestId, modelId: model.id, outcome, reason: refusal.reason }, refusal.message)
          events.ended(ended, ending)
        },
      },
    })
    this.#attempts.push(attempt)
    return attempt
  }

  #startTotalTimer(): NodeJS.Timeout {
    const { totalMs } = this.#ground.routing.timeouts
    return setTimeout(() => {
      const tried = this.#itinerary.tried.map((id) => `"${id}"`).join(', ')
      const message = `no answer was complete within ${totalMs} ms (routing.timeouts.total_ms) from ${tried}`
      this.#stop({
        outcome: 'upstream_timeout',
        refusal: upstreamFault(504, 'upstream_total_timeout', message),
      })
    }, totalMs).unref()
  }

  #answerHeaders(granted: Granted): RawHeaders {
    const { decisionIds, clock } = this.#ground
    return answerHeaders(granted, {
      decisionIds,
      queueMs: this.#waitedMs,
      overheadMs: this.#dispatchedMs - this.#errand.receivedMs - this.#waitedMs - this.#calledMs,
      attempts: this.#attempts.length,
      voice: this.#errand.voice,
      missedCache: this.#cache !== undefined,
      clock,
    })
  }

  #finish({ outcome, refusal, headers }: End): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    clearTimeout(this.#totalTimer)
    const { res, voice, requestId, trace } = this.#errand
    const record = this.#record(outcome, refusal)
    trace?.ended(record)
    this.#ground.ended(record)
    if (refusal) sendRefusal(res, refusal, { requestId, voice, headers })
    this.#ended(this)
  }

  /** A fault of ours ends this request with an answer, and no other. */
  #guarded(step: () => void): void {
    try {
      step()
    } catch (error) {
      this.#failed(error)
    }
  }

  readonly #failed = (error: unknown): void => {
    const { requestId } = this.#errand
    this.#ground.log.error({ requestId, error }, 'request failed inside the gateway')
    this.#finish({ outcome: 'instance_lost', refusal: internalError(requestId) })
  }

  #record(outcome: RequestOutcome, refusal: Refusal | undefined): ExchangeRecord {
    return exchangeRecord(this.#errand, {
      outcome,
      refusal,
      priority: priorityOf(this.#errand.identity, this.#highestPriority()),
      chargeId: this.#charge?.id,
      cache: this.#cache,
      attempts: this.#attempts,
      endedMs: this.#ground.clock(),
      queueMs: this.#waitedMs,
      calledMs: this.#calledMs,
    })
  }

  /** The request with what it may cost, once: further attempts are part of what was booked. */
  #charged(request: RouteRequest): AdmissionRequest {
    const { payers } = this.#ground
    if (payers === undefined || this.#charge !== undefined) return request
    this.#charge = chargeOf(this.#errand, request, payers)
    return this.#charge === undefined ? request : { ...request, charge: this.#charge }
  }

  #highestPriority(): Priority {
    return this.#errand.caller?.highestPriority ?? this.#ground.routing.highestPriority
  }
}

/** What an attempt tells that nobody races. */
function nobodyCares(): void {
  // There is no other to be stopped.
}
