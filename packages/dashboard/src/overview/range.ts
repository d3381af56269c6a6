const SECOND_MS = 1000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** How far back people look. */
export const RANGES = [
  { value: 15 * MINUTE_MS, text: '15 min' },
  { value: HOUR_MS, text: '1 h' },
  { value: 6 * HOUR_MS, text: '6 h' },
  { value: DAY_MS, text: '24 h' },
  { value: 7 * DAY_MS, text: '7 d' },
] as const

export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** The finest steps that the server still has for a span, and that make no more points than a screen has pixels. */
export function stepMsFor({ fromMs, toMs }: Span, nowMs: number): number {
  const length = toMs - fromMs
  if (length <= HOUR_MS && fromMs >= nowMs - 2 * HOUR_MS) return 10 * SECOND_MS
  // The step before the first has to be there in full.
  return length <= DAY_MS && fromMs >= nowMs - DAY_MS - 5 * MINUTE_MS ? 5 * MINUTE_MS : HOUR_MS
}
