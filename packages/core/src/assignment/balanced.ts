import { placeInTurn, weighted, type Placement, type PlacementProblem, type Worth } from './placement.js'

/** Points a model loses for each agent already placed on it in this run. */
const POINTS_PER_USE = 5

/**
 * Each agent in the order given takes the model with a free seat and the greatest
 * `score × load factor − 5 × uses already made in this run`, manual assignments counted as uses.
 *
 * The penalty comes after the factor: before it, a score driven below zero would gain from load. It may go below
 * zero and never rules a model out. O(rows · cols).
 */
export function placeBalanced(problem: PlacementProblem): Placement {
  return { columnOfRow: placeInTurn(problem, worthInBalance(problem)) }
}

export function worthInBalance(problem: PlacementProblem): Worth {
  const { scores, cols, manualUses } = problem
  return (row, col, placed) => {
    const uses = (manualUses[col] as number) + placed
    return weighted(scores[row * cols + col] as number, problem.factorAt(col, placed)) - POINTS_PER_USE * uses
  }
}
