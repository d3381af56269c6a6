import type { Capability } from '../catalog/capability.js'
import type { Explanation } from './explanation.js'
import type { UnassignedReason } from './reason.js'
import type { Strategy } from './strategy.js'

/** What was measured of a pairing, where that was enough to count in its score. */
export interface MeasuredPerformance {
  /** 0..100: what success and latency say by themselves, before penalties; `null` where neither has a weight. */
  readonly score: number | null
  /** `matchScore` less `capabilityScore`, in points. */
  readonly adjustment: number
  /** 0..1. */
  readonly successRate: number
  /** Mean milliseconds of whole answers; `null` where there was none. */
  readonly latencyMs: number | null
}

/** One agent paired with one model. */
export interface Assignment {
  readonly agentId: string
  readonly agentName: string
  readonly modelId: string
  readonly modelName: string
  /** 0..100: `matchScore` × the load factor at the model's utilization just before this placement; `matchScore` without load balancing. */
  readonly score: number
  /** 0..100: how well the pair fits, load aside. */
  readonly matchScore: number
  /** 0..100: what capabilities and context give, feedback on them included; `matchScore` while nothing has been measured. */
  readonly capabilityScore: number
  /** What was measured; `null` where it does not count, or is too little. */
  readonly measured: MeasuredPerformance | null
  /** The strategy that made it, or `manual` for one that was fixed beforehand. */
  readonly method: Strategy | 'manual'
  /** Part of a placement proved best; never for manual ones, which nobody compared. */
  readonly isOptimal: boolean
  /** Required capabilities the model has. */
  readonly capabilityOverlap: readonly Capability[]
  /** Required capabilities the model lacks. */
  readonly missingRequired: readonly Capability[]
}

/** One agent that got no model, and why. */
export interface Unassigned {
  readonly agentId: string
  readonly agentName: string
  readonly reason: UnassignedReason
  /** The reason as a sentence, with the numbers of the case. */
  readonly message: string
}

/** What a model carries once each seat the run's assignments take counts as one request. */
export interface ModelUse {
  readonly modelId: string
  readonly modelName: string
  readonly maxConcurrent: number
  /** Before the run; the last number known where `isKnown` is false. */
  readonly activeRequests: number
  /** False where the load is stale or was not given. */
  readonly isKnown: boolean
  /** Agents assigned in this run, manual ones included. */
  readonly assigned: number
  /** Seats they take; more than `assigned` where an agent takes several. */
  readonly seatsTaken: number
  /**
   * `(activeRequests + seatsTaken) / maxConcurrent`, 0 when `maxConcurrent` is 0, `null` when the load is unknown;
   * above 1 only by manual assignments or a limit cut under load.
   */
  readonly utilization: number | null
  /** Points one more seat would add to what `optimal` maximises, 0 where seats are free; `null` for other strategies, filtered models, and constraints that are no flow. */
  readonly seatPrice: number | null
}

export interface AssignmentResult {
  /** In the order the agents were given. */
  readonly assignments: readonly Assignment[]
  /** In the order the agents were given. */
  readonly unassigned: readonly Unassigned[]
  /** Sum of `score` over the assignments: a function of the placement alone, so it compares between strategies. */
  readonly totalScore: number
  /** Mean of `matchScore`; 0 without assignments. */
  readonly avgMatchScore: number
  readonly strategy: Strategy
  readonly loadBalancing: boolean
  /** How many models were left out because they had no room before the run. */
  readonly modelsFiltered: number
  readonly filteredModelIds: readonly string[]
  /** In the order the models were given. */
  readonly models: readonly ModelUse[]
  /** Mean utilization over the models with a known load and `maxConcurrent` > 0; 0 when there is none. */
  readonly avgUtilization: number
  /** Proved: given the manual assignments no placement is worth more in what `optimal` maximises. Not checked, so false, for other strategies. */
  readonly isOptimal: boolean
  /** Points by which a better placement could at most exceed this one; `null` where that was not checked. */
  readonly optimalityGap: number | null
  /** Where the input asked for it. */
  readonly explanation?: Explanation
}
