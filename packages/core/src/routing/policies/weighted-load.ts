import type { TrackedModel } from '../../load/tracked.js'
import { penalised } from '../../scoring/load-factor.js'
import type { Policy } from './policy.js'

/** `score × load factor`. */
export function weightedLoad(loadWeight: number): Policy {
  return {
    name: 'weighted_load',
    weigh(slate, nowMs) {
      for (let i = 0; i < slate.count; i++) {
        const factor = liveLoadFactor(slate.model(i), loadWeight, nowMs)
        slate.loadFactor[i] = factor
        slate.worth[i] = (slate.choice.scores[i] as number) * factor
      }
    },
  }
}

/**
 * Load factor at the utilization before the placement, over target judged with it: so a request does not push a
 * model over its target while a comparable one is below. Unknown load weighs as full and over target.
 */
function liveLoadFactor(model: TrackedModel, loadWeight: number, nowMs: number): number {
  if (model.maxConcurrent === 0) return 0
  if (model.isStale(nowMs)) return penalised(1, loadWeight, true)
  const active = model.inFlight + model.external
  return penalised(Math.min(1, active / model.maxConcurrent), loadWeight, active + 1 > model.targetSlots)
}
