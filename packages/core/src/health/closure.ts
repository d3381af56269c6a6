/**
 * Until when admission to a model is closed after it said (429 or 503 with retry-after) to come back in `retryAfterMs`.
 * A later answer never shortens what an earlier one asked for; nothing closes it for longer than `mostMs` from now, for a
 * wrong or a day-long header must not take a model out for good: after that a request finds out.
 *
 * @param untilMs - what holds so far; in the past where nothing does.
 */
export function closedUntilMs(untilMs: number, retryAfterMs: number, mostMs: number, nowMs: number): number {
  return Math.max(untilMs, nowMs + Math.min(retryAfterMs, mostMs))
}
