import { isModelFailure, LatencyWindow } from '@loadstar/core'
import type { AttemptRecord } from './record.js'

/** What one model did since the start, and how fast it was of late. */
interface ModelTally {
  readonly requests: number
  /** Ended by the model's fault. */
  readonly failures: number
  readonly latency: ReturnType<LatencyWindow['snapshot']>
}

const WINDOW_MS = 60_000

/** Counts ended calls per model; percentiles are of the last minute. */
export class Tally {
  readonly #clock: () => number
  readonly #models = new Map<string, { requests: number; failures: number; window: LatencyWindow }>()

  constructor(clock: () => number) {
    this.#clock = clock
  }

  add({ modelId, outcome, queueMs, serviceMs }: AttemptRecord): void {
    const model = this.#of(modelId)
    model.requests++
    if (isModelFailure(outcome)) model.failures++
    else if (outcome === 'completed') model.window.record(queueMs + serviceMs, this.#clock())
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
