import type { RandomSource } from '../../random.js'
import type { TrackedModel } from '../../load/tracked.js'
import type { Slate } from '../slate.js'
import type { Policy } from './policy.js'

/** The least utilized. */
export const LEAST_UTILIZATION: Policy = {
  name: 'least_utilization',
  weigh(slate, nowMs) {
    for (let i = 0; i < slate.count; i++) slate.worth[i] = -usedShare(slate.model(i), nowMs)
  },
}

/**
 * The less utilized of two drawn at random among those with a slot: nearly as good as the least of all, and good where what
 * is known of loads is old. Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", IEEE TPDS 2001,
 * doi:10.1109/71.963420.
 */
export function powerOfTwo(random: RandomSource): Policy {
  return {
    name: 'power_of_two',
    isByChance: true,
    weigh(slate, nowMs) {
      const count = freeCount(slate)
      if (count <= 2) return LEAST_UTILIZATION.weigh(slate, nowMs)
      const one = Math.floor(random() * count)
      const drawn = Math.floor(random() * (count - 1))
      const other = drawn >= one ? drawn + 1 : drawn
      let seen = 0
      for (let i = 0; i < slate.count; i++) {
        slate.worth[i] = -Infinity
        if ((slate.free[i] as number) <= 0) continue
        if (seen === one || seen === other) slate.worth[i] = -usedShare(slate.model(i), nowMs)
        seen++
      }
    },
  }
}

/** 0..1; what is unknown counts as full. */
function usedShare(model: TrackedModel, nowMs: number): number {
  if (model.maxConcurrent === 0 || model.isStale(nowMs)) return 1
  return Math.min(1, (model.inFlight + model.external) / model.maxConcurrent)
}

/** How many candidates have a slot. */
export function freeCount({ free, count }: Slate): number {
  let found = 0
  for (let i = 0; i < count; i++) if ((free[i] as number) > 0) found++
  return found
}
