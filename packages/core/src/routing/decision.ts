import type { HealthReason } from '../health/model-health.js'
import type { PolicyName } from './options.js'

/** Why a candidate was not eligible. */
export type FilterReason =
  | 'unknown_model'
  | 'no_capacity'
  | 'overloaded'
  /** Free slots, but only above the target, which this request may not use. */
  | 'over_target'
  /** Free slots, but kept for requests of other priorities. */
  | 'reserved'
  | HealthReason

/** What a policy's worth is made of; which are given depends on the policy. */
export interface Terms {
  /** `weighted_load`: what the score is multiplied by, 0..1. */
  readonly loadFactor?: number
  /** `bid`: what the request is expected to cost there, US dollars. */
  readonly costUsd?: number
  /** `bid`: milliseconds it is expected to take there, what failures add included. */
  readonly serviceMs?: number
  /** `bid`: points charged for a second of one of its slots: its price by the share of its slots in use. */
  readonly slotPrice?: number
}

/** One candidate in a decision. */
export interface ConsideredModel {
  readonly modelId: string
  readonly score: number
  /** In-flight / max_concurrent at the decision, before the placement; `null` where the load is unknown. */
  readonly utilization: number | null
  readonly terms: Terms
  /**
   * What candidates are compared by, the greatest wins; `null` for a model that is unknown or has no capacity, and for one
   * that `power_of_two` did not draw.
   */
  readonly worth: number | null
  readonly filteredBecause?: FilterReason
}

/** The least change of one term with which another model would have been given the request. */
export interface Counterfactual {
  readonly modelId: string
  readonly term: 'utilization' | 'score' | 'slot_price'
  /** The other model would win with the term below, or above, the value. */
  readonly when: 'below' | 'above'
  readonly value: number
}

/** Why a request was given, or not given, a model. */
export interface Decision {
  readonly policy: PolicyName
  /** Absent when nobody was chosen. */
  readonly modelId?: string
  readonly atMs: number
  readonly considered: readonly ConsideredModel[]
  /** It was given the model to learn of it, and not because it is worth most; absent otherwise. */
  readonly isExplored?: true
  /** Worth of the chosen less that of the next best free candidate; `null` when there was no other. Below 0 where it was explored. */
  readonly margin: number | null
  readonly counterfactual?: Counterfactual
}
