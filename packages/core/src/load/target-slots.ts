import type { Capacity } from '../catalog/model.js'
import { TARGET_TOLERANCE } from '../scoring/load-factor.js'

type Slots = Pick<Capacity, 'maxConcurrent' | 'targetUtilization'>

/** Slots that may be in use without the target being passed; none where it is less than one slot. */
export function slotsWithinTarget({ maxConcurrent, targetUtilization }: Slots): number {
  return Math.min(maxConcurrent, Math.floor((targetUtilization + TARGET_TOLERANCE) * maxConcurrent))
}

/** The same, but one at least: a model of a single slot could never be used otherwise. */
export function slotsForUse(model: Slots): number {
  return Math.min(model.maxConcurrent, Math.max(1, slotsWithinTarget(model)))
}
