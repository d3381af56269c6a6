import type { PolicyName } from '../options.js'
import type { Slate } from '../slate.js'

/**
 * What a candidate is worth to a request. `Router` filters before (`slate.free`), picks the greatest worth after, and
 * calls `weigh` once for each decision that has a candidate with a slot.
 */
export interface Policy {
  readonly name: PolicyName
  /** Whether it draws lots: then it must not weigh what is not decided. */
  readonly isByChance?: boolean
  /** Writes `slate.worth`, and the terms it has, for every candidate; `-Infinity` is never picked before another. */
  weigh(slate: Slate, nowMs: number): void
}
