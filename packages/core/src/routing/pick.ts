import type { TrackedModel } from '../load/tracked.js'
import type { LoadTracker } from '../load/tracker.js'
import { penalised } from '../scoring/load-factor.js'
import type { Slate } from './slate.js'
import type { ConsideredModel, Decision, FilterReason } from './decision.js'
import type { Candidate } from './submission.js'

/**
 * The candidate with a free slot whose weighted score is greatest; `undefined` when none has a free slot.
 *
 * Exact ties go to the model that was given a request longest ago (then to the earliest candidate): a plain turn
 * counter would lock in step with alternating kinds of request and send each kind to one model for ever.
 */
export function pick(slate: Slate, loadWeight: number, nowMs: number): TrackedModel | undefined {
  let best: TrackedModel | undefined
  let bestWeighted = 0
  for (let i = 0; i < slate.count; i++) {
    const model = slate.models[i] as TrackedModel
    if (slate.freeSlots(i) <= 0) continue
    const weighted = (slate.scores[i] as number) * liveLoadFactor(model, loadWeight, nowMs)
    const wins =
      best === undefined ||
      weighted > bestWeighted ||
      (weighted === bestWeighted && model.lastAcquire < best.lastAcquire)
    if (!wins) continue
    best = model
    bestWeighted = weighted
  }
  return best
}

/** Why the model was chosen, or nobody, with the terms of every candidate in the order they were given. */
export function explain(
  candidates: readonly Candidate[],
  slate: Slate,
  tracker: LoadTracker,
  loadWeight: number,
  nowMs: number,
  chosen: TrackedModel | undefined,
): Decision {
  const considered = candidates.map(({ modelId, score }): ConsideredModel => {
    const model = tracker.find(modelId)
    // A model that came after the request began to wait is not among those it may be served by.
    if (model === undefined || !slate.has(model)) {
      return { modelId, score, utilization: null, terms: {}, worth: null, filteredBecause: 'unknown_model' }
    }
    const loadFactor = model.maxConcurrent === 0 ? 0 : liveLoadFactor(model, loadWeight, nowMs)
    const filteredBecause = filterReason(model, slate.inPanic, nowMs)
    return {
      modelId,
      score,
      utilization: model.utilization(nowMs),
      terms: { loadFactor },
      worth: score * loadFactor,
      ...(filteredBecause === undefined ? {} : { filteredBecause }),
    }
  })
  const common = { policy: 'weighted_load' as const, atMs: nowMs, considered, margin: null }
  return chosen === undefined ? common : { ...common, modelId: chosen.id }
}

/**
 * Load factor at the utilization before the placement, over target judged with it: so a request does not push a
 * model over its target while a comparable one is below. Unknown load weighs as full and over target.
 */
function liveLoadFactor(model: TrackedModel, loadWeight: number, nowMs: number): number {
  if (model.isStale(nowMs)) return penalised(1, loadWeight, true)
  const active = model.inFlight + model.external
  return penalised(Math.min(1, active / model.maxConcurrent), loadWeight, active + 1 > model.targetSlots)
}

function filterReason(model: TrackedModel, inPanic: boolean, nowMs: number): FilterReason | undefined {
  if (model.maxConcurrent === 0) return 'no_capacity'
  if ((inPanic ? model.freeSlotsInPanic : model.freeSlots) > 0) return undefined
  if (model.inFlight + model.external >= model.maxConcurrent) return 'overloaded'
  return model.health.reason(inPanic, nowMs) ?? 'overloaded'
}
