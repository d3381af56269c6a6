import { placeBalanced } from './balanced.js'
import { isFlow, placeWithinBound } from './bounded.js'
import { placeGreedily } from './greedy.js'
import { placeOptimally } from './optimal.js'
import type { Placement, PlacementProblem } from './placement.js'

export const STRATEGIES = ['greedy', 'balanced', 'optimal'] as const
export type Strategy = (typeof STRATEGIES)[number]

/** The assembly of strategies: a new one is a file, a name above and a line here. */
export const PLACERS: Readonly<Record<Strategy, (problem: PlacementProblem) => Placement>> = {
  greedy: placeGreedily,
  balanced: placeBalanced,
  optimal: (problem) => (isFlow(problem) ? placeOptimally(problem) : placeWithinBound(problem)),
}
