import type { LatencySummary } from '@loadstar/core'
import type { RequestOutcome } from '../gateway/record.js'

/** What somebody did in a stretch of time: all requests, those of one model, or those of one agent. */
export interface Measured {
  readonly id: string
  /** Requests of clients that ended; of a model: that it was the last to be asked for. */
  readonly requests: number
  readonly completed: number
  /** Calls of models that ended. */
  readonly calls: number
  /** Of those, by the model's fault. */
  readonly failures: number
  /** 0..1; of a model by its calls, else by requests. `null` when nothing ended that tells. */
  readonly successRate: number | null
  /** Mean of what the pairings were worth before load, 0..100; `null` without a call. */
  readonly avgMatchScore: number | null
  readonly inputTokens: number
  readonly outputTokens: number
  readonly costUsd: number
  readonly retries: number
  readonly fallbacks: number
  readonly times: Readonly<Record<TimeName, LatencySummary>>
}

/** What is timed. */
export const TIMES = [
  /** Of a completed request, from the arrival of its body to the end of its answer. */
  'latency',
  /** From the dispatch to a model until the first token of a stream. */
  'first_token',
  /** Between two tokens of a completed stream, on average. */
  'per_token',
  /** In the queue, of every request that could be routed. */
  'queue_wait',
  /** Of a request that came to a model: spent here, neither in the queue nor by a model. */
  'overhead',
  /** Of a completed call, from dispatch to its end. */
  'service',
] as const
export type TimeName = (typeof TIMES)[number]

/** Stretches of time up to this moment, in milliseconds. */
export const WINDOWS = { '1m': 60_000, '5m': 300_000, '1h': 3_600_000 } as const
export type WindowName = keyof typeof WINDOWS

/** What the REST API reads of what was measured. */
export interface MetricsView {
  all(windowMs: number): Measured
  /** By model, those that were asked in the window, by id. */
  models(windowMs: number): readonly Measured[]
  agents(windowMs: number): readonly Measured[]
  /** Completed requests of the last minute. */
  latency(modelId: string): LatencySummary
  total(): Totals
  /** Calls of the model since the start, and those that failed by its fault. */
  calls(modelId: string): Pick<Measured, 'calls' | 'failures'>
  /** What was stored of an interval of time; `null` stands where nothing happened. */
  series(query: SeriesQuery): Promise<readonly SeriesPoint[]>
  /** Everything in the text format of Prometheus. */
  exposition(): string
}

/** Since the start. */
export interface Totals extends Pick<Measured, 'inputTokens' | 'outputTokens' | 'costUsd'> {
  /** How many requests of clients ended in which way. */
  readonly outcomes: Readonly<Record<RequestOutcome, number>>
}

export interface SeriesQuery {
  readonly subject: { readonly kind: 'all' } | { readonly kind: 'model' | 'agent'; readonly id: string }
  /** Unix milliseconds, multiples of the step. */
  readonly fromMs: number
  readonly toMs: number
  readonly stepMs: number
}

export interface SeriesPoint {
  readonly startMs: number
  readonly measured: Omit<Measured, 'avgMatchScore' | 'retries' | 'fallbacks'> | null
}

/** Milliseconds of the intervals that are stored, finest first; each step of a series is a multiple of one. */
export const STORED_STEPS_MS = [10_000, 300_000, 3_600_000] as const
