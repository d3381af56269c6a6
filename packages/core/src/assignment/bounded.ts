import { LoadstarError } from '../error.js'
import type { Arrangement, BoundedProblem } from './arrangement.js'
import { transportationOf } from './optimal.js'
import type { Placement, PlacementProblem } from './placement.js'
import { relax, type Penalties, type Relaxed } from './relaxation.js'
import { repair } from './repair.js'

/** Relaxations solved at most; each may raise the penalties once more. */
const MOST_ROUNDS = 60
const LEAST_ROUNDS = 4
/** Scores looked at over all rounds, so that large problems take few. */
const MOST_CELLS = 1e8
/** `seats asked for × models` above this would fill the memory. */
const MOST_COPIED_CELLS = 2 ** 25
/** Rounds without a better bound after which steps are halved. */
const PATIENCE = 3

/** Whether every row takes one seat and no two have to keep apart: then `placeOptimally` is exact. */
export function isFlow({ demands, groups }: PlacementProblem): boolean {
  return groups.length === 0 && demands.every((demand) => demand === 1)
}

/**
 * A placement for rows that take several seats or keep apart, with a bound on how much better any other could be.
 *
 * With several seats this is the generalised assignment problem, which is NP-hard; so a relaxation that is a flow
 * bounds the optimum from above, and its placement, repaired and improved, from below. Penalties for groups that share
 * a column follow Polyak's subgradient steps. It claims the optimum only where both meet.
 *
 * @throws {LoadstarError} `OPTION_INVALID` where agents ask for more seats in all than can be looked at.
 *
 * M. L. Fisher, The Lagrangian relaxation method for solving integer programming problems, 1981, doi:10.1287/mnsc.27.1.1
 */
export function placeWithinBound(problem: PlacementProblem): Placement {
  const asked = problem.demands.reduce((sum, demand) => sum + demand, 0)
  if (asked * problem.cols > MOST_COPIED_CELLS) {
    const rule = `must ask for at most ${Math.floor(MOST_COPIED_CELLS / problem.cols)} seats in all with ${problem.cols} models`
    throw new LoadstarError('OPTION_INVALID', 'constraints', rule, asked)
  }
  const { arrangement, bound } = solveWithinBound(boundedProblemOf(problem))
  const gap = bound - arrangement.total
  return { columnOfRow: arrangement.columnOfRow, proof: { isOptimal: gap === 0, gap, seatPrices: null } }
}

export function boundedProblemOf(problem: PlacementProblem): BoundedProblem {
  return { ...transportationOf(problem), demands: problem.demands, groups: problem.groups }
}

export function solveWithinBound(problem: BoundedProblem): { arrangement: Arrangement; bound: number } {
  const penalties: Penalties = new Float64Array(problem.groups.length * problem.cols)
  const asked = problem.demands.reduce((sum, demand) => sum + demand, 0)
  const affordable = Math.floor(MOST_CELLS / Math.max(1, asked * problem.cols))
  const rounds = problem.groups.length === 0 ? 1 : Math.min(MOST_ROUNDS, Math.max(LEAST_ROUNDS, affordable))
  let bound = Infinity
  let best: Arrangement | undefined
  let share = 1
  for (let round = 0, idle = 0; round < rounds; round++) {
    const relaxed = relax(problem, penalties)
    idle = relaxed.bound < bound ? 0 : idle + 1
    bound = Math.min(bound, relaxed.bound)
    const arrangement = repair(problem, relaxed.seats)
    if (best === undefined || arrangement.total > best.total) best = arrangement
    if (idle === PATIENCE) {
      share /= 2
      idle = 0
    }
    const distance = Math.max(1, relaxed.bound - best.total)
    if (bound <= best.total || !raise(penalties, problem, relaxed, share * distance)) break
  }
  return { arrangement: best ?? repair(problem, new Int32Array(problem.rows * problem.cols)), bound }
}

/** One subgradient step: dearer where a group shares a column, cheaper where it pays for nothing. @returns whether any changed. */
function raise(penalties: Penalties, problem: BoundedProblem, { seats }: Relaxed, distance: number): boolean {
  const { cols, demands, groups } = problem
  const slopes = new Float64Array(penalties.length)
  let steepness = 0
  groups.forEach((rows, group) => {
    for (let col = 0; col < cols; col++) {
      const cell = group * cols + col
      let slope = -1
      for (const row of rows) slope += (seats[row * cols + col] as number) / (demands[row] as number)
      if (slope < 0 && penalties[cell] === 0) continue
      slopes[cell] = slope
      steepness += slope * slope
    }
  })
  if (steepness === 0) return false
  let isChanged = false
  slopes.forEach((slope, cell) => {
    // Whole millionths keep sums exact, so that the bound can meet a total.
    const penalty = Math.max(0, Math.round((penalties[cell] as number) + (slope * distance) / steepness))
    isChanged ||= penalty !== penalties[cell]
    penalties[cell] = penalty
  })
  return isChanged
}
