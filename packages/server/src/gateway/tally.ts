import { isModelFailure, LatencyWindow, type LeaseOutcome } from '@loadstar/core'
import type { ExchangeRecord } from './record.js'

/** What one model did since the start, and how fast it was of late. */
interface ModelTally {
  readonly requests: number
  /** Ended by the model's fault. */
  readonly failures: number
  readonly latency: ReturnType<LatencyWindow['snapshot']>
}

const WINDOW_MS = 60_000

/** Counts ended requests per model; percentiles are of the last minute. */
export class Tally {
  readonly #clock: () => number
  readonly #models = new Map<string, { requests: number; failures: number; window: LatencyWindow }>()

  constructor(clock: () => number) {
    this.#clock = clock
  }

  add(record: ExchangeRecord): void {
    if (record.modelId === undefined) return
    const model = this.#of(record.modelId)
    model.requests++
    if (isModelFailure(record.outcome as LeaseOutcome)) model.failures++
    else if (record.outcome === 'completed') model.window.record(record.totalMs, this.#clock())
  }

  read(modelId: string): ModelTally {
    const { requests, failures, window } = this.#of(modelId)
    return { requests, failures, latency: window.snapshot(this.#clock()) }
  }

  forget(modelId: string): void {
    this.#models.delete(modelId)
  }

  #of(modelId: string): { requests: number; failures: number; window: LatencyWindow } {
    let model = this.#models.get(modelId)
    if (!model) {
      model = { requests: 0, failures: 0, window: new LatencyWindow(WINDOW_MS) }
      this.#models.set(modelId, model)
    }
    return model
  }
}
