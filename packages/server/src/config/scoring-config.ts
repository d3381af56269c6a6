import { resolveAdaptive } from '@loadstar/core'
import type { ScoringConfig } from './config.js'
import type { ConfigDocument } from './schema.js'

/** The section `scoring` as the program uses it. */
export function scoringConfig(scoring: ConfigDocument['scoring']): ScoringConfig {
  const { latency, quality } = scoring
  return {
    adaptive: scoring.adaptive,
    rules: resolveAdaptive({
      weights: scoring.weights,
      minRequests: scoring.min_requests,
      minSuccessRate: scoring.min_success_rate,
      unreliableFactor: scoring.unreliable_factor,
      latencyMode: latency.mode,
      maxAcceptableMs: latency.max_acceptable_ms,
      maxAcceptableSlowness: latency.max_acceptable_slowness,
      slowFactor: latency.slow_factor,
    }),
    windowMs: scoring.window_ms,
    pairWeight: scoring.pair_weight,
    quality: {
      mode: quality.mode,
      priorWeight: quality.prior_weight,
      halfLifeMs: quality.half_life_ms,
    },
    explorationShare: scoring.exploration_share,
  }
}
