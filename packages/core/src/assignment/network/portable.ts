import { usableSeats, type TransportationProblem } from '../transportation-problem.js'
import { isDirectFor, solveNetwork } from './cascade.js'
import { cellsFor } from './exchanges.js'
import type { Kernel, KernelSolution } from './kernel.js'
import { Network } from './network.js'

const NO_SCORES = new Float64Array(0)
/** A larger scratch is given back after its solve rather than held for the life of the process. */
const MOST_NUMBERS_KEPT = 4e6

let scratch: Network | null = null
let cellRoom = 0
let seatCostRoom = 0

/** The solver in plain TypeScript, which runs everywhere. */
export const portableKernel: Kernel = {
  solve(problem: TransportationProblem): KernelSolution {
    const { rows, cols, scores } = problem
    const net = networkFor(problem)
    net.rows = rows
    net.cols = cols
    net.scores = scores
    layOutSeats(problem, net.seats, net.seatStart, net.seatCosts)
    net.hasSeatCosts = problem.seatCosts !== undefined
    solveNetwork(net)
    net.scores = NO_SCORES
    if (net.rowRoom + cellRoom + seatCostRoom > MOST_NUMBERS_KEPT) scratch = null
    return {
      columnOfRow: net.columnOf.subarray(0, rows).map((col) => (col === cols ? -1 : col)),
      columnPrices: net.prices.slice(0, cols),
    }
  },
}

/** Writes usable seats and, where there are any, their costs end to end. */
function layOutSeats(
  problem: TransportationProblem,
  seats: Int32Array,
  seatStart: Int32Array,
  seatCosts: Float64Array,
): void {
  let start = 0
  for (let col = 0; col < problem.cols; col++) {
    const usable = usableSeats(problem, col)
    seats[col] = usable
    seatStart[col] = start
    const costs = problem.seatCosts?.[col]
    if (costs === undefined) continue
    seatCosts.set(costs.subarray(0, usable), start)
    start += usable
  }
}

function seatCostsIn(problem: TransportationProblem): number {
  if (problem.seatCosts === undefined) return 0
  let count = 0
  for (let col = 0; col < problem.cols; col++) count += usableSeats(problem, col)
  return count
}

function networkFor(problem: TransportationProblem): Network {
  const { rows, cols } = problem
  const cells = cellsFor(cols, isDirectFor(rows, cols))
  const costs = seatCostsIn(problem)
  const fits =
    scratch !== null &&
    rows <= scratch.rowRoom &&
    cols <= scratch.colRoom &&
    cells <= cellRoom &&
    costs <= seatCostRoom
  if (scratch !== null && fits) return scratch
  cellRoom = cells
  seatCostRoom = costs
  scratch = new Network(rows, cols, cells, NO_SCORES, costs)
  return scratch
}
