/** Answers of which the length is known before their line is trusted more than their mean. */
const ANSWERS_TO_TRUST = 10
/** Spread of lengths (tokens squared) below which a slope would be noise. */
const LEAST_SPREAD = 1
/** Weights grow with time instead of all sums shrinking; beyond this they are brought back to 1. */
const MOST_WEIGHT = 1e9

/**
 * How long answers of a length usually take at one model: a line over output tokens by least squares, whose weights fall
 * by e for each horizon, so that a bad quarter of an hour does not become what is usual. O(1) per answer.
 */
export class UsualLatency {
  readonly #horizonMs: number
  #startMs = 0
  #answers = 0
  #lengths = 0
  #weight = 0
  #ms = 0
  #counted = 0
  #tokens = 0
  #countedMs = 0
  #tokensSquared = 0
  #tokensMs = 0

  constructor(horizonMs: number) {
    this.#horizonMs = horizonMs
  }

  /** Milliseconds; `undefined` before the first answer. @param outputTokens - `undefined` when nobody counted. */
  expectedMs(outputTokens: number | undefined): number | undefined {
    if (this.#answers === 0) return undefined
    const mean = this.#ms / this.#weight
    if (outputTokens === undefined || this.#lengths < ANSWERS_TO_TRUST || this.#counted <= 0) return mean
    const tokens = this.#tokens / this.#counted
    const ms = this.#countedMs / this.#counted
    const spread = this.#tokensSquared / this.#counted - tokens * tokens
    if (spread < LEAST_SPREAD) return ms
    const slope = Math.max(0, (this.#tokensMs / this.#counted - tokens * ms) / spread)
    const first = ms - slope * tokens
    // Answers cannot begin before they were asked for: the line through the origin is next.
    return first >= 0 ? first + slope * outputTokens : (ms / tokens) * outputTokens
  }

  observe(latencyMs: number, outputTokens: number | undefined, nowMs: number): void {
    if (this.#answers === 0) this.#startMs = nowMs
    let weight = Math.exp((nowMs - this.#startMs) / this.#horizonMs)
    if (weight > MOST_WEIGHT) {
      this.#rescale(weight)
      this.#startMs = nowMs
      weight = 1
    }
    this.#answers++
    this.#weight += weight
    this.#ms += weight * latencyMs
    if (outputTokens === undefined) return
    this.#lengths++
    this.#counted += weight
    this.#tokens += weight * outputTokens
    this.#countedMs += weight * latencyMs
    this.#tokensSquared += weight * outputTokens * outputTokens
    this.#tokensMs += weight * outputTokens * latencyMs
  }

  #rescale(by: number): void {
    this.#weight /= by
    this.#ms /= by
    this.#counted /= by
    this.#tokens /= by
    this.#countedMs /= by
    this.#tokensSquared /= by
    this.#tokensMs /= by
  }
}
