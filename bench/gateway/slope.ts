/** Resident memory at one instant. */
export interface Point {
  readonly hours: number
  readonly mib: number
}

interface Slope {
  /** MiB per hour. */
  readonly perHour: number
  readonly standardError: number
}

/** Samples that are taken together: memory goes up and down with the collector's work, and neighbours are alike. */
const TOGETHER = 15

/**
 * Least squares through the means of 15 neighbours each. The standard error supposes that these scatter independently; of
 * fewer than three it is `NaN`.
 */
export function slopeOf(points: readonly Point[]): Slope {
  const means: Point[] = []
  for (let from = 0; from + TOGETHER <= points.length; from += TOGETHER) {
    const part = points.slice(from, from + TOGETHER)
    means.push({ hours: mean(part.map(({ hours }) => hours)), mib: mean(part.map(({ mib }) => mib)) })
  }
  const x = mean(means.map(({ hours }) => hours))
  const y = mean(means.map(({ mib }) => mib))
  const sxx = sum(means.map(({ hours }) => (hours - x) ** 2))
  const perHour = sum(means.map(({ hours, mib }) => (hours - x) * (mib - y))) / sxx
  const residual = sum(means.map(({ hours, mib }) => (mib - y - perHour * (hours - x)) ** 2))
  const freedom = means.length - 2
  return { perHour, standardError: freedom > 0 ? Math.sqrt(residual / freedom / sxx) : NaN }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length
}
