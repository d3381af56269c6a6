import type { SeatedProblem } from './optimal.js'
import { Separation } from './separation.js'

/** Rows that may take several seats of their one column, and groups of rows that must not share a column. */
export interface BoundedProblem extends SeatedProblem {
  /** Seats each row takes, ≥ 1. */
  readonly demands: Int32Array
  readonly groups: readonly (readonly number[])[]
}

/** A placement that keeps every limit while rows come and go, and knows what each step is worth. */
export class Arrangement {
  /** -1 for rows outside. */
  readonly columnOfRow: Int32Array
  readonly #problem: BoundedProblem
  readonly #used: Int32Array
  readonly #separation: Separation
  /** What the first n seats of a column cost together. */
  readonly #costOfSeats: readonly Float64Array[]
  #total = 0

  constructor(problem: BoundedProblem) {
    this.#problem = problem
    this.columnOfRow = new Int32Array(problem.rows).fill(-1)
    this.#used = new Int32Array(problem.cols)
    this.#separation = new Separation(problem.groups, problem.cols)
    this.#costOfSeats = problem.seatCosts.map(runningSums)
  }

  /** Scores of all pairs less the cost of all seats used. */
  get total(): number {
    return this.#total
  }

  used(col: number): number {
    return this.#used[col] as number
  }

  /** What the total gains when a row outside goes there; `-Infinity` where it may not. */
  gain(row: number, col: number): number {
    const { scores, cols, capacities, demands } = this.#problem
    const score = scores[row * cols + col] as number
    const before = this.#used[col] as number
    const after = before + (demands[row] as number)
    if (score === -Infinity || after > (capacities[col] as number) || !this.#separation.allows(row, col)) {
      return -Infinity
    }
    const costs = this.#costOfSeats[col] as Float64Array
    return score + (costs[before] as number) - (costs[after] as number)
  }

  /** The column where a row outside gains most, -1 where that would be below 0; ties go to the lowest. */
  best(row: number): number {
    let best = -1
    let greatest = -Infinity
    for (let col = 0; col < this.#problem.cols; col++) {
      const gain = this.gain(row, col)
      if (gain > greatest) {
        greatest = gain
        best = col
      }
    }
    return greatest >= 0 ? best : -1
  }

  /** For a row outside; -1 leaves it there. @returns false, changing nothing, where it may not go. */
  place(row: number, col: number): boolean {
    if (col === -1) return true
    const gain = this.gain(row, col)
    if (gain === -Infinity) return false
    this.#total += gain
    this.#take(col, this.#problem.demands[row] as number)
    this.#separation.join(row, col)
    this.columnOfRow[row] = col
    return true
  }

  /** @returns the column it was in, -1 where it was outside already. */
  remove(row: number): number {
    const col = this.columnOfRow[row] as number
    if (col === -1) return col
    this.#take(col, -(this.#problem.demands[row] as number))
    this.#separation.leave(row, col)
    this.columnOfRow[row] = -1
    this.#total -= this.gain(row, col)
    return col
  }

  #take(col: number, seats: number): void {
    this.#used[col] = (this.#used[col] as number) + seats
  }
}

function runningSums(costs: Float64Array): Float64Array {
  const sums = new Float64Array(costs.length + 1)
  costs.forEach((cost, i) => (sums[i + 1] = (sums[i] as number) + cost))
  return sums
}
