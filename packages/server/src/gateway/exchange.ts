import type { ServerResponse } from 'node:http'
import { isModelFailure, type Candidate, type Outcome, type Priority } from '@loadstar/core'
import type { RetryConfig, Timeouts } from '../config/config.js'
import type { Catalog } from '../registry/catalog.js'
import type { ModelEntry } from '../registry/entry.js'
import type { Entry, Granted, Verdict } from './admission.js'
import { answerHeaders, explained } from './answer-headers.js'
import { Attempt, type AttemptContext } from './attempt.js'
import type { DecisionIds } from './decision-ids.js'
import { Delivery } from './delivery.js'
import type { AttemptEnding, Ending } from './ending.js'
import type { Identity } from './identify.js'
import { Itinerary } from './itinerary.js'
import { Race, type AttemptEvents, type Claim } from './race.js'
import type { ExchangeRecord } from './record.js'
import { upstreamFault, sendRefusal, type Refusal, type Voice } from './refusal.js'
import { refusalOf } from './rejection.js'
import type { RoutedBody } from './routed-body.js'
import { traitsOf, type RequestTraits } from './route-request.js'

export interface ExchangeContext extends AttemptContext {
  readonly res: ServerResponse
  readonly voice: Voice
  readonly receivedMs: number
  readonly body: RoutedBody
  readonly decisionIds: DecisionIds
  readonly identity: Identity
  readonly candidates: readonly Candidate[]
  /** Models to try, each alone, one after the other, when no candidate is left. */
  readonly fallbacks: () => readonly (readonly Candidate[])[]
  readonly retryBudget: RetryAllowance
  readonly catalog: Catalog
  readonly routing: {
    readonly maxWaitMs: number
    readonly highestPriority: Priority
    readonly timeouts: Timeouts
    readonly retries: Pick<RetryConfig, 'maxAttempts'>
  }
  readonly log: { warn(fields: object, message: string): void }
  readonly ended: (record: ExchangeRecord) => void
}

/** How many further attempts all requests together may make. */
export interface RetryAllowance {
  /** @returns whether one more is allowed; it then counts as made. */
  take(nowMs: number): boolean
  succeeded(nowMs: number): void
}

/** The router takes no deadline of nothing. */
const LEAST_DEADLINE_MS = 1

/** Of a second attempt: it takes no slot above target, none that is kept, and none that somebody waits for. */
const LEAST_URGENT: Priority = 'bulk'

/** How the attempt ended that counts, and under which lease it was made. */
interface Served {
  readonly granted: Granted
  readonly ending: AttemptEnding
}

/** How the request ended: its outcome, and what the client is still to be told. */
interface End {
  readonly outcome: Outcome
  readonly refusal?: Refusal
  /** What is told besides. */
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * One request's life: the door, the queue, a model, the answer. Where a model fails before anything went out to the
 * client the next one is tried, each under a lease of its own. However it ends, it ends once.
 */
export class Exchange {
  readonly #context: ExchangeContext
  readonly #delivery: Delivery
  readonly #itinerary: Itinerary
  readonly #traits: RequestTraits
  /** Every call of a model made for it, in order. */
  readonly #attempts: Attempt[] = []
  #entry: Entry | undefined
  #race: Race | undefined
  /** Set when the client left, the instance stops, or the time is up: no further attempt. */
  #stopped: Ending | undefined
  #waitedMs = 0
  /** Spent by models whose attempts have ended. */
  #calledMs = 0
  #dispatchedMs = 0
  #totalTimer: NodeJS.Timeout | undefined

  constructor(context: ExchangeContext) {
    const { identity, routing } = context
    this.#context = context
    this.#delivery = new Delivery(context.res, context.cargo.api)
    this.#itinerary = new Itinerary(context)
    this.#traits = traitsOf(identity, { ...context, highest: routing.highestPriority })
  }

  /** Resolves when the request has ended, whoever ended it. */
  async run(): Promise<void> {
    this.#context.hedging.requested()
    this.#context.res.once('close', () => this.#clientGone())
    const { outcome, refusal, headers } = await this.#live()
    clearTimeout(this.#totalTimer)
    this.#record(outcome)
    const { res, voice } = this.#context
    if (refusal) sendRefusal(res, refusal, { voice, ...(headers && { headers }) })
  }

  async #live(): Promise<End> {
    let { candidates } = this.#context
    let failure: End | undefined
    for (;;) {
      const verdict = await this.#enter(candidates)
      if (verdict.kind === 'left') {
        const isGone = this.#stopped?.outcome === 'client_gone'
        return (isGone ? undefined : failure) ?? { outcome: 'cancelled_in_queue' }
      }
      if (verdict.kind === 'granted') {
        const { granted, ending } = await this.#serve(verdict)
        if (ending.isHeard) return { outcome: ending.outcome }
        failure = { ...ending, headers: this.#answerHeaders(granted) }
        if (!isModelFailure(ending.outcome)) return failure
        candidates = this.#next(ending.isWorthRepeating === true ? granted.lease.modelId : undefined)
      } else {
        for (const { modelId } of candidates) this.#itinerary.note(modelId)
        // What a model said is more than that there is no room for another try.
        failure ??= { outcome: verdict.outcome, refusal: refusalOf(verdict), headers: explained(verdict) }
        candidates = this.#next(undefined)
      }
      if (candidates.length === 0) return failure
    }
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
    if (this.#context.res.writableFinished) return
    this.#stop({ outcome: 'client_gone' })
  }

  #stop(ending: Ending): void {
    this.#stopped ??= ending
    this.#entry?.leave()
    this.#race?.end(ending)
  }

  #enter(candidates: readonly Candidate[]): Promise<Verdict> {
    const { admission, routing } = this.#context
    this.#entry = admission.enter({
      ...this.#traits,
      ...this.#deadline(),
      candidates,
      maxWaitMs: Math.max(0, routing.maxWaitMs - this.#waitedMs),
    })
    return this.#entry.verdict
  }

  /** What is left of the deadline; where nothing is, a slot that is free at once is still taken. */
  #deadline(): { deadlineMs?: number } {
    const { clock, identity, receivedMs } = this.#context
    if (identity.deadlineMs === undefined) return {}
    return { deadlineMs: Math.max(LEAST_DEADLINE_MS, identity.deadlineMs - (clock() - receivedMs)) }
  }

  /** Who may be asked next. @param again - see `Itinerary.next`. */
  #next(again: string | undefined): readonly Candidate[] {
    const { routing, retryBudget, clock } = this.#context
    if (this.#stopped || this.#attempts.length >= routing.retries.maxAttempts) return []
    const next = this.#itinerary.next(again)
    // Only what follows a call costs budget: a request that no model has seen adds no load by asking the next.
    const isRetry = this.#attempts.length > 0
    return next.length > 0 && isRetry && !retryBudget.take(clock()) ? [] : next
  }

  async #serve(granted: Granted): Promise<Served> {
    const { lease } = granted
    const { admission, body, clock, hedging } = this.#context
    const model = this.#modelOf(granted)
    this.#itinerary.note(lease.modelId)
    this.#waitedMs += lease.waitedMs
    // Between the hand-over and this step the client may have left, or the model been removed or changed.
    if (this.#stopped || !model) {
      const ending = this.#stopped ?? removed(lease.modelId)
      admission.settle(lease, ending.outcome)
      return { granted, ending: { ...ending, isHeard: false, answer: {} } }
    }
    this.#dispatchedMs = clock()
    this.#totalTimer ??= this.#startTotalTimer()
    this.#race = new Race({
      first: (events) => this.#attempt(granted, model, events),
      delayMs: body.isStream ? hedging.delayMs(model.id) : undefined,
      second: () => this.#hedge(),
      wonBySecond: () => hedging.won(),
    })
    const { attempt, ending } = await this.#race.run()
    this.#race = undefined
    this.#calledMs += clock() - this.#dispatchedMs
    return { granted: attempt.granted, ending }
  }

  /** An attempt beside the one that says nothing: at an untried candidate, into a slot that is free at once. */
  async #hedge(): Promise<Claim | undefined> {
    const { admission, hedging, routing } = this.#context
    const candidates = this.#itinerary.untried()
    if (this.#attempts.length >= routing.retries.maxAttempts || candidates.length === 0) return undefined
    if (!hedging.ask()) return undefined
    const granted = await admission.take({ ...this.#traits, priority: LEAST_URGENT, candidates })
    const model = granted && this.#modelOf(granted)
    if (!model) {
      hedging.refused()
      if (granted) admission.settle(granted.lease, 'hedge_lost')
      return undefined
    }
    return {
      start: (events) => {
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
    const { catalog, cargo } = this.#context
    const model = catalog.model(lease.modelId)
    return model && cargo.reaches(model) ? model : undefined
  }

  #attempt(granted: Granted, model: ModelEntry, events: AttemptEvents): Attempt {
    const { log, requestId, retryBudget, clock } = this.#context
    const attempt = new Attempt(this.#context, {
      model,
      granted,
      delivery: this.#delivery,
      answerHeaders: () => this.#answerHeaders(granted),
      events: {
        ...events,
        ended: ({ outcome, refusal }) => {
          if (outcome === 'completed') retryBudget.succeeded(clock())
          if (refusal)
            log.warn({ requestId, modelId: model.id, outcome, reason: refusal.reason }, refusal.message)
        },
      },
    })
    this.#attempts.push(attempt)
    return attempt
  }

  #startTotalTimer(): NodeJS.Timeout {
    const { totalMs } = this.#context.routing.timeouts
    return setTimeout(() => {
      const tried = this.#itinerary.tried.map((id) => `"${id}"`).join(', ')
      const message = `no answer was complete within ${totalMs} ms (routing.timeouts.total_ms) from ${tried}`
      this.#stop({
        outcome: 'upstream_timeout',
        refusal: upstreamFault(504, 'upstream_total_timeout', message),
      })
    }, totalMs).unref()
  }

  #answerHeaders(granted: Granted): Record<string, string> {
    const { receivedMs, decisionIds } = this.#context
    return answerHeaders(granted, {
      decisionIds,
      queueMs: this.#waitedMs,
      overheadMs: this.#dispatchedMs - receivedMs - this.#waitedMs - this.#calledMs,
      attempts: this.#attempts.length,
    })
  }

  #record(outcome: Outcome): void {
    const { clock, receivedMs, identity, ended } = this.#context
    ended({
      outcome,
      ...(identity.agent ? { agentId: identity.agent.id } : {}),
      totalMs: clock() - receivedMs,
      queueMs: this.#waitedMs,
      attempts: this.#attempts.flatMap(({ record }) => record ?? []),
    })
  }
}

function removed(modelId: string): Ending {
  const refusal = upstreamFault(502, 'upstream_unreachable', `model "${modelId}" was removed or changed`, 0)
  return { outcome: 'upstream_error', refusal }
}
