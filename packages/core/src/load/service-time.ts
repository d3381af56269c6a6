import type { Pace } from '../catalog/model.js'

/** Weight of the newest answer once there are many: about the last hundred count. */
const NEWEST_WEIGHT = 0.02
/** Answers with known length before their line is trusted more than what was said of the model. */
const ANSWERS_TO_TRUST = 10
/** Spread of lengths (tokens squared) below which a slope would be noise. */
const LEAST_SPREAD = 1

/**
 * How long requests take at one model, learned from whole answers: their mean, and a line over output tokens whose
 * intercept is the time to first token and whose slope is the time per token. Least squares with exponentially decaying
 * weights, O(1) per answer.
 */
export class ServiceTime {
  #answers = 0
  #meanMs = 0
  #counted = 0
  #tokens = 0
  #ms = 0
  #tokensSquared = 0
  #tokensMs = 0
  #pace: Pace | undefined
  /** The line in use, kept as plain numbers for decisions over many models; the mean while there is none, `NaN` for nothing known. */
  interceptMs = NaN
  slopeMs = 0

  setPace(pace: Pace | undefined): void {
    this.#pace = pace
    this.#refresh()
  }

  /** A request was answered whole. @param outputTokens - `undefined` when nobody counted. */
  observe(serviceMs: number, outputTokens: number | undefined): void {
    this.#answers++
    this.#meanMs += Math.max(NEWEST_WEIGHT, 1 / this.#answers) * (serviceMs - this.#meanMs)
    if (outputTokens !== undefined) this.#count(serviceMs, outputTokens)
    this.#refresh()
  }

  #count(serviceMs: number, outputTokens: number): void {
    this.#counted++
    const weight = Math.max(NEWEST_WEIGHT, 1 / this.#counted)
    this.#tokens += weight * (outputTokens - this.#tokens)
    this.#ms += weight * (serviceMs - this.#ms)
    this.#tokensSquared += weight * (outputTokens * outputTokens - this.#tokensSquared)
    this.#tokensMs += weight * (outputTokens * serviceMs - this.#tokensMs)
  }

  /** Milliseconds; `undefined` before the first answer. */
  get meanMs(): number | undefined {
    return this.#answers === 0 ? undefined : this.#meanMs
  }

  /** Milliseconds that an answer of so many tokens takes; `undefined` while nothing is known. */
  expectedMs(outputTokens: number): number | undefined {
    const expected = this.interceptMs + this.slopeMs * outputTokens
    return Number.isNaN(expected) ? undefined : expected
  }

  #refresh(): void {
    if (this.#counted < ANSWERS_TO_TRUST) {
      const mean = this.#answers === 0 ? NaN : this.#meanMs
      this.interceptMs = this.#pace?.firstTokenMs ?? mean
      this.slopeMs = this.#pace?.outputTokenMs ?? 0
      return
    }
    const spread = this.#tokensSquared - this.#tokens * this.#tokens
    const slope = spread < LEAST_SPREAD ? 0 : (this.#tokensMs - this.#tokens * this.#ms) / spread
    this.slopeMs = Math.max(0, slope)
    this.interceptMs = this.#ms - this.slopeMs * this.#tokens
    if (this.interceptMs >= 0) return
    // Answers cannot begin before they were asked for: the line through the origin is next.
    this.interceptMs = 0
    this.slopeMs = this.#tokens > 0 ? this.#ms / this.#tokens : 0
  }
}
