import { checkNotNegative, checkShare } from './check.js'

export interface HedgeBudgetOptions {
  /** Hedges allowed per request, 0..1; default 0.02. */
  readonly share?: number
  /** Unused hedges that are kept at most, ≥ 0; default 10: a stall of many requests at once is no reason to double them. */
  readonly most?: number
}

/** A fiftieth of fifty is one hedge, however floating point adds it up. */
const ROUNDING = 1e-9

/**
 * How many second attempts may be started on a missing first token. Each request puts `share` of a hedge aside, at most
 * `most`; a hedge takes one. So hedges ≤ share × requests at every moment, and a burst of them is bounded.
 *
 * Two in a hundred is enough to cut the tail (Dean and Barroso, "The Tail at Scale", CACM 2013,
 * doi:10.1145/2408776.2408794), and too little to be felt by the models.
 */
export class HedgeBudget {
  readonly #share: number
  readonly #most: number
  #kept = 0

  /** @throws {LoadstarError} `OPTION_INVALID` naming the option outside its range. */
  constructor(options: HedgeBudgetOptions = {}) {
    this.#share = options.share ?? 0.02
    this.#most = options.most ?? 10
    checkShare(this.#share, 'hedging.share')
    checkNotNegative(this.#most, 'hedging.most')
  }

  /** A request came; hedges themselves are not requests. */
  requested(): void {
    this.#kept = Math.min(this.#most, this.#kept + this.#share)
  }

  /** @returns whether one more hedge is within the budget; it then counts as made. */
  take(): boolean {
    if (this.left < 1) return false
    this.#kept = Math.max(0, this.#kept - 1)
    return true
  }

  /** Hedges that may be started at once, a whole number ≥ 0. */
  get left(): number {
    return Math.floor(this.#kept + ROUNDING)
  }
}
