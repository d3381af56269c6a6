import { RecentCounts } from '../health/recent.js'
import { LatencyWindow } from '../metrics/latency.js'
import { isModelFailure, type LeaseOutcome } from '../routing/outcome.js'
import type { AlertRules } from './options.js'

/** What is known of one model, in bounded memory. */
export class ModelSignals {
  readonly latency: LatencyWindow
  readonly results: RecentCounts
  failuresInARow = 0
  /** Of its latest success or failure; -1 before. */
  lastResultMs = -1
  /** Times of the latest failures, in a ring. */
  readonly #failedMs: Float64Array
  #failures = 0

  constructor({ windowMs, rapidFailures }: AlertRules) {
    this.latency = new LatencyWindow(windowMs)
    this.results = new RecentCounts(windowMs)
    this.#failedMs = new Float64Array(rapidFailures.count)
  }

  /** A call of the model ended. What is neither its success nor its failure says nothing of it. O(1). */
  record(outcome: LeaseOutcome, latencyMs: number | undefined, nowMs: number): void {
    if (outcome === 'completed') {
      this.failuresInARow = 0
      this.results.addGood(nowMs)
      if (latencyMs !== undefined) this.latency.record(latencyMs, nowMs)
    } else if (isModelFailure(outcome)) {
      this.failuresInARow++
      this.results.addBad(nowMs)
      this.#failedMs[this.#failures++ % this.#failedMs.length] = nowMs
    } else return
    this.lastResultMs = nowMs
  }

  /**
   * Whether the latest `count` failures, at most as many as the rule for rapid failures has, lie within so many
   * milliseconds.
   */
  hasFailed(count: number, withinMs: number, nowMs: number): boolean {
    if (this.#failures < count) return false
    const failedMs = this.#failedMs[(this.#failures - count) % this.#failedMs.length] as number
    return nowMs - failedMs <= withinMs
  }
}
