import type { ConsideredModel } from '../api/views'

/** How the worth of a candidate comes about, in points: `worth + slots + rest = score`. */
export interface WorthParts {
  readonly score: number
  readonly worth: number
  /** What the time of its slot is charged. */
  readonly slots: number
  /** What its price and its time are charged; under weighted load, what its utilization takes. */
  readonly rest: number
}

const MS_PER_SECOND = 1000

/** `null` for a candidate that could never serve the request. */
export function worthParts({ score, worth, slot_price, service_ms }: ConsideredModel): WorthParts | null {
  if (worth === null) return null
  const slots = ((slot_price ?? 0) * (service_ms ?? 0)) / MS_PER_SECOND
  return { score, worth, slots, rest: Math.max(0, score - worth - slots) }
}
