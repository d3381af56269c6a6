import { LoadstarError } from '../error.js'
import { type HealthOptions, resolveHealth } from '../health/options.js'
import { checkMs } from '../load/check.js'
import { DEFAULT_STALE_AFTER_MS } from '../load/tracker.js'
import { checkLoadWeight, DEFAULT_LOAD_WEIGHT } from '../scoring/load-factor.js'

export interface RouterOptions {
  /** How strongly utilization lowers a score, 0..1; default 0.3. */
  readonly loadWeight?: number
  /** Milliseconds ≥ 0 a request waits when it does not say; default 30,000, within usual client timeouts. */
  readonly maxWaitMs?: number
  /** Milliseconds ≥ 0 after its last report at which a model's load counts as unknown; default 60,000. */
  readonly staleAfterMs?: number
  /** How models are judged, and what follows. */
  readonly health?: HealthOptions
  /** Integer, default 0: everything random is drawn from it. Routers that share models should differ in it. */
  readonly seed?: number
}

/** @throws {LoadstarError} `OPTION_INVALID` naming the option outside its range. */
export function resolveOptions(options: RouterOptions) {
  const resolved = {
    loadWeight: options.loadWeight ?? DEFAULT_LOAD_WEIGHT,
    maxWaitMs: options.maxWaitMs ?? 30_000,
    staleAfterMs: options.staleAfterMs ?? DEFAULT_STALE_AFTER_MS,
    health: options.health ?? {},
    panicShare: resolveHealth(options.health).panicShare,
    seed: options.seed ?? 0,
  }
  checkLoadWeight(resolved.loadWeight)
  checkMs(resolved.maxWaitMs, 'max_wait_ms')
  checkMs(resolved.staleAfterMs, 'stale_after_ms')
  if (!Number.isSafeInteger(resolved.seed)) {
    throw new LoadstarError('OPTION_INVALID', 'seed', 'must be an integer', resolved.seed)
  }
  return resolved
}
