import type { BreakerLimits } from './breaker.js'
import { checkNotNegative, checkPositive, checkShare, checkWhole, invalid } from './check.js'
import type { PenaltyTerms } from './penalty.js'
import type { SlowStart } from './slow-start.js'

/** How a router judges its models; what is left out has its default. docs/concepts/health.md tells why each is what it is. */
export interface HealthOptions {
  readonly breaker?: {
    /** Failures in a row that open it, integer ≥ 0; default 5. 0 does not look at them. */
    readonly consecutiveFailures?: number
    /** Share of successes of the window below which it opens, 0..1; default 0.5. 0 does not look at it. */
    readonly minSuccessRate?: number
    /** Results the window must hold before its share is looked at, integer ≥ 1; default 20. */
    readonly minResults?: number
    /** Milliseconds > 0, default 30,000. */
    readonly windowMs?: number
    /** Milliseconds > 0 it stays open at least; default 1,000. */
    readonly minOpenMs?: number
    /** Milliseconds ≥ `minOpenMs` it stays open at most; default 60,000. */
    readonly maxOpenMs?: number
    /** Requests at once while half open, integer ≥ 1; default 1. */
    readonly probes?: number
  }
  /** Milliseconds ≥ 0 that one retry-after closes a model at most; default 300,000. 0 ignores them. */
  readonly maxClosedMs?: number
  readonly penalty?: {
    /** Typical service times that a failure costs, ≥ 0; default 2. 0 switches the penalty off. */
    readonly factor?: number
    /** Milliseconds ≥ 0 that a failure costs at least; default 1,000. */
    readonly minMs?: number
    /** Milliseconds > 0 after which a failure counts half; default 30,000. */
    readonly halfLifeMs?: number
  }
  readonly slowStart?: {
    /** Milliseconds ≥ 0 until all slots may be used again; default 30,000. 0 switches it off. */
    readonly windowMs?: number
    /** Share of the slots usable at once, 0..1; default 0.1. */
    readonly minShare?: number
    /** > 0; default 1. */
    readonly aggression?: number
    /** Whether a model that was newly added ramps as well; default false. */
    readonly whenAdded?: boolean
  }
  /** Share of the slots of a request's candidates shut by breakers above which it ignores breakers, 0..1; default 0.5. 1 never does. */
  readonly panicShare?: number
  readonly limits?: {
    /** Whether discovered limits are applied, not only shown; default false. */
    readonly apply?: boolean
    /** Slots below which an applied limit does not go, integer ≥ 1; default 1. */
    readonly minSlots?: number
  }
}

/** All of it, defaulted and checked. */
export interface HealthRules {
  readonly breaker: BreakerLimits
  readonly maxClosedMs: number
  readonly penalty: PenaltyTerms
  readonly slowStart: SlowStart & { readonly whenAdded: boolean }
  readonly panicShare: number
  readonly limits: { readonly apply: boolean; readonly minSlots: number }
}

/** @throws {LoadstarError} `OPTION_INVALID` naming the option outside its range. */
export function resolveHealth(options: HealthOptions = {}): HealthRules {
  const rules: HealthRules = {
    breaker: breakerLimits(options.breaker),
    maxClosedMs: options.maxClosedMs ?? 300_000,
    penalty: penaltyTerms(options.penalty),
    slowStart: slowStart(options.slowStart),
    panicShare: options.panicShare ?? 0.5,
    limits: { apply: options.limits?.apply ?? false, minSlots: options.limits?.minSlots ?? 1 },
  }
  checkNotNegative(rules.maxClosedMs, 'health.max_closed_ms')
  checkShare(rules.panicShare, 'health.panic_share')
  checkWhole(rules.limits.minSlots, 1, 'limits.min_slots')
  return rules
}

function breakerLimits(options: HealthOptions['breaker'] = {}): BreakerLimits {
  const { consecutiveFailures = 5, minSuccessRate = 0.5, minResults = 20, windowMs = 30_000 } = options
  const { minOpenMs = 1_000, maxOpenMs = 60_000, probes = 1 } = options
  checkWhole(consecutiveFailures, 0, 'health.breaker.consecutive_failures')
  checkShare(minSuccessRate, 'health.breaker.min_success_rate')
  checkWhole(minResults, 1, 'health.breaker.min_results')
  checkPositive(windowMs, 'health.breaker.window_ms')
  checkPositive(minOpenMs, 'health.breaker.min_open_ms')
  checkPositive(maxOpenMs, 'health.breaker.max_open_ms')
  if (maxOpenMs < minOpenMs) {
    throw invalid('health.breaker.max_open_ms', `must be ≥ min_open_ms (${minOpenMs})`, maxOpenMs)
  }
  checkWhole(probes, 1, 'health.breaker.probes')
  const backoff = { leastMs: minOpenMs, mostMs: maxOpenMs }
  return { consecutiveFailures, minSuccessRate, minResults, windowMs, backoff, probes }
}

function penaltyTerms(options: HealthOptions['penalty'] = {}): PenaltyTerms {
  const { factor = 2, minMs = 1_000, halfLifeMs = 30_000 } = options
  checkNotNegative(factor, 'health.penalty.factor')
  checkNotNegative(minMs, 'health.penalty.min_ms')
  checkPositive(halfLifeMs, 'health.penalty.half_life_ms')
  return { factor, leastMs: minMs, halfLifeMs }
}

function slowStart(options: HealthOptions['slowStart'] = {}): HealthRules['slowStart'] {
  const { windowMs = 30_000, minShare = 0.1, aggression = 1, whenAdded = false } = options
  checkNotNegative(windowMs, 'health.slow_start.window_ms')
  checkShare(minShare, 'health.slow_start.min_share')
  checkPositive(aggression, 'health.slow_start.aggression')
  return { windowMs, minShare, aggression, whenAdded }
}
