import { type Allowance, refillMs, slotsWithin } from './allowance.js'
import { type AnswerTimes, GradientLimit } from './gradient.js'

/** What an answer's rate-limit headers said; what they did not say is left out. */
export interface RateLimits {
  readonly requests?: Allowance
  readonly tokens?: Allowance
}

/** What one request takes of a model, for turning an allowance into slots. */
export interface RequestSize {
  /** Milliseconds a request takes, > 0. */
  readonly serviceMs: number
  /** Input and output tokens a request has, > 0. */
  readonly tokens: number
}

/**
 * The concurrency one model seems to bear, from its answer times and from its rate-limit headers: the lesser of both,
 * never above the configured cap. It proposes; whether that is applied is decided elsewhere.
 */
export class DiscoveredLimit {
  readonly #gradient = new GradientLimit()
  #allowedSlots = Infinity
  #allowedUntilMs = -Infinity

  /** See `GradientLimit.observe`. */
  answered(times: AnswerTimes, inFlight: number, cap: number): void {
    this.#gradient.observe(times, inFlight, cap)
  }

  /**
   * Takes over what the newest headers said; it holds until the allowances are full again.
   *
   * @returns milliseconds until they let one more request through; 0 when they do.
   */
  told({ requests, tokens }: RateLimits, size: RequestSize, nowMs: number): number {
    const byRequests = requests === undefined ? Infinity : slotsWithin(requests, 1, size.serviceMs)
    const byTokens = tokens === undefined ? Infinity : slotsWithin(tokens, size.tokens, size.serviceMs)
    this.#allowedSlots = Math.min(byRequests, byTokens)
    this.#allowedUntilMs = nowMs + Math.max(requests?.resetMs ?? 0, tokens?.resetMs ?? 0)
    const requestsMs = requests === undefined ? 0 : refillMs(requests, 1)
    return Math.max(requestsMs, tokens === undefined ? 0 : refillMs(tokens, size.tokens))
  }

  /** Slots proposed, a whole number from `min(least, cap)` to `cap`. */
  slots(cap: number, least: number, nowMs: number): number {
    const allowed = nowMs < this.#allowedUntilMs ? this.#allowedSlots : Infinity
    return Math.min(cap, Math.max(least, Math.min(allowed, this.#gradient.slots(cap))))
  }

  /** When what the headers said no longer holds and the proposal may rise; `Infinity` when that changes nothing. */
  risesMs(nowMs: number): number {
    return this.#allowedSlots < Infinity && nowMs < this.#allowedUntilMs ? this.#allowedUntilMs : Infinity
  }
}
