import type { TransportationProblem } from '../transportation-problem.js'
import { isDirectFor, roughCellsFor } from './cascade.js'
import { cellsFor } from './exchanges.js'
import { seatCostsIn } from './seats.js'

/** What a solve needs memory for. */
interface Room {
  readonly rows: number
  readonly cols: number
  readonly cells: number
  readonly roughCells: number
  readonly seatCosts: number
}

export const NO_ROOM: Room = { rows: 0, cols: 0, cells: 0, roughCells: 0, seatCosts: 0 }

export function roomFor(problem: TransportationProblem): Room {
  const { rows, cols } = problem
  return {
    rows,
    cols,
    cells: cellsFor(cols, isDirectFor(rows, cols)),
    roughCells: problem.seatCosts === undefined ? roughCellsFor(rows, cols) : 0,
    seatCosts: seatCostsIn(problem),
  }
}

export function isWithin(needed: Room, room: Room): boolean {
  return (
    needed.rows <= room.rows &&
    needed.cols <= room.cols &&
    needed.cells <= room.cells &&
    needed.roughCells <= room.roughCells &&
    needed.seatCosts <= room.seatCosts
  )
}
