/** Weight of the newest request once there are many: about the last fifty count. */
const NEWEST_WEIGHT = 0.04

/**
 * How many tokens one model counts in a request for each that was estimated before it was sent: tokenizers differ, and an
 * estimate knows none of them. Ratio of two moving averages, so that long requests, which cost most, weigh most. O(1).
 */
export class TokenScale {
  #requests = 0
  #estimated = 0
  #counted = 0
  /** 1 while nothing is known. */
  factor = 1

  /** @param estimated - tokens, ≥ 0. @param counted - by the model, ≥ 0. */
  observe(estimated: number, counted: number): void {
    this.#requests++
    const weight = Math.max(NEWEST_WEIGHT, 1 / this.#requests)
    this.#estimated += weight * (estimated - this.#estimated)
    this.#counted += weight * (counted - this.#counted)
    if (this.#estimated > 0) this.factor = this.#counted / this.#estimated
  }
}
