import type { TransportationProblem } from '../transportation-problem.js'
import { Cascade, isDirectFor, roughCellsFor } from './cascade.js'
import { cellsFor } from './exchanges.js'
import type { Kernel, KernelSolution } from './kernel.js'
import { Network } from './network.js'
import { layOutSeats, seatCostsIn } from './seats.js'

const NO_SCORES = new Float64Array(0)
/** A larger scratch is given back after its solve rather than held for the life of the process. */
const MOST_NUMBERS_KEPT = 4e6

let scratch: Cascade | null = null
let cellRoom = 0
let roughRoom = 0
let seatCostRoom = 0

/** The solver in plain TypeScript, which runs everywhere. */
export const portableKernel: Kernel = {
  accepts: () => true,

  solve(problem: TransportationProblem): KernelSolution {
    const { rows, cols, scores } = problem
    const cascade = cascadeFor(problem)
    const { net } = cascade
    net.rows = rows
    net.cols = cols
    net.scores = scores
    layOutSeats(problem, net.seats, net.seatStart, net.seatCosts)
    net.hasSeatCosts = problem.seatCosts !== undefined
    cascade.solve()
    net.scores = NO_SCORES
    if (net.rowRoom + cellRoom + roughRoom + seatCostRoom > MOST_NUMBERS_KEPT) scratch = null
    return {
      columnOfRow: net.columnOf.subarray(0, rows).map((col) => (col === cols ? -1 : col)),
      columnPrices: net.prices.slice(0, cols),
    }
  },
}

function cascadeFor(problem: TransportationProblem): Cascade {
  const { rows, cols } = problem
  const cells = cellsFor(cols, isDirectFor(rows, cols))
  const rough = roughCellsFor(rows, cols)
  const costs = seatCostsIn(problem)
  const fits =
    scratch !== null &&
    rows <= scratch.net.rowRoom &&
    cols <= scratch.net.colRoom &&
    cells <= cellRoom &&
    rough <= roughRoom &&
    costs <= seatCostRoom
  if (scratch !== null && fits) return scratch
  cellRoom = cells
  roughRoom = rough
  seatCostRoom = costs
  scratch = new Cascade(new Network(rows, cols, cells, rough, NO_SCORES, costs))
  return scratch
}
