import type { LatencySummary, LoadReport, ModelLoad, RouterCounters } from '@loadstar/core'
import type { HedgeCounters } from '../gateway/hedging.js'

/** What the REST API reads of the live router, and the one thing it tells it. */
export interface LiveView {
  /** Every model's load at this moment, in the registry's order. */
  loads(): readonly ModelLoad[]
  counters(): RouterCounters
  /** Second attempts on a missing first token. */
  hedges(): HedgeCounters
  /** Whole answers of the last minute. */
  latency(modelId: string): LatencySummary
  /** Load as seen at the model itself. */
  reportLoad(modelId: string, report: LoadReport): void
  isDraining(): boolean
}
