import type { TransportationProblem } from '../transportation-problem.js'
import type { Kernel, KernelSolution } from './kernel.js'
import { isWithin, NO_ROOM, roomFor } from './room.js'
import { layOutSeats, seatCostsIn } from './seats.js'
import { bytesOfBase64, webAssembly } from './webassembly.js'

/** What packages/core/wasm/entry.ts exports; addresses are in bytes. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer }
  reserve(rows: number, cols: number, cells: number, roughCells: number, seatCosts: number): void
  scores(): number
  seats(): number
  seatStart(): number
  seatCosts(): number
  columnOf(): number
  prices(): number
  solve(rows: number, cols: number, hasSeatCosts: boolean): void
}

/** One array of the module holds at most 1 GiB. */
const MOST_WASM_SCORES = 2 ** 27 - 1024
const MOST_SEAT_COSTS = 2 ** 26

/**
 * The solver as WebAssembly, or null where the engine cannot run it (no WebAssembly, no vectors, or forbidden by the
 * host). Its memory grows to the largest problem solved and stays.
 */
export function wasmKernelOf(base64: string): Kernel | null {
  if (webAssembly === undefined) return null
  try {
    const module = new webAssembly.Module(bytesOfBase64(base64))
    return new WasmKernel(new webAssembly.Instance(module, {}).exports as Exports)
  } catch {
    return null
  }
}

/** The module's arrays; its memory grows only when it is reserved anew. */
interface Views {
  readonly scores: Float64Array
  readonly seats: Int32Array
  readonly seatStart: Int32Array
  readonly seatCosts: Float64Array
  readonly columnOf: Int32Array
  readonly prices: Float64Array
}

class WasmKernel implements Kernel {
  #room = NO_ROOM
  #views: Views | null = null

  constructor(private readonly exports: Exports) {}

  accepts(problem: TransportationProblem): boolean {
    return problem.rows * problem.cols <= MOST_WASM_SCORES && seatCostsIn(problem) <= MOST_SEAT_COSTS
  }

  solve(problem: TransportationProblem): KernelSolution {
    const { rows, cols } = problem
    this.#reserve(problem)
    const views = (this.#views ??= this.#view())
    views.scores.set(problem.scores)
    layOutSeats(problem, views.seats, views.seatStart, views.seatCosts)
    this.exports.solve(rows, cols, problem.seatCosts !== undefined)
    const columnOfRow = views.columnOf.slice(0, rows)
    for (let row = 0; row < rows; row++) if (columnOfRow[row] === cols) columnOfRow[row] = -1
    return { columnOfRow, columnPrices: views.prices.slice(0, cols) }
  }

  #view(): Views {
    const { exports } = this
    const { rows, cols, seatCosts } = this.#room
    const { buffer } = exports.memory
    return {
      scores: new Float64Array(buffer, exports.scores(), rows * cols),
      seats: new Int32Array(buffer, exports.seats(), cols),
      seatStart: new Int32Array(buffer, exports.seatStart(), cols),
      seatCosts: new Float64Array(buffer, exports.seatCosts(), seatCosts),
      columnOf: new Int32Array(buffer, exports.columnOf(), rows),
      prices: new Float64Array(buffer, exports.prices(), cols),
    }
  }

  #reserve(problem: TransportationProblem): void {
    const room = roomFor(problem)
    if (isWithin(room, this.#room)) return
    this.#room = room
    this.exports.reserve(room.rows, room.cols, room.cells, room.roughCells, room.seatCosts)
    this.#views = null
  }
}
