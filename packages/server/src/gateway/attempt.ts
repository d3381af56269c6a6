import type { IncomingMessage } from 'node:http'
import type { Timeouts } from '../config/config.js'
import type { ModelEntry } from '../registry/entry.js'
import type { Admission, Granted } from './admission.js'
import type { Cargo, Carriage } from './cargo.js'
import type { Delivery } from './delivery.js'
import type { AttemptEnding, Ending } from './ending.js'
import type { Hedging } from './hedging.js'
import type { AttemptRecord } from './record.js'
import { Relay } from './relay.js'
import type { KeyOf } from './upstream-key.js'
import type { Upstreams } from './upstreams.js'

/** What all attempts of one request share. */
export interface AttemptContext {
  readonly req: IncomingMessage
  readonly requestId: string
  readonly cargo: Cargo
  readonly admission: Admission
  readonly hedging: Hedging
  readonly upstreams: Upstreams
  readonly keyOf: KeyOf
  readonly routing: { readonly timeouts: Timeouts }
  readonly clock: () => number
}

/** What an attempt tells while it runs. */
interface AttemptEvents {
  /** The model began to answer; of a stream: with its first token. */
  began(): void
  /** From here on something goes out to the client. */
  speaks(): void
  /** Its lease is settled. */
  ended(ending: Ending): void
}

interface AttemptOptions {
  readonly model: ModelEntry
  readonly granted: Granted
  readonly delivery: Delivery
  /** Headers of the answer that are ours, asked for when it begins. */
  readonly answerHeaders: () => Readonly<Record<string, string>>
  readonly events: AttemptEvents
}

/** W3C trace context travels on unchanged. */
const FORWARDED_HEADERS = ['traceparent', 'tracestate', 'baggage'] as const

/** One try at one model under one lease, from dispatch to the end of its answer. The lease is settled exactly once. */
export class Attempt {
  readonly #context: AttemptContext
  readonly #options: AttemptOptions
  readonly #dispatchedMs: number
  readonly #carriage: Carriage
  readonly #relay: Relay
  #firstByteMs: number | undefined
  #record: AttemptRecord | undefined
  #finish: ((ending: AttemptEnding) => void) | undefined

  constructor(context: AttemptContext, options: AttemptOptions) {
    this.#context = context
    this.#options = options
    this.#dispatchedMs = context.clock()
    const { delivery, model, answerHeaders, events } = options
    this.#carriage = context.cargo.to(model)
    this.#relay = new Relay({
      delivery,
      carriage: this.#carriage,
      modelId: model.id,
      firstContentMs: context.routing.timeouts.firstByteMs,
      answerHeaders,
      speaks: () => events.speaks(),
      began: (isFirstToken) => this.#began(isFirstToken),
      ended: (ending) => this.#ended(ending),
    })
  }

  /** Calls the model; resolves when the attempt has ended and its lease is settled. */
  run(): Promise<AttemptEnding> {
    return new Promise((resolve) => {
      this.#finish = resolve
      this.#dispatch()
    })
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
    const { clock, admission, hedging } = this.#context
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
    const result = retryAfterMs === undefined ? answer : { ...answer, retryAfterMs }
    const { lease } = this.granted
    this.#context.admission.settle(lease, outcome, result)
    this.#record = {
      modelId: lease.modelId,
      outcome,
      queueMs: lease.waitedMs,
      serviceMs: this.#context.clock() - this.#dispatchedMs,
      ...(this.#firstByteMs === undefined ? {} : { firstByteMs: this.#firstByteMs }),
    }
    this.#options.events.ended(ending)
    this.#finish?.(ending)
  }

  #dispatch(): void {
    const { upstreams, routing } = this.#context
    const { path, body } = this.#carriage
    const { model } = this.#options
    try {
      upstreams.dispatch(
        model,
        {
          path,
          body,
          headers: this.#headers(model),
          firstByteMs: routing.timeouts.firstByteMs,
          idleMs: routing.timeouts.idleMs,
        },
        this.#relay,
      )
    } catch (error) {
      this.#relay.failed(error instanceof Error ? error : new Error(String(error)))
    }
  }

  #headers(model: ModelEntry): Record<string, string> {
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
    if (model.dialect === 'anthropic') return { ...headers, ...anthropicHeaders(req, key) }
    if (key !== undefined) headers['authorization'] = `Bearer ${key}`
    return headers
  }
}

/** The version whose answers are translated, and that clients which name none are taken to mean. */
const ANTHROPIC_VERSION = '2023-06-01'

function anthropicHeaders(req: IncomingMessage, key: string | undefined): Record<string, string> {
  const { 'anthropic-version': version, 'anthropic-beta': beta } = req.headers
  return {
    'anthropic-version': typeof version === 'string' ? version : ANTHROPIC_VERSION,
    ...(typeof beta === 'string' ? { 'anthropic-beta': beta } : {}),
    ...(key === undefined ? {} : { 'x-api-key': key }),
  }
}
