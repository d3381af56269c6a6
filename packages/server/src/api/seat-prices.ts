import type { AssignmentResult } from '@loadstar/core'

/** Points that one more seat of each model would add, by model id; empty for strategies that have no prices. */
export function seatPrices({ models }: Pick<AssignmentResult, 'models'>): ReadonlyMap<string, number> {
  return new Map(
    models.flatMap(({ modelId, seatPrice }): [string, number][] =>
      // Rounding may leave a seat that is worth nothing just below it.
      seatPrice === null ? [] : [[modelId, Math.max(0, seatPrice)]],
    ),
  )
}
