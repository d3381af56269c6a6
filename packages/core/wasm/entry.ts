/* What the WebAssembly module exports: memory for one problem size, addresses to write and read, and the solve. */
import { Cascade } from './cascade'
import { floats, type Int } from './lanes'
import { Network } from './network'

let net: Network = new Network(0, 0, 0, 0, floats(0), 0)
let cascade: Cascade = new Cascade(net)

/** Gives up all memory and takes as much as problems of this size need. */
export function reserve(rows: Int, cols: Int, cells: Int, roughCells: Int, seatCosts: Int): void {
  heap.reset()
  net = new Network(rows, cols, cells, roughCells, floats(rows * cols), seatCosts)
  cascade = new Cascade(net)
}

export function scores(): usize {
  return changetype<usize>(net.scores)
}

export function seats(): usize {
  return changetype<usize>(net.seats)
}

export function seatStart(): usize {
  return changetype<usize>(net.seatStart)
}

export function seatCosts(): usize {
  return changetype<usize>(net.seatCosts)
}

export function columnOf(): usize {
  return changetype<usize>(net.columnOf)
}

export function prices(): usize {
  return changetype<usize>(net.prices)
}

export function solve(rows: Int, cols: Int, hasSeatCosts: bool): void {
  net.rows = rows
  net.cols = cols
  net.hasSeatCosts = hasSeatCosts
  cascade.solve()
}
