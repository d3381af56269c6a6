import { checkNotNegative, checkPositive, checkShare, checkWhole, invalid } from '../health/check.js'
import { LoadstarError } from '../error.js'
import type { Performance } from './performance.js'
import { roundToMicropoint } from './points.js'

/** How much each term counts in an adaptive score; each ≥ 0, together 1 within a hundredth. */
export interface AdaptiveWeights {
  readonly capability: number
  readonly success: number
  readonly latency: number
}

export const DEFAULT_ADAPTIVE_WEIGHTS: AdaptiveWeights = { capability: 0.6, success: 0.25, latency: 0.15 }

/**
 * What latency is judged by. `absolute`: milliseconds of whole answers. `relative`: how many times as long as usual they
 * took, given their lengths and the model's own pace; a limit in milliseconds means little where answers are long.
 */
export const LATENCY_MODES = ['absolute', 'relative'] as const
export type LatencyMode = (typeof LATENCY_MODES)[number]

export interface AdaptiveOptions {
  /** Default 0.60 / 0.25 / 0.15. */
  readonly weights?: AdaptiveWeights
  /** Requests, integer ≥ 0, below which the capability score stands alone; default 10. */
  readonly minRequests?: number
  /** 0..1: a success rate below it multiplies the score by `unreliableFactor`; default 0.9. */
  readonly minSuccessRate?: number
  /** 0..1, default 0.5. */
  readonly unreliableFactor?: number
  /** Default `absolute`. */
  readonly latencyMode?: LatencyMode
  /** Milliseconds > 0 that earn half the latency score, and more than which multiply the score by `slowFactor`; default 500. */
  readonly maxAcceptableMs?: number
  /** The same of `relative`: times the usual, > 0; default 2. */
  readonly maxAcceptableSlowness?: number
  /** 0..1, default 0.8. */
  readonly slowFactor?: number
}

/** `AdaptiveOptions`, defaulted and checked. */
export type AdaptiveRules = Required<AdaptiveOptions>

/** What a capability score becomes by what was measured. */
export interface AdaptiveScore {
  /** 0..100, a whole number of millionths. */
  readonly score: number
  /** What success and latency say on their own, 0..100, by their weights and before penalties; `null` where too little is known. */
  readonly performanceScore: number | null
  /** `score` less the capability score, in points; `null` where too little is known. */
  readonly adjustment: number | null
}

/** How far a sum of weights may be from 1. */
const SUM_TOLERANCE = 0.01
/** Rates are quotients of sums: nine of ten may come out a little below 0.9. */
const RATE_TOLERANCE = 1e-9

/** @throws {LoadstarError} `WEIGHTS_INVALID` or `OPTION_INVALID`, naming the option outside its range. */
export function resolveAdaptive(options: AdaptiveOptions = {}): AdaptiveRules {
  const { weights = DEFAULT_ADAPTIVE_WEIGHTS } = options
  const { minRequests = 10, minSuccessRate = 0.9, unreliableFactor = 0.5, slowFactor = 0.8 } = options
  const { latencyMode = 'absolute', maxAcceptableMs = 500, maxAcceptableSlowness = 2 } = options
  checkAdaptiveWeights(weights)
  checkWhole(minRequests, 0, 'scoring.min_requests')
  checkShare(minSuccessRate, 'scoring.min_success_rate')
  checkShare(unreliableFactor, 'scoring.unreliable_factor')
  checkShare(slowFactor, 'scoring.latency.slow_factor')
  if (!LATENCY_MODES.includes(latencyMode)) {
    throw invalid('scoring.latency.mode', `must be one of ${LATENCY_MODES.join(', ')}`, latencyMode)
  }
  checkPositive(maxAcceptableMs, 'scoring.latency.max_acceptable_ms')
  checkPositive(maxAcceptableSlowness, 'scoring.latency.max_acceptable_slowness')
  return {
    weights,
    minRequests,
    minSuccessRate,
    unreliableFactor,
    slowFactor,
    latencyMode,
    maxAcceptableMs,
    maxAcceptableSlowness,
  }
}

/**
 * `capability weight × capability + success weight × 100 × success rate + latency weight × latency score`, then
 * `× unreliableFactor` below the least success rate and `× slowFactor` above the latency that is acceptable; the
 * capability score alone below `minRequests`.
 *
 * @param capabilityScore - 0..100.
 * @param performance - `undefined` where nothing was measured.
 * @throws {LoadstarError} `WEIGHTS_INVALID`, `OPTION_INVALID` or `SCORES_INVALID`.
 */
export function scoreAdaptive(
  capabilityScore: number,
  performance: Performance | undefined,
  options?: AdaptiveOptions,
): AdaptiveScore {
  const rules = resolveAdaptive(options)
  if (!(capabilityScore >= 0 && capabilityScore <= 100)) {
    throw new LoadstarError('SCORES_INVALID', 'capability_score', 'must be within 0..100', capabilityScore)
  }
  if (performance !== undefined) checkPerformance(performance, 'performance')
  return adapted(capabilityScore, performance, rules)
}

/** `scoreAdaptive` for a caller that has checked its input. */
export function adapted(
  capabilityScore: number,
  performance: Performance | undefined,
  rules: AdaptiveRules,
): AdaptiveScore {
  if (performance === undefined || performance.requests < rules.minRequests) {
    return { score: capabilityScore, performanceScore: null, adjustment: null }
  }
  const { weights } = rules
  const { successRate } = performance
  const { share, isSlow } = latencyOf(performance, rules)
  const measured = 100 * (weights.success * successRate + weights.latency * share)
  const isUnreliable = successRate < rules.minSuccessRate - RATE_TOLERANCE
  const factor = (isUnreliable ? rules.unreliableFactor : 1) * (isSlow ? rules.slowFactor : 1)
  const score = roundToMicropoint(Math.min(100, weights.capability * capabilityScore + measured) * factor)
  const measuredWeight = weights.success + weights.latency
  return {
    score,
    performanceScore: measuredWeight === 0 ? null : roundToMicropoint(measured / measuredWeight),
    adjustment: roundToMicropoint(score - capabilityScore),
  }
}

/**
 * The latency score as a share, `1 − latency / (2 × acceptable)` within 0..1: half at what is acceptable. A model that
 * never answered earns none of it; that is a matter of its success rate, not of being slow.
 */
function latencyOf(performance: Performance, rules: AdaptiveRules): { share: number; isSlow: boolean } {
  const isRelative = rules.latencyMode === 'relative'
  const measured = isRelative ? performance.slowness : performance.latencyMs
  const acceptable = isRelative ? rules.maxAcceptableSlowness : rules.maxAcceptableMs
  if (measured === null) return { share: 0, isSlow: false }
  return { share: Math.max(0, 1 - measured / (2 * acceptable)), isSlow: measured > acceptable }
}

/** @throws {LoadstarError} `OPTION_INVALID` naming the number outside its range. */
export function checkPerformance(performance: Performance, field: string): void {
  checkNotNegative(performance.requests, `${field}.requests`)
  checkShare(performance.successRate, `${field}.success_rate`)
  if (performance.latencyMs !== null) checkNotNegative(performance.latencyMs, `${field}.avg_latency_ms`)
  if (performance.slowness !== null) checkNotNegative(performance.slowness, `${field}.slowness`)
}

function checkAdaptiveWeights(weights: AdaptiveWeights): void {
  let sum = 0
  for (const name of ['capability', 'success', 'latency'] as const) {
    const weight = weights[name]
    if (!(Number.isFinite(weight) && weight >= 0)) {
      const rule = 'must be a finite number ≥ 0'
      throw new LoadstarError('WEIGHTS_INVALID', `scoring.weights.${name}`, rule, weight)
    }
    sum += weight
  }
  if (Math.abs(sum - 1) <= SUM_TOLERANCE + RATE_TOLERANCE) return
  throw new LoadstarError('WEIGHTS_INVALID', 'scoring.weights', 'must sum to 1, within 0.01', sum)
}
