import type { FilterReason } from './decision.js'
import type { Slate } from './slate.js'

/** Why a candidate on the slate has no slot for the request; `undefined` when it has one. */
export function filterReason(slate: Slate, i: number, nowMs: number): FilterReason | undefined {
  const { inPanic, isAbove, rank } = slate
  const model = slate.model(i)
  if (model.maxConcurrent === 0) return 'no_capacity'
  if ((slate.free[i] as number) > 0) return undefined
  const used = model.inFlight + model.external
  if (used >= model.maxConcurrent) return 'overloaded'
  const room = inPanic ? model.freeSlotsInPanic : model.freeSlots
  if (room <= 0) return model.health.reason(inPanic, nowMs) ?? 'overloaded'
  if (!isAbove && model.freeWithinTarget <= 0) return 'over_target'
  return model.freeFor(rank, true, inPanic) < room ? 'reserved' : 'over_target'
}
