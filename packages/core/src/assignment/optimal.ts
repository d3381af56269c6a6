import { MICROPOINTS_PER_POINT } from '../scoring/points.js'
import { verifyAssignment } from './certificate.js'
import type { Placement, PlacementProblem } from './placement.js'
import { solveTransportation } from './transportation.js'
import type { TransportationProblem } from './transportation-problem.js'

/**
 * The placement with the greatest total: of capability scores without load balancing; with it, of capability scores
 * less the cost of each seat (`transportationOf`); of either less the switching cost of each agent taken off its current
 * model. Proved by a certificate that does not trust the solver.
 */
export function placeOptimally(problem: PlacementProblem): Placement {
  const transportation = transportationOf(problem)
  const solution = solveTransportation(transportation)
  const used = new Int32Array(problem.cols)
  for (const col of solution.columnOfRow) if (col !== -1) used[col] = (used[col] as number) + 1
  const seatPrices = solution.columnPrices.map((price, col) => {
    if ((used[col] as number) < (problem.seats[col] as number)) return 0
    const nextSeatCost = transportation.seatCosts[col]?.[used[col] as number] as number
    return Math.max(0, price - nextSeatCost) / MICROPOINTS_PER_POINT
  })
  const { isOptimal, gap } = verifyAssignment(transportation, solution)
  return { columnOfRow: solution.columnOfRow, proof: { isOptimal, gap, seatPrices } }
}

/**
 * What `placeOptimally` maximises, in whole millionths of a point, where all sums are exact.
 *
 * The k-th seat of a model costs what a typical agent loses to load there: `typical score × (1 − load factor)`, the
 * factor at the projected utilization before the k-th placement. That is convex, as factors never rise, and 0 without
 * load balancing. Where all scores are typical the objective is the very sum of `score × load factor`; the product
 * itself with each agent's own score would tie the seats to the agents, and on the final load it is NP-hard.
 *
 * From every cost the dearest one is taken off, which is the same as staying out costing that much: a busy model is
 * better than none, so load alone never leaves an agent out. Each list has one more cost than seats that can be used,
 * for the price of a further seat.
 */
export function transportationOf(problem: PlacementProblem): SeatedProblem {
  const { rows, cols, scores, seats } = problem
  const wanted = problem.demands.reduce((sum, demand) => sum + demand, 0)
  const typical = typicalScore(problem)
  const losses = seats.map((count, col) =>
    Float64Array.from({ length: Math.min(count, wanted) + 1 }, (_, seat) =>
      toMicropoints(typical * (1 - problem.factorAt(col, seat))),
    ),
  )
  const dearest = losses.reduce((greatest, list) => Math.max(greatest, list.at(-2) ?? 0), 0)
  return {
    rows,
    cols,
    scores: withBonus(problem, scores.map(toMicropoints)),
    capacities: seats,
    seatCosts: losses.map((list) => list.map((loss) => loss - dearest)),
    outsideCost: dearest,
  }
}

/** A problem whose seats all have a cost. */
export interface SeatedProblem extends TransportationProblem {
  readonly seatCosts: readonly Float64Array[]
  /** What was taken off from each cost: what staying out costs. */
  readonly outsideCost: number
}

/**
 * Staying where one is counts for the switching cost: the optimum of that sum is the optimum of scores less the cost of
 * every move, for the two differ by what keeping all would be worth.
 */
function withBonus(
  { cols, currentColumns, switchingCost }: PlacementProblem,
  micropoints: Float64Array,
): Float64Array {
  const bonus = toMicropoints(switchingCost)
  currentColumns.forEach((col, row) => {
    if (col !== -1) micropoints[row * cols + col] = (micropoints[row * cols + col] as number) + bonus
  })
  return micropoints
}

/** Mean over the agents of their best acceptable score, in points; 0 when none has any. */
function typicalScore({ rows, cols, scores }: PlacementProblem): number {
  let sum = 0
  let count = 0
  for (let row = 0; row < rows; row++) {
    let best = -Infinity
    for (let col = 0; col < cols; col++) best = Math.max(best, scores[row * cols + col] as number)
    if (best === -Infinity) continue
    // Whole millionths add without rounding, so the order of the agents cannot change the mean.
    sum += toMicropoints(best)
    count++
  }
  return count === 0 ? 0 : sum / count / MICROPOINTS_PER_POINT
}

function toMicropoints(points: number): number {
  return Math.round(points * MICROPOINTS_PER_POINT)
}
