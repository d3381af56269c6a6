import { placeInTurn, weighted, type Placement, type PlacementProblem } from './placement.js'

/**
 * Each agent in the order given takes the model with a free seat and the greatest `score × load factor`, the factor
 * at the projected utilization before its own placement. O(rows · cols).
 */
export function placeGreedily(problem: PlacementProblem): Placement {
  const { scores, cols } = problem
  return {
    columnOfRow: placeInTurn(problem, (row, col, placed) =>
      weighted(scores[row * cols + col] as number, problem.factorAt(col, placed)),
    ),
  }
}
