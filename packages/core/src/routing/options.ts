import { checkNotNegative, checkPositive, checkShare, checkWhole, invalid } from '../health/check.js'
import { type HealthOptions, resolveHealth } from '../health/options.js'
import { checkMs } from '../load/check.js'
import { DEFAULT_STALE_AFTER_MS } from '../load/tracker.js'
import { checkLoadWeight, DEFAULT_LOAD_WEIGHT } from '../scoring/load-factor.js'
import { PRIORITIES, type Priority } from './priority.js'

/** How a model is chosen among those that are free; docs/concepts/routing.md tells what each does. */
export const POLICIES = [
  'bid',
  'weighted_load',
  'least_utilization',
  'power_of_two',
  'round_robin',
  'random',
] as const

export type PolicyName = (typeof POLICIES)[number]

export interface BidOptions {
  /** Points (of 100) that one second of waiting or being served costs a request, ≥ 0; default 1. */
  readonly timeValue?: number
  /** Points that one US dollar costs, ≥ 0; default 100: a cent is a point. */
  readonly costWeight?: number
  /** Share of the slots of a request's candidates, ≥ 0: with as many waiting, no slot is held back; default 0.1. */
  readonly holdShare?: number
  /** Points, ≥ 0, that a request gives up rather than wait for a better model; default 2. */
  readonly holdSlack?: number
  /** Utilization of the slots within target above which the price of a slot rises, (0, 1]; default 0.92. */
  readonly priceTarget?: number
  /** Milliseconds > 0 from one reckoning of prices to the next; default 2,000. */
  readonly repriceMs?: number
  /** Requests, the latest that came, that prices are reckoned from, integer ≥ 1; default 600. */
  readonly priceWindow?: number
}

export interface QueueOptions {
  /** Milliseconds > 0 of waiting that raise a request by one priority; default 5,000. */
  readonly ageingMs?: number
  /** Priorities that may use a model's slots above its target; default `['system']`. */
  readonly aboveTarget?: readonly Priority[]
  /** Share of each model's slots within target that is kept for a priority, 0..1, at most 1 in all; default none. */
  readonly floors?: Partial<Readonly<Record<Priority, number>>>
  /** Milliseconds ≥ 0 before the end of its wait at which a queue may use slots above target; default 1,000. */
  readonly rescueMs?: number
  /** Bytes ≥ 0 that all who wait may hold together; default 256 MiB. */
  readonly maxBytes?: number
  /** How many input tokens one output token counts in the account between tenants, ≥ 0; default 2. */
  readonly outputWeight?: number
  /** Such tokens, ≥ 0, that a tenant may be ahead of another one that waits before it is passed; default 8,000. */
  readonly shareSlack?: number
}

export interface RouterOptions {
  /** Default `bid`. */
  readonly policy?: PolicyName
  readonly bid?: BidOptions
  readonly queue?: QueueOptions
  /** Of `weighted_load`: how strongly utilization lowers a score, 0..1; default 0.3. */
  readonly loadWeight?: number
  /** Milliseconds ≥ 0 a request waits when it does not say; default 30,000, within usual client timeouts. */
  readonly maxWaitMs?: number
  /** Milliseconds ≥ 0 after its last report at which a model's load counts as unknown; default 60,000. */
  readonly staleAfterMs?: number
  /** How models are judged, and what follows. */
  readonly health?: HealthOptions
  /** Share of requests, 0..1, that go where there is most to learn instead of where the policy says; default 0. */
  readonly exploreShare?: number
  /** Integer, default 0: everything random is drawn from it. Routers that share models should differ in it. */
  readonly seed?: number
}

/** `BidOptions`, defaulted and checked. */
export type BidRules = Required<BidOptions>

/** `QueueOptions`, defaulted and checked. */
export interface QueueRules {
  readonly ageingMs: number
  /** By rank: whether slots above target may be used. */
  readonly isAbove: readonly boolean[]
  /** By rank: share of the slots within target that is kept; `undefined` when none is. */
  readonly floors: readonly number[] | undefined
  readonly rescueMs: number
  readonly maxBytes: number
  readonly outputWeight: number
  readonly shareSlack: number
}

/** @throws {LoadstarError} `OPTION_INVALID` naming the option outside its range. */
export function resolveOptions(options: RouterOptions) {
  const resolved = {
    policy: options.policy ?? 'bid',
    bid: bidRules(options.bid),
    queue: queueRules(options.queue),
    loadWeight: options.loadWeight ?? DEFAULT_LOAD_WEIGHT,
    maxWaitMs: options.maxWaitMs ?? 30_000,
    staleAfterMs: options.staleAfterMs ?? DEFAULT_STALE_AFTER_MS,
    health: options.health ?? {},
    panicShare: resolveHealth(options.health).panicShare,
    exploreShare: options.exploreShare ?? 0,
    seed: options.seed ?? 0,
  }
  if (!POLICIES.includes(resolved.policy)) {
    throw invalid('policy', `must be one of ${POLICIES.join(', ')}`, resolved.policy)
  }
  checkLoadWeight(resolved.loadWeight)
  checkMs(resolved.maxWaitMs, 'max_wait_ms')
  checkShare(resolved.exploreShare, 'explore_share')
  checkMs(resolved.staleAfterMs, 'stale_after_ms')
  if (!Number.isSafeInteger(resolved.seed)) throw invalid('seed', 'must be an integer', resolved.seed)
  return resolved
}

function bidRules(options: BidOptions = {}): BidRules {
  const { timeValue = 1, costWeight = 100, holdShare = 0.1, holdSlack = 2 } = options
  const { priceTarget = 0.92, repriceMs = 2_000, priceWindow = 600 } = options
  checkNotNegative(timeValue, 'bid.time_value')
  checkNotNegative(costWeight, 'bid.cost_weight')
  checkNotNegative(holdShare, 'bid.hold_share')
  checkNotNegative(holdSlack, 'bid.hold_slack')
  checkPositive(priceTarget, 'bid.price_target')
  checkShare(priceTarget, 'bid.price_target')
  checkPositive(repriceMs, 'bid.reprice_ms')
  checkWhole(priceWindow, 1, 'bid.price_window')
  return { timeValue, costWeight, holdShare, holdSlack, priceTarget, repriceMs, priceWindow }
}

function queueRules(options: QueueOptions = {}): QueueRules {
  const { ageingMs = 5_000, aboveTarget = ['system'], floors = {} } = options
  const { rescueMs = 1_000, maxBytes = 256 * 1_048_576, outputWeight = 2, shareSlack = 8_000 } = options
  checkPositive(ageingMs, 'queue.ageing_ms')
  checkMs(rescueMs, 'queue.rescue_ms')
  checkNotNegative(maxBytes, 'queue.max_bytes')
  checkNotNegative(outputWeight, 'queue.output_weight')
  checkNotNegative(shareSlack, 'queue.share_slack')
  for (const name of [...aboveTarget, ...Object.keys(floors)]) {
    if (!PRIORITIES.some((priority) => priority === name)) {
      const field = aboveTarget.some((other) => other === name) ? 'queue.above_target' : 'queue.floors'
      throw invalid(field, `must name priorities (${PRIORITIES.join(', ')})`, name)
    }
  }
  const shares = PRIORITIES.map((priority) => floors[priority] ?? 0)
  PRIORITIES.forEach((priority, rank) => checkShare(shares[rank] as number, `queue.floors.${priority}`))
  const sum = shares.reduce((total, share) => total + share, 0)
  // Decimals that add up to 1 may be a little above it in binary.
  if (sum > 1 + 1e-9) throw invalid('queue.floors', 'must add up to at most 1', sum)
  return {
    ageingMs,
    isAbove: PRIORITIES.map((priority) => aboveTarget.includes(priority)),
    floors: sum === 0 ? undefined : shares,
    rescueMs,
    maxBytes,
    outputWeight,
    shareSlack,
  }
}
