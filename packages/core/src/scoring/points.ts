/**
 * Scores are whole millionths of a point. On this grid pairs that are equal on paper are equal in memory, however
 * their sums were rounded, so ties are ties; and integers add without error, so an optimum can be proved exactly.
 */
export const MICROPOINTS_PER_POINT = 1e6

/** The nearest score on the grid of millionths of a point; `-Infinity` stays. */
export function roundToMicropoint(points: number): number {
  return Math.round(points * MICROPOINTS_PER_POINT) / MICROPOINTS_PER_POINT
}
