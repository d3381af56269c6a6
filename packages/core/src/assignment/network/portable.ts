import type { TransportationProblem } from '../transportation-problem.js'
import { Cascade } from './cascade.js'
import type { Kernel, KernelSolution } from './kernel.js'
import { Network } from './network.js'
import { isWithin, NO_ROOM, roomFor } from './room.js'
import { layOutSeats } from './seats.js'

const NO_SCORES = new Float64Array(0)
/** A larger scratch is given back after its solve rather than held for the life of the process. */
const MOST_NUMBERS_KEPT = 4e6

let scratch: Cascade | null = null
let room = NO_ROOM

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
    if (room.rows + room.cells + room.roughCells + room.seatCosts > MOST_NUMBERS_KEPT) scratch = null
    return {
      columnOfRow: net.columnOf.subarray(0, rows).map((col) => (col === cols ? -1 : col)),
      columnPrices: net.prices.slice(0, cols),
    }
  },
}

function cascadeFor(problem: TransportationProblem): Cascade {
  const needed = roomFor(problem)
  if (scratch !== null && isWithin(needed, room)) return scratch
  const { rows, cols, cells, roughCells, seatCosts } = needed
  room = needed
  scratch = new Cascade(new Network(rows, cols, cells, roughCells, NO_SCORES, seatCosts))
  return scratch
}
