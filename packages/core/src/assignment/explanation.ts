/** What the comparisons of an explanation hold constant. */
export const EXPLANATION_BASES = [
  /** Exact: everybody else is placed anew around the change. `optimal`, where the problem is a flow. */
  'reoptimised',
  /** Everybody else stays. `optimal` with constraints that are no flow. */
  'others_stay',
  /** As the agent saw it when its turn came. `greedy` and `balanced`. */
  'in_turn',
] as const
export type ExplanationBasis = (typeof EXPLANATION_BASES)[number]

/** Why the agents are where they are, and what each model's slots are worth. */
export interface Explanation {
  readonly basis: ExplanationBasis
  /** One for each assignment, in their order. */
  readonly assigned: readonly AssignedExplanation[]
  /** One for each agent without a model, in their order. */
  readonly unassigned: readonly UnassignedExplanation[]
  /** In the order the models were given. */
  readonly models: readonly ModelExplanation[]
}

export interface AssignedExplanation {
  readonly agentId: string
  readonly modelId: string
  /** Where it would go next; `null` when staying out is next, there is no other, or it was assigned by hand. */
  readonly runnerUpId: string | null
  /** 0..100: the match score there. */
  readonly runnerUpScore: number | null
  /**
   * Points by which the objective would fall if the agent went there (or stayed out) instead, ≥ 0; 0 is a tie. `null`
   * for manual assignments, which nobody compared, and where a turn left no other choice.
   */
  readonly margin: number | null
  /** Points its seats cost at the least prices: their load, and what others would gain by them; `null` off `reoptimised`. */
  readonly pricePaid: number | null
}

export interface UnassignedExplanation {
  readonly agentId: string
  /** The allowed model to whose seat it came nearest; `null` when there is none. */
  readonly nearestId: string | null
  /** 0..100: its match score there. */
  readonly score: number | null
  /** The match score there from which on it would have been placed, above 100 where none is enough; `null` when not known. */
  readonly enoughScore: number | null
}

/** All `null` for models without room and off `reoptimised`. */
export interface ModelExplanation {
  readonly modelId: string
  /**
   * Every price within these, in points per seat, supports the placement; they differ where duals are degenerate. The
   * least is what one seat more would be given up for, the greatest what one seat fewer would cost; `null` for no bound.
   */
  readonly priceLeast: number | null
  readonly priceGreatest: number | null
  /** Points that one more seat would add to the objective, ≥ 0. */
  readonly oneMoreSeat: number | null
  /** Solving anew with that seat gave exactly this; `null` where that would have taken too long. */
  readonly isConfirmed: boolean | null
}
