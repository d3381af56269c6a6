import type { RandomSource } from '../../random.js'
import type { Policy } from './policy.js'
import { freeCount } from './utilization.js'

/** Policies that look at nothing but which models have a slot: baselines to hold others against. */

/** The one that was given a request longest ago. */
export const ROUND_ROBIN: Policy = {
  name: 'round_robin',
  weigh(slate) {
    for (let i = 0; i < slate.count; i++) slate.worth[i] = -slate.model(i).lastAcquire
  },
}

/** One drawn at random among those with a slot. */
export function randomChoice(random: RandomSource): Policy {
  return {
    name: 'random',
    isByChance: true,
    weigh(slate) {
      const count = freeCount(slate)
      const drawn = count <= 1 ? 0 : Math.floor(random() * count)
      let seen = 0
      for (let i = 0; i < slate.count; i++) {
        slate.worth[i] = 0
        if ((slate.free[i] as number) <= 0) continue
        if (seen === drawn) slate.worth[i] = 1
        seen++
      }
    },
  }
}
