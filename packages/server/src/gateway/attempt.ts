import type { IncomingMessage } from 'node:http'
import type { Timeouts } from '../config/config.js'
import type { ModelEntry } from '../registry/entry.js'
import type { Admission, Granted } from './admission.js'
import { anthropicHeaders } from './anthropic-headers.js'
import type { Cargo, Carriage } from './cargo.js'
import type { Delivery } from './delivery.js'
import type { AttemptEnding, Ending } from './ending.js'
import type { Hedging } from './hedging.js'
import type { RawHeaders } from './raw-headers.js'
import type { AttemptRecord } from './record.js'
import { Relay } from './relay.js'
import type { AttemptTrace, RequestTrace } from './tracing.js'
import type { TokenCounts } from './usage.js'
import type { KeyOf } from './upstream-key.js'
import type { Upstreams } from './upstreams.js'

/** What the attempts of all requests share. */
export interface AttemptGround {
  readonly admission: Admission
  readonly hedging: Hedging
  readonly upstreams: Upstreams
  readonly keyOf: KeyOf
  readonly routing: { readonly timeouts: Timeouts }
  readonly clock: () => number
}

/** Of the request it is made for. */
interface Asked {
  readonly req: IncomingMessage
  readonly requestId: string
  readonly cargo: Cargo
  readonly body: { readonly isStream: boolean }
  readonly trace: RequestTrace | undefined
}

/** What an attempt tells while it runs. */
export interface AttemptEvents {
  /** The model began to answer; of a stream: with its first token. */
  began(): void
  /** From here on something goes out to the client. */
  speaks(): void
  /** Once, when its lease is settled. */
  ended(attempt: Attempt, ending: AttemptEnding): void
}

interface AttemptOptions {
  readonly model: ModelEntry
  readonly granted: Granted
  /** What the pairing is worth before load, 0..100. */
  readonly score: number
  readonly delivery: Delivery
  /** Headers of the answer that are ours, asked for when it begins. */
  readonly answerHeaders: () => RawHeaders
  readonly events: AttemptEvents
}

/** W3C trace context travels on unchanged where nobody follows the request here. */
const TRACE_HEADERS = ['traceparent', 'tracestate'] as const

/** One try at one model under one lease, from dispatch to the end of its answer. The lease is settled exactly once. */
export class Attempt {
  readonly #ground: AttemptGround
  readonly #asked: Asked
  readonly #options: AttemptOptions
  readonly #dispatchedMs: number
  readonly #carriage: Carriage
  readonly #relay: Relay
  readonly #trace: AttemptTrace | undefined
  #firstByteMs: number | undefined
  #record: AttemptRecord | undefined

  constructor(ground: AttemptGround, asked: Asked, options: AttemptOptions) {
    const { delivery, model, answerHeaders, events } = options
    this.#ground = ground
    this.#asked = asked
    this.#options = options
    this.#carriage = asked.cargo.to(model)
    this.#dispatchedMs = ground.clock()
    this.#trace = asked.trace?.attempt({
      model,
      api: asked.cargo.api,
      isStream: asked.body.isStream,
      startedMs: this.#dispatchedMs,
    })
    this.#relay = new Relay({
      delivery,
      carriage: this.#carriage,
      modelId: model.id,
      timeouts: ground.routing.timeouts,
      answerHeaders,
      speaks: () => events.speaks(),
      began: (isFirstToken) => this.#began(isFirstToken),
      ended: (ending) => this.#ended(ending),
    })
  }

  /** Calls the model. It may have ended when this returns. */
  start(): void {
    const { model } = this.#options
    const { path, body } = this.#carriage
    try {
      this.#ground.upstreams.dispatch(model, { path, body, headers: this.#headers(model) }, this.#relay)
    } catch (error) {
      this.#relay.failed(error instanceof Error ? error : new Error(String(error)))
    }
  }

  /** Closes the connection to the model, then settles. Nothing when the attempt has ended. */
  end(ending: Ending): void {
    this.#relay.end(ending)
  }

  get granted(): Granted {
    return this.#options.granted
  }

  /** What is known of it once it has ended. */
  get record(): AttemptRecord | undefined {
    return this.#record
  }

  #began(isFirstToken: boolean): void {
    const { clock, admission, hedging } = this.#ground
    const { lease } = this.granted
    this.#firstByteMs = clock() - this.#dispatchedMs
    this.#options.events.began()
    // The head of a whole answer comes with its last token, and would make the model look slow to begin.
    if (!isFirstToken) return
    admission.firstToken(lease)
    hedging.began(lease.modelId, this.#firstByteMs)
  }

  #ended(ending: AttemptEnding): void {
    const { outcome, retryAfterMs, answer } = ending
    const { admission, clock } = this.#ground
    const { lease } = this.granted
    admission.settle(lease, outcome, retryAfterMs === undefined ? answer : { ...answer, retryAfterMs })
    this.#record = {
      modelId: lease.modelId,
      leaseId: lease.id,
      score: this.#options.score,
      outcome,
      queueMs: lease.waitedMs,
      serviceMs: clock() - this.#dispatchedMs,
      firstByteMs: this.#firstByteMs,
      inputTokens: answer.inputTokens,
      outputTokens: answer.outputTokens,
      costUsd: costOf(answer, this.#options.model),
    }
    this.#trace?.ended(this.#record)
    this.#options.events.ended(this, ending)
  }

  #headers(model: ModelEntry): string[] {
    const { req, requestId } = this.#asked
    const headers = [
      'content-type',
      'application/json',
      'accept',
      req.headers.accept ?? '*/*',
      'x-request-id',
      requestId,
    ]
    if (this.#trace) headers.push(...this.#trace.headers)
    else for (const name of TRACE_HEADERS) forward(req, name, headers)
    forward(req, 'baggage', headers)
    const key = this.#ground.keyOf(model)
    if (model.dialect === 'anthropic') {
      // What is translated is of one version, whatever a client of another API says.
      headers.push(...anthropicHeaders(this.#carriage.translation ? {} : req.headers, key))
    } else if (key !== undefined) headers.push('authorization', `Bearer ${key}`)
    return headers
  }
}

function forward(req: IncomingMessage, name: string, headers: string[]): void {
  const value = req.headers[name]
  if (typeof value === 'string') headers.push(name, value)
}

/** US dollars; `undefined` where the model has no price, or counted nothing. */
function costOf(
  { inputTokens = 0, outputTokens = 0 }: TokenCounts,
  { price }: ModelEntry,
): number | undefined {
  if (price === undefined || inputTokens + outputTokens === 0) return undefined
  return (inputTokens * price.inputUsdPerMTok + outputTokens * price.outputUsdPerMTok) / 1e6
}
