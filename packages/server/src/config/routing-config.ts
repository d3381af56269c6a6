import type { RoutingConfig } from './config.js'
import type { ConfigDocument } from './schema.js'

type RoutingDocument = ConfigDocument['routing']

/** The section `routing` as the program uses it. */
export function routingConfig(routing: RoutingDocument): RoutingConfig {
  const { bid, queue, timeouts, retries, hedging } = routing
  return {
    policy: routing.policy,
    bid: {
      timeValue: bid.time_value,
      costWeight: bid.cost_weight,
      holdShare: bid.hold_share,
      holdSlack: bid.hold_slack,
      priceTarget: bid.price_target,
      repriceMs: bid.reprice_ms,
      priceWindow: bid.price_window,
    },
    loadWeight: routing.load_weight,
    assignmentBonus: routing.assignment_bonus,
    maxWaitMs: routing.max_wait_ms,
    highestPriority: routing.highest_priority,
    queue: {
      ageingMs: queue.ageing_ms,
      aboveTarget: queue.above_target,
      floors: queue.floors,
      rescueMs: queue.rescue_ms,
      maxBytes: queue.max_bytes,
      outputWeight: queue.output_weight,
      shareSlack: queue.share_slack,
    },
    timeouts: {
      connectMs: timeouts.connect_ms,
      firstByteMs: timeouts.first_byte_ms,
      idleMs: timeouts.idle_ms,
      totalMs: timeouts.total_ms,
    },
    retries: {
      maxAttempts: retries.max_attempts,
      share: retries.share,
      minPerSecond: retries.min_per_second,
    },
    hedging: {
      share: hedging.share,
      minDelayMs: hedging.min_delay_ms,
      factor: hedging.factor,
    },
    health: healthOptions(routing.health),
  }
}

function healthOptions({
  breaker,
  penalty,
  slow_start: slowStart,
  limits,
  ...health
}: RoutingDocument['health']): RoutingConfig['health'] {
  return {
    breaker: {
      consecutiveFailures: breaker.consecutive_failures,
      minSuccessRate: breaker.min_success_rate,
      minResults: breaker.min_results,
      windowMs: breaker.window_ms,
      minOpenMs: breaker.min_open_ms,
      maxOpenMs: breaker.max_open_ms,
      probes: breaker.probes,
    },
    maxClosedMs: health.max_closed_ms,
    penalty: { factor: penalty.factor, minMs: penalty.min_ms, halfLifeMs: penalty.half_life_ms },
    slowStart: {
      windowMs: slowStart.window_ms,
      minShare: slowStart.min_share,
      aggression: slowStart.aggression,
      whenAdded: slowStart.when_added,
    },
    panicShare: health.panic_share,
    limits: { apply: limits.apply, minSlots: limits.min_slots },
  }
}
