import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Candidate, Lease, Outcome, Rejection } from '@loadstar/core'
import type { Timeouts } from '../config/config.js'
import type { Catalog } from '../registry/catalog.js'
import type { ModelEntry } from '../registry/entry.js'
import type { Admission, Entry, Verdict } from './admission.js'
import type { Endpoint } from './endpoint.js'
import type { Ending } from './ending.js'
import { explanationOf } from './explanation.js'
import type { Identity } from './identify.js'
import type { ExchangeRecord } from './record.js'
import { upstreamFault, sendRefusal, type Refusal } from './refusal.js'
import { Relay } from './relay.js'
import { withModel, type RoutedBody } from './routed-body.js'
import type { KeyOf } from './upstream-key.js'
import type { Upstreams } from './upstreams.js'

interface ExchangeContext {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly endpoint: Endpoint
  readonly requestId: string
  readonly receivedMs: number
  /** Makes lease ids unique beyond this process. */
  readonly decisionPrefix: string
  readonly body: RoutedBody
  readonly identity: Identity
  readonly candidates: readonly Candidate[]
  readonly catalog: Catalog
  readonly admission: Admission
  readonly upstreams: Upstreams
  readonly keyOf: KeyOf
  readonly routing: { readonly maxWaitMs: number; readonly timeouts: Timeouts }
  readonly clock: () => number
  readonly log: { warn(fields: object, message: string): void }
  readonly ended: (record: ExchangeRecord) => void
}

/** A retry told to everyone at once would arrive at once: up to a quarter is added at random. */
const RETRY_JITTER = 0.25
/** W3C trace context travels on unchanged. */
const FORWARDED_HEADERS = ['traceparent', 'tracestate', 'baggage'] as const

type Granted = Extract<Verdict, { kind: 'granted' }>

/** One request's life: the door, the queue, the model, the answer. It settles its lease exactly once. */
export class Exchange {
  readonly #context: ExchangeContext
  #entry: Entry | undefined
  #relay: Relay | undefined
  #isGone = false
  #dispatchedMs = 0
  #firstByteMs: number | undefined

  constructor(context: ExchangeContext) {
    this.#context = context
  }

  /** Resolves when the request has ended, whoever ended it. */
  async run(): Promise<void> {
    const { res, admission, identity, requestId, candidates, routing } = this.#context
    res.once('close', () => this.#clientGone())
    this.#entry = admission.enter({
      requestId,
      candidates,
      maxWaitMs: Math.min(identity.deadlineMs ?? Infinity, routing.maxWaitMs),
      explain: identity.wantsExplanation,
    })
    const verdict = await this.#entry.verdict
    switch (verdict.kind) {
      case 'left':
        this.#record('cancelled_in_queue')
        return
      case 'refused':
        this.#record(verdict.outcome)
        sendRefusal(res, refusalOf(verdict), this.#explanation(verdict))
        return
      case 'granted':
        await this.#serve(verdict)
    }
  }

  /** The instance stops: the client is told so where that is still possible. */
  abort(): void {
    this.#entry?.leave()
    this.#relay?.abort('instance_lost', {
      ...upstreamFault(502, 'draining', 'the gateway was stopped before the answer was complete', 1_000),
      status: 503,
      type: 'service_unavailable_error',
    })
  }

  #clientGone(): void {
    if (this.#context.res.writableFinished) return
    this.#isGone = true
    this.#entry?.leave()
    this.#relay?.abort('client_gone')
  }

  #serve(granted: Granted): Promise<void> {
    const { lease } = granted
    const { admission, catalog, routing, clock, log, requestId } = this.#context
    const model = catalog.model(lease.modelId)
    return new Promise((resolve) => {
      const ended = (ending: Ending): void => {
        admission.settle(lease, ending.outcome)
        this.#record(ending.outcome, lease)
        if (ending.refusal) {
          const { reason, message } = ending.refusal
          log.warn({ requestId, modelId: lease.modelId, outcome: ending.outcome, reason }, message)
        }
        resolve()
      }
      // Between the hand-over and this step the client may have left, or the model been removed.
      if (this.#isGone) {
        ended({ outcome: 'client_gone' })
        return
      }
      if (!model) {
        const refusal = upstreamFault(502, 'upstream_unreachable', `model "${lease.modelId}" was removed`, 0)
        ended({ outcome: 'upstream_error', refusal })
        sendRefusal(this.#context.res, refusal)
        return
      }
      this.#dispatchedMs = clock()
      this.#relay = new Relay({
        res: this.#context.res,
        modelId: lease.modelId,
        totalMs: routing.timeouts.totalMs,
        answerHeaders: () => this.#answerHeaders(granted),
        firstByte: () => {
          this.#firstByteMs ??= clock() - this.#dispatchedMs
          admission.firstToken(lease)
        },
        ended,
      })
      this.#dispatch(model, this.#relay)
    })
  }

  #dispatch(model: ModelEntry, relay: Relay): void {
    const { body, endpoint, upstreams, routing } = this.#context
    try {
      upstreams.dispatch(
        model,
        {
          path: endpoint.path.slice('/v1'.length),
          body: withModel(body, model.upstreamModel),
          headers: this.#upstreamHeaders(model),
          firstByteMs: routing.timeouts.firstByteMs,
          idleMs: routing.timeouts.idleMs,
        },
        relay,
      )
    } catch (error) {
      relay.failed(error instanceof Error ? error : new Error(String(error)))
    }
  }

  #upstreamHeaders(model: ModelEntry): Record<string, string> {
    const { req, requestId, keyOf } = this.#context
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      accept: req.headers.accept ?? '*/*',
      'x-request-id': requestId,
    }
    for (const name of FORWARDED_HEADERS) {
      const value = req.headers[name]
      if (typeof value === 'string') headers[name] = value
    }
    const key = keyOf(model)
    if (key !== undefined) headers['authorization'] = `Bearer ${key}`
    return headers
  }

  #answerHeaders(granted: Granted): Record<string, string> {
    const { lease } = granted
    const overheadMs = this.#dispatchedMs - this.#context.receivedMs - lease.waitedMs
    return {
      'x-loadstar-model': lease.modelId,
      'x-loadstar-decision-id': `${this.#context.decisionPrefix}${lease.id.toString(36)}`,
      'x-loadstar-queue-ms': lease.waitedMs.toFixed(1),
      'x-loadstar-overhead-ms': Math.max(0, overheadMs).toFixed(2),
      'x-loadstar-attempts': '1',
      ...this.#explanation(granted),
    }
  }

  #explanation({ considered }: Pick<Granted, 'considered'>): Record<string, string> {
    return considered ? { 'x-loadstar-explanation': explanationOf(considered) } : {}
  }

  #record(outcome: Outcome, lease?: Lease): void {
    const { clock, receivedMs, identity, ended } = this.#context
    const nowMs = clock()
    ended({
      outcome,
      ...(identity.agent ? { agentId: identity.agent.id } : {}),
      totalMs: nowMs - receivedMs,
      queueMs: lease ? lease.waitedMs : nowMs - receivedMs,
      ...(lease && this.#dispatchedMs > 0
        ? { modelId: lease.modelId, serviceMs: nowMs - this.#dispatchedMs }
        : {}),
      ...(this.#firstByteMs === undefined ? {} : { firstByteMs: this.#firstByteMs }),
    })
  }
}

/** 429 where capacity exists but is contended, 503 where nothing can serve. */
function refusalOf({ outcome, retryAfterMs }: Rejection): Refusal {
  const retry = retryAfterMs === null ? null : Math.ceil(retryAfterMs * (1 + RETRY_JITTER * Math.random()))
  switch (outcome) {
    case 'rejected_queue_full':
      return contended(
        'queue_full',
        'every model that may serve this request is busy and its queue is full',
        retry,
      )
    case 'expired_in_queue':
      return contended(
        'queue_wait_expired',
        'no slot came free within the time this request may wait (routing.max_wait_ms, x-loadstar-deadline-ms)',
        retry,
      )
    case 'rejected_draining':
      return unavailable('draining', 'this instance is shutting down', retry ?? 1_000)
    case 'rejected_no_model':
      return unavailable('no_model_available', 'no model with capacity can serve this request', retry)
    case 'cancelled_in_queue':
      return { ...unavailable('client_gone', 'the client left while waiting', null), status: 499 }
  }
}

function contended(reason: Refusal['reason'], message: string, retryAfterMs: number | null): Refusal {
  return {
    status: 429,
    type: 'rate_limit_error',
    code: 'rate_limit_exceeded',
    message,
    param: null,
    reason,
    retryAfterMs,
  }
}

function unavailable(reason: Refusal['reason'], message: string, retryAfterMs: number | null): Refusal {
  return {
    status: 503,
    type: 'service_unavailable_error',
    code: reason,
    message,
    param: null,
    reason,
    retryAfterMs,
  }
}
