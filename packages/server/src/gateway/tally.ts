import { isModelFailure, LatencyWindow } from '@loadstar/core'
import { REQUEST_OUTCOMES, type AttemptRecord, type RequestOutcome } from './record.js'

/** Tokens and what they cost, since the start. */
interface Usage {
  readonly inputTokens: number
  readonly outputTokens: number
  /** US dollars, of models that have a price. */
  readonly costUsd: number
}

/** What one model did since the start, and how fast it was of late. */
interface ModelTally extends Usage {
  readonly requests: number
  /** Ended by the model's fault. */
  readonly failures: number
  readonly latency: ReturnType<LatencyWindow['snapshot']>
}

/** How many requests of clients ended in which way, since the start. */
type EndedRequests = Readonly<Record<RequestOutcome, number>>

const WINDOW_MS = 60_000

interface Counts {
  requests: number
  failures: number
  inputTokens: number
  outputTokens: number
  costUsd: number
  readonly window: LatencyWindow
}

/** Counts ended requests, and ended calls per model; percentiles are of the last minute. */
export class Tally {
  readonly #clock: () => number
  readonly #models = new Map<string, Counts>()
  readonly #ended = Object.fromEntries(REQUEST_OUTCOMES.map((outcome) => [outcome, 0])) as Record<
    RequestOutcome,
    number
  >

  constructor(clock: () => number) {
    this.#clock = clock
  }

  /** A request of a client ended, whatever calls were made for it. */
  ended(outcome: RequestOutcome): void {
    this.#ended[outcome]++
  }

  /** A call of a model ended. */
  add({
    modelId,
    outcome,
    queueMs,
    serviceMs,
    inputTokens = 0,
    outputTokens = 0,
    costUsd = 0,
  }: AttemptRecord): void {
    const model = this.#of(modelId)
    model.requests++
    model.inputTokens += inputTokens
    model.outputTokens += outputTokens
    model.costUsd += costUsd
    if (isModelFailure(outcome)) model.failures++
    else if (outcome === 'completed') model.window.record(queueMs + serviceMs, this.#clock())
  }

  read(modelId: string): ModelTally {
    const { window, ...counts } = this.#of(modelId)
    return { ...counts, latency: window.snapshot(this.#clock()) }
  }

  endedRequests(): EndedRequests {
    return this.#ended
  }

  /** Of the models that are known. */
  usage(): Usage {
    const sum = { inputTokens: 0, outputTokens: 0, costUsd: 0 }
    for (const { inputTokens, outputTokens, costUsd } of this.#models.values()) {
      sum.inputTokens += inputTokens
      sum.outputTokens += outputTokens
      sum.costUsd += costUsd
    }
    return sum
  }

  forget(modelId: string): void {
    this.#models.delete(modelId)
  }

  #of(modelId: string): Counts {
    let model = this.#models.get(modelId)
    if (!model) {
      const window = new LatencyWindow(WINDOW_MS)
      model = { requests: 0, failures: 0, inputTokens: 0, outputTokens: 0, costUsd: 0, window }
      this.#models.set(modelId, model)
    }
    return model
  }
}
