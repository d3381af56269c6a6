/** What a model says it still lets through, of requests or of tokens, by its rate-limit headers. */
export interface Allowance {
  /** What it lets through in all until it is full again, > 0. */
  readonly limit: number
  /** What is left, ≥ 0. */
  readonly remaining: number
  /** Milliseconds ≥ 0 until it is full again. */
  readonly resetMs: number
}

/**
 * Requests at once that use an allowance up just when it is full again: until then it lets `limit` through (what is left,
 * and what flows in meanwhile), so by Little's law `limit / per request / reset × service time`. At least 1, rounded
 * down; `Infinity` while it is full, for then it has not been felt.
 *
 * Holds for token buckets that refill evenly (OpenAI and Anthropic document theirs so) and is the long-run rate of fixed
 * windows.
 *
 * @param perRequest - what one request takes of it, > 0: 1 of a request allowance, its tokens of a token allowance.
 * @param serviceMs - milliseconds one request takes.
 */
export function slotsWithin({ limit, resetMs }: Allowance, perRequest: number, serviceMs: number): number {
  if (resetMs === 0) return Infinity
  return Math.max(1, Math.floor((limit / perRequest / resetMs) * serviceMs))
}

/** Milliseconds until the allowance has enough for one more request; 0 when it has. */
export function refillMs({ limit, remaining, resetMs }: Allowance, perRequest: number): number {
  const missing = Math.min(perRequest, limit) - remaining
  if (missing <= 0) return 0
  return Math.min(resetMs, (resetMs * missing) / (limit - remaining))
}
