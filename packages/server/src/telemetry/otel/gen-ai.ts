import { isModelFailure } from '@loadstar/core'
import type { Attributes, Histogram, Meter } from '@opentelemetry/api'
import {
  answeringModel,
  heardAttempt,
  type AttemptRecord,
  type ExchangeRecord,
} from '../../gateway/record.js'
import { boundsOf } from '../bounds.js'
import type { Measure } from '../measure.js'
import { OPERATIONS } from './operations.js'

interface GenAiOptions {
  readonly meter: Meter
  /** The provider of a model; `undefined` for one that is not known any more. */
  readonly providerOf: (modelId: string) => string | undefined
}

/** Requests that may wait to be measured; those beyond are measured at once. */
const MOST_WAITING = 1_000
const MEASURE_MS = 250
const MS_PER_SECOND = 1_000
/** As the conventions have it for what has no name. */
const OTHER = '_OTHER'
/** Powers of four, as the conventions say for numbers of tokens. */
const TOKEN_BOUNDS = Array.from({ length: 14 }, (_, i) => 4 ** i)

/**
 * The metrics that the semantic conventions of OpenTelemetry have for generative AI, divided by model, operation and
 * provider. A request that ended only has to wait its turn: it is measured a moment later, apart from the path of others.
 */
export class GenAiMetrics {
  readonly #providerOf: GenAiOptions['providerOf']
  readonly #request: Histogram
  readonly #call: Histogram
  readonly #firstToken: Histogram
  readonly #perToken: Histogram
  readonly #tokens: Histogram
  readonly #timer: NodeJS.Timeout
  #waiting: ExchangeRecord[] = []

  constructor({ meter, providerOf }: GenAiOptions) {
    this.#providerOf = providerOf
    const seconds = (name: string, measure: Measure, description: string): Histogram =>
      meter.createHistogram(name, {
        description,
        unit: 's',
        advice: { explicitBucketBoundaries: boundsOf(measure).map((ms) => ms / MS_PER_SECOND) },
      })
    this.#request = seconds('gen_ai.server.request.duration', 'latency', 'Requests of clients.')
    this.#call = seconds('gen_ai.client.operation.duration', 'service', 'Calls of models.')
    this.#firstToken = seconds(
      'gen_ai.server.time_to_first_token',
      'first_token',
      'Of streams, from the dispatch to the model.',
    )
    this.#perToken = seconds(
      'gen_ai.server.time_per_output_token',
      'per_token',
      'Of completed streams, mean time between two tokens after the first.',
    )
    this.#tokens = meter.createHistogram('gen_ai.client.token.usage', {
      description: 'Tokens per call of a model.',
      unit: '{token}',
      advice: { explicitBucketBoundaries: TOKEN_BOUNDS },
    })
    this.#timer = setInterval(() => this.measure(), MEASURE_MS).unref()
  }

  /** A request ended. */
  readonly ended = (record: ExchangeRecord): void => {
    // What never came to a model has neither operation nor provider.
    if (record.asked === undefined) return
    this.#waiting.push(record)
    if (this.#waiting.length >= MOST_WAITING) this.measure()
  }

  /** Measures all that wait. */
  measure(): void {
    const records = this.#waiting
    this.#waiting = []
    for (const record of records) this.#measureOne(record)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.measure()
  }

  #measureOne({ api, asked, cache, outcome, totalMs, attempts }: ExchangeRecord): void {
    const operation = OPERATIONS[api]
    const served = answeringModel({ cache }, heardAttempt(attempts))
    if (served !== undefined) {
      const isFine = outcome === 'completed' || outcome === 'cached'
      const attributes = this.#attributes(served, operation, isFine ? undefined : outcome)
      this.#request.record(totalMs / MS_PER_SECOND, attributes)
    }
    for (const attempt of attempts) this.#measureCall(attempt, operation, asked?.isStream === true)
  }

  #measureCall(attempt: AttemptRecord, operation: string, isStream: boolean): void {
    const { modelId, outcome, serviceMs, firstByteMs, inputTokens, outputTokens } = attempt
    const isCompleted = outcome === 'completed'
    const plain = this.#attributes(modelId, operation, undefined)
    if (isCompleted) this.#call.record(serviceMs / MS_PER_SECOND, plain)
    else if (isModelFailure(outcome)) {
      this.#call.record(serviceMs / MS_PER_SECOND, this.#attributes(modelId, operation, outcome))
    }
    if (inputTokens !== undefined)
      this.#tokens.record(inputTokens, { ...plain, 'gen_ai.token.type': 'input' })
    if (outputTokens !== undefined)
      this.#tokens.record(outputTokens, { ...plain, 'gen_ai.token.type': 'output' })
    // The head of a whole answer comes with its last token, and would make the model look slow to begin.
    if (!isStream || firstByteMs === undefined) return
    this.#firstToken.record(firstByteMs / MS_PER_SECOND, plain)
    if (!isCompleted || outputTokens === undefined || outputTokens < 2) return
    this.#perToken.record((serviceMs - firstByteMs) / (outputTokens - 1) / MS_PER_SECOND, plain)
  }

  #attributes(modelId: string, operation: string, error: string | undefined): Attributes {
    const provider = this.#providerOf(modelId)
    return {
      'gen_ai.operation.name': operation,
      'gen_ai.provider.name': provider ?? OTHER,
      // One that is gone must not make the number of series grow for ever.
      'gen_ai.request.model': provider === undefined ? OTHER : modelId,
      ...(error === undefined ? {} : { 'error.type': error }),
    }
  }
}
