import { checkNotNegative, checkPositive, invalid } from '../health/check.js'

/** How a number that differs from request to request is drawn; all of it ≥ 0, in the unit of the field that has it. */
export type Distribution =
  | { readonly kind: 'constant'; readonly value: number }
  /** Evenly from `low` to `high`. */
  | { readonly kind: 'uniform'; readonly low: number; readonly high: number }
  | { readonly kind: 'exponential'; readonly mean: number }
  /** `sigma` ≥ 0 is the spread of the logarithm. */
  | { readonly kind: 'log_normal'; readonly median: number; readonly sigma: number }
  /** The same by its mean and its coefficient of variation, standard deviation / mean ≥ 0. */
  | { readonly kind: 'log_normal_mean'; readonly mean: number; readonly cv: number }

/**
 * One draw from two numbers in [0, 1). Two given numbers instead of a source, so that one request is as long relative
 * to others wherever it is served: policies are compared on the same sample path.
 *
 * Log-normal by Box and Muller, A Note on the Generation of Random Normal Deviates, 1958, doi:10.1214/aoms/1177706645.
 */
export function drawFrom(distribution: Distribution, first: number, second: number): number {
  switch (distribution.kind) {
    case 'constant':
      return distribution.value
    case 'uniform':
      return distribution.low + first * (distribution.high - distribution.low)
    case 'exponential':
      return -Math.log(1 - first) * distribution.mean
    case 'log_normal':
      return distribution.median * Math.exp(distribution.sigma * normal(first, second))
    case 'log_normal_mean': {
      const variance = Math.log(1 + distribution.cv ** 2)
      return distribution.mean * Math.exp(Math.sqrt(variance) * normal(first, second) - variance / 2)
    }
  }
}

/** The mean of what `drawFrom` gives. */
export function meanOf(distribution: Distribution): number {
  switch (distribution.kind) {
    case 'constant':
      return distribution.value
    case 'uniform':
      return (distribution.low + distribution.high) / 2
    case 'exponential':
    case 'log_normal_mean':
      return distribution.mean
    case 'log_normal':
      return distribution.median * Math.exp(distribution.sigma ** 2 / 2)
  }
}

/** @throws {LoadstarError} `OPTION_INVALID` naming the number outside its range. */
export function checkDistribution(distribution: Distribution, field: string): void {
  switch (distribution.kind) {
    case 'constant':
      return checkNotNegative(distribution.value, `${field}.value`)
    case 'uniform':
      checkNotNegative(distribution.low, `${field}.low`)
      checkNotNegative(distribution.high, `${field}.high`)
      if (distribution.high < distribution.low) {
        throw invalid(`${field}.high`, `must be ≥ low (${distribution.low})`, distribution.high)
      }
      return
    case 'exponential':
      return checkPositive(distribution.mean, `${field}.mean`)
    case 'log_normal':
      checkNotNegative(distribution.median, `${field}.median`)
      return checkNotNegative(distribution.sigma, `${field}.sigma`)
    case 'log_normal_mean':
      checkNotNegative(distribution.mean, `${field}.mean`)
      return checkNotNegative(distribution.cv, `${field}.cv`)
  }
}

/** 1 − u lies in (0, 1], whose logarithm is finite. */
function normal(first: number, second: number): number {
  return Math.sqrt(-2 * Math.log(1 - first)) * Math.cos(2 * Math.PI * second)
}
