import { placeInTurn, weighted, type Placement, type PlacementProblem, type Worth } from './placement.js'

/**
 * Each agent in the order given takes the model with a free seat and the greatest `score × load factor`, the factor
 * at the projected utilization before its own placement. O(rows · cols).
 */
export function placeGreedily(problem: PlacementProblem): Placement {
  return { columnOfRow: placeInTurn(problem, worthInTurn(problem)) }
}

export function worthInTurn(problem: PlacementProblem): Worth {
  const { scores, cols } = problem
  return (row, col, placed) => weighted(scores[row * cols + col] as number, problem.factorAt(col, placed))
}
