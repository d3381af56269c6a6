import { LoadstarError } from '../error.js'

/** How much each term counts in a capability score; each ≥ 0, together 1. */
export interface CapabilityWeights {
  readonly required: number
  readonly preferred: number
  readonly context: number
}

export const DEFAULT_CAPABILITY_WEIGHTS: CapabilityWeights = { required: 0.7, preferred: 0.2, context: 0.1 }

/** How far a sum of weights may be from 1: what writing them as decimals costs. */
const SUM_TOLERANCE = 1e-9

/** @throws {LoadstarError} `WEIGHTS_INVALID` for a weight that is not ≥ 0, or weights that do not sum to 1. */
export function checkWeights(weights: CapabilityWeights): void {
  for (const name of ['required', 'preferred', 'context'] as const) {
    const weight = weights[name]
    if (!(Number.isFinite(weight) && weight >= 0)) {
      throw new LoadstarError('WEIGHTS_INVALID', `weights.${name}`, 'must be a finite number ≥ 0', weight)
    }
  }
  const sum = weights.required + weights.preferred + weights.context
  if (Math.abs(sum - 1) > SUM_TOLERANCE) {
    throw new LoadstarError('WEIGHTS_INVALID', 'weights', 'must sum to 1', sum)
  }
}
