import { LoadstarError } from '../error.js'

/** How strongly load lowers a score when nothing is said: a full model loses three tenths. */
export const DEFAULT_LOAD_WEIGHT = 0.3

/** A further factor above target utilization, so that the last fifth of a model is taken last. */
const OVER_TARGET_FACTOR = 0.8

/**
 * Slack in the comparison with the target, against decimals: a target computed as `0.1 + 0.7` is a little below 0.8,
 * and 40 of 50 is not above it; 0.57 × 100 is a little below 57. One request of up to a billion slots is more than this.
 */
export const TARGET_TOLERANCE = 1e-9

/** Load of a model as the scorers see it. */
export interface LoadTerms {
  /** Requests in flight / max_concurrent, ≥ 0, above 1 read as 1; `null` when unknown, read as 1 and never as idle. */
  readonly utilization: number | null
  /** (0, 1]. */
  readonly targetUtilization: number
  /** 0..1. */
  readonly loadWeight: number
}

/**
 * What a score is multiplied by for the load of its model: `1 − loadWeight × utilization`, and a further `× 0.8`
 * when utilization is above target (exactly at target is not above).
 *
 * @returns 0..1, never rising with utilization.
 * @throws {LoadstarError} `OPTION_INVALID` for a term outside its range.
 */
export function loadFactor(terms: LoadTerms): number {
  const { utilization, targetUtilization, loadWeight } = terms
  checkLoadWeight(loadWeight)
  if (!(targetUtilization > 0 && targetUtilization <= 1)) {
    throw new LoadstarError('OPTION_INVALID', 'target_utilization', 'must be in (0, 1]', targetUtilization)
  }
  if (utilization !== null && !(utilization >= 0)) {
    throw new LoadstarError('OPTION_INVALID', 'utilization', 'must be ≥ 0, or null when unknown', utilization)
  }
  return factorAt(utilization, targetUtilization, loadWeight)
}

/** `loadFactor` for a caller that has checked its input. */
export function factorAt(utilization: number | null, targetUtilization: number, loadWeight: number): number {
  const used = Math.min(1, utilization ?? 1)
  // With a target of 1 nothing is above it, but the unknown still counts as such.
  return penalised(used, loadWeight, utilization === null || used > targetUtilization + TARGET_TOLERANCE)
}

/** The formula itself, for a caller that has judged what is over target by its own rule. */
export function penalised(utilization: number, loadWeight: number, isOverTarget: boolean): number {
  const factor = 1 - loadWeight * utilization
  return isOverTarget ? factor * OVER_TARGET_FACTOR : factor
}

/** @throws {LoadstarError} `OPTION_INVALID` unless within 0..1. */
export function checkLoadWeight(loadWeight: number): void {
  if (!(typeof loadWeight === 'number' && loadWeight >= 0 && loadWeight <= 1)) {
    throw new LoadstarError('OPTION_INVALID', 'load_weight', 'must be within 0..1', loadWeight)
  }
}
