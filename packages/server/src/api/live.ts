import type { Decision, LoadReport, ModelLoad, RouterCounters } from '@loadstar/core'
import type { HedgeCounters } from '../gateway/hedging.js'

/** What the REST API reads of the live router, and the one thing it tells it. */
export interface LiveView {
  /** Every model's load at this moment, in the registry's order. */
  loads(): readonly ModelLoad[]
  counters(): RouterCounters
  /** Second attempts on a missing first token. */
  hedges(): HedgeCounters
  /** By `x-loadstar-decision-id`; `undefined` when it is unknown or forgotten. */
  decision(id: string): Decision | undefined
  /** Points that one more seat of each model is worth in an assignment: what slots cost until live prices are known. */
  seedPrices(prices: ReadonlyMap<string, number>): void
  /** Load as seen at the model itself. */
  reportLoad(modelId: string, report: LoadReport): void
  isDraining(): boolean
}
