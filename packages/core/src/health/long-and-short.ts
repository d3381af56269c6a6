/** Samples that make up "usual" (Netflix Gradient2: 600) and "recent". */
const LONG = 600
const SHORT = 10
/** Samples before the two are compared, averaged evenly. */
const WARM_UP = 10
/** Above this ratio usual follows down faster, so that a bad stretch that was taken for usual is forgotten (Gradient2). */
const FORGET_ABOVE = 2
const FORGETTING = 0.95

/** What a time usually is and what it was recently: two exponential averages over the same samples. */
export class LongAndShort {
  #long = 0
  #short = 0
  #count = 0

  /** @param ms - milliseconds ≥ 0. */
  add(ms: number): void {
    this.#count++
    this.#long += (ms - this.#long) / Math.min(this.#count, LONG)
    this.#short += (ms - this.#short) / Math.min(this.#count, SHORT)
    if (this.#long > FORGET_ABOVE * this.#short) this.#long *= FORGETTING
  }

  /** Usual / recent: below 1 where it became slower. `Infinity`, so not limiting, before enough was seen. */
  get ratio(): number {
    return this.#count < WARM_UP || this.#short === 0 ? Infinity : this.#long / this.#short
  }
}
