import { checkNotNegative, checkPositive, checkShare } from './check.js'
import { RecentCounts } from './recent.js'

export interface RetryBudgetOptions {
  /** Retries allowed per recent success, 0..1; default 0.2. */
  readonly share?: number
  /** Retries a second allowed besides, ≥ 0; default 1, so that a quiet router can retry at all. */
  readonly minPerSecond?: number
  /** Milliseconds > 0 that count as recent; default 10,000. */
  readonly windowMs?: number
}

/** A fifth of five is one retry, however floating point adds it up. */
const ROUNDING = 1e-9

/**
 * How many retries the whole router may still make: `share × successes + minPerSecond × seconds`, over a sliding window.
 *
 * A count per request ("three attempts") multiplies the load of an outage by that count exactly when there is no room;
 * a share of successes lets single failures be retried and shuts retries off when nothing succeeds. Defaults are those
 * of Finagle's `RetryBudget` (20 % over 10 s) but for the least rate: its 10 a second is for services that answer in
 * milliseconds, models answer in seconds.
 */
export class RetryBudget {
  readonly #share: number
  readonly #least: number
  readonly #recent: RecentCounts

  /** @throws {LoadstarError} `OPTION_INVALID` naming the option outside its range. */
  constructor(options: RetryBudgetOptions = {}) {
    const { share = 0.2, minPerSecond = 1, windowMs = 10_000 } = options
    checkShare(share, 'retries.share')
    checkNotNegative(minPerSecond, 'retries.min_per_second')
    checkPositive(windowMs, 'retries.window_ms')
    this.#share = share
    this.#least = (minPerSecond * windowMs) / 1_000
    this.#recent = new RecentCounts(windowMs)
  }

  /** A request was answered whole. */
  succeeded(nowMs: number): void {
    this.#recent.addGood(nowMs)
  }

  /** @returns whether one more retry is within the budget; it then counts as made. */
  take(nowMs: number): boolean {
    if (this.left(nowMs) < 1) return false
    this.#recent.addBad(nowMs)
    return true
  }

  /** Retries that may be made at once, a whole number ≥ 0. */
  left(nowMs: number): number {
    const allowed = this.#share * this.#recent.good(nowMs) + this.#least
    return Math.max(0, Math.floor(allowed - this.#recent.bad(nowMs) + ROUNDING))
  }
}
