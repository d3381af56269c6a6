import type { Decision, LatencySummary, LoadReport, ModelLoad, RouterCounters } from '@loadstar/core'
import type { HedgeCounters } from '../gateway/hedging.js'
import type { Tally } from '../gateway/tally.js'

/** What the REST API reads of the live router, and the one thing it tells it. */
export interface LiveView {
  /** Every model's load at this moment, in the registry's order. */
  loads(): readonly ModelLoad[]
  counters(): RouterCounters
  /** How many requests of clients ended in which way. */
  endedRequests(): ReturnType<Tally['endedRequests']>
  /** Tokens, and what they cost. */
  usage(): ReturnType<Tally['usage']>
  /** Second attempts on a missing first token. */
  hedges(): HedgeCounters
  /** Whole answers of the last minute. */
  latency(modelId: string): LatencySummary
  /** By `x-loadstar-decision-id`; `undefined` when it is unknown or forgotten. */
  decision(id: string): Decision | undefined
  /** Points that one more seat of each model is worth in an assignment: what slots cost until live prices are known. */
  seedPrices(prices: ReadonlyMap<string, number>): void
  /** Load as seen at the model itself. */
  reportLoad(modelId: string, report: LoadReport): void
  isDraining(): boolean
}
