import type { RandomSource } from '../random.js'

export interface Backoff {
  /** Milliseconds > 0: the shortest time, and half of the longest one the first time. */
  readonly leastMs: number
  /** Milliseconds ≥ `leastMs` that no time exceeds. */
  readonly mostMs: number
}

/**
 * Milliseconds to stay away the `attempt`-th time in a row (≥ 1): anywhere in `[least, min(most, least · 2^attempt)]`.
 *
 * Drawn from the whole span ("full jitter"), so that instances which lost a model together do not come back to it
 * together; the floor is there because coming back at once would be no back-off. M. Brooker, "Exponential Backoff And
 * Jitter", AWS Architecture Blog, 2015.
 */
export function backoffMs(attempt: number, { leastMs, mostMs }: Backoff, random: RandomSource): number {
  const longest = Math.min(mostMs, leastMs * 2 ** attempt)
  return leastMs + random() * (longest - leastMs)
}
