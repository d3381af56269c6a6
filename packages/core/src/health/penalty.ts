export interface PenaltyTerms {
  /** What a failure costs, in typical service times of the model; ≥ 0, and 0 switches the penalty off. */
  readonly factor: number
  /** Milliseconds ≥ 0 that a failure costs at least. */
  readonly leastMs: number
  /** Milliseconds > 0 after which a failure nothing came after counts half. */
  readonly halfLifeMs: number
}

/** Weight of the newest end in the share of failures: about the last ten count. */
const NEWEST_WEIGHT = 0.2
/** Below it a share adds less than any estimate is good for, and reads as none. */
const NEGLIGIBLE = 1e-3

/**
 * What a model's failures add to the time a request is expected to take there: the moving share of failures × what one
 * costs, `max(leastMs, factor × typical service time)`.
 *
 * Without it a model that fails in 5 ms looks like the fastest of all. It is kept apart from the measured averages, which
 * stay true, and is bounded by the cost of one failure however many come. It fades by itself, because a model that is
 * avoided makes no new results to clear its name with. After Finagle's Peak-EWMA, which sets failing or unknown nodes to
 * a penalty and lets it decay with time.
 */
export class FailurePenalty {
  #share = 0
  #atMs = 0
  readonly #terms: PenaltyTerms

  constructor(terms: PenaltyTerms) {
    this.#terms = terms
  }

  observe(failed: boolean, nowMs: number): void {
    if (!failed && this.#share === 0) return
    const share = this.#shareAt(nowMs)
    this.#share = share + NEWEST_WEIGHT * ((failed ? 1 : 0) - share)
    this.#atMs = nowMs
  }

  /** Whether there may be something to add. */
  get isAny(): boolean {
    return this.#share !== 0
  }

  /** @param typicalMs - milliseconds a request that succeeds takes there. */
  ms(typicalMs: number, nowMs: number): number {
    if (this.#share === 0) return 0
    const { factor, leastMs } = this.#terms
    return factor === 0 ? 0 : this.#shareAt(nowMs) * Math.max(leastMs, factor * typicalMs)
  }

  #shareAt(nowMs: number): number {
    const share = this.#share * 0.5 ** ((nowMs - this.#atMs) / this.#terms.halfLifeMs)
    return share < NEGLIGIBLE ? 0 : share
  }
}
