import type { BoundedProblem } from './arrangement.js'
import { groupsOfRows } from './separation.js'
import { Sum } from './sum.js'
import { solveTransportation } from './transportation.js'

/** An optimum of the problem without its hard limits, and what it proves. */
export interface Relaxed {
  /** Seats of each row in each column, `rows × cols`; a row may be torn apart. */
  readonly seats: Int32Array
  /** No placement of the problem has a greater total. */
  readonly bound: number
}

/** What sharing a column costs the members of each group, `groups × cols`, ≥ 0, in whole millionths of a point. */
export type Penalties = Float64Array

/**
 * Lets every row be torn into single seats with its score divided among them, and groups share a column at a price:
 * a transportation problem, whose column prices then bound the whole by weak duality.
 */
export function relax(problem: BoundedProblem, penalties: Penalties): Relaxed {
  const { rows, cols, capacities, seatCosts, demands } = problem
  const worth = penalised(problem, penalties)
  const copies = demands.reduce((sum, demand) => sum + demand, 0)
  const scores = new Float64Array(copies * cols)
  const rowOfCopy = new Int32Array(copies)
  for (let row = 0, copy = 0; row < rows; row++) {
    const demand = demands[row] as number
    for (let seat = 0; seat < demand; seat++, copy++) {
      rowOfCopy[copy] = row
      for (let col = 0; col < cols; col++) {
        scores[copy * cols + col] = (worth[row * cols + col] as number) / demand
      }
    }
  }
  const relaxed = solveTransportation({ scores, rows: copies, cols, capacities, seatCosts })
  const seats = new Int32Array(rows * cols)
  relaxed.columnOfRow.forEach((col, copy) => {
    if (col === -1) return
    const cell = (rowOfCopy[copy] as number) * cols + col
    seats[cell] = (seats[cell] as number) + 1
  })
  return { seats, bound: upperBound(problem, worth, relaxed.columnPrices, penalties) }
}

/** Scores less what the row's groups pay in each column. */
function penalised({ cols, scores, groups }: BoundedProblem, penalties: Penalties): Float64Array {
  const worth = scores.slice()
  for (const [row, own] of groupsOfRows(groups)) {
    for (const group of own) {
      for (let col = 0; col < cols; col++) {
        const cell = row * cols + col
        worth[cell] = (worth[cell] as number) - (penalties[group * cols + col] as number)
      }
    }
  }
  return worth
}

/** Unit roundoff of sums of a handful of terms. */
const ROUNDING = 2 ** -50

/**
 * Weak duality: whatever the prices and the penalties ≥ 0, no placement is worth more than the sum over rows of their
 * best `score − penalties − demand × price` (at least 0), over seats of `price − cost` (at least 0), and over
 * penalties, each of which is paid for once in a column. Totals are whole numbers, so the bound is rounded down to one.
 */
function upperBound(
  { rows, cols, capacities, seatCosts, demands }: BoundedProblem,
  worth: Float64Array,
  prices: Float64Array,
  penalties: Penalties,
): number {
  const sum = new Sum()
  let magnitude = 0
  for (let row = 0; row < rows; row++) {
    const demand = demands[row] as number
    let best = 0
    let largest = 0
    for (let col = 0; col < cols; col++) {
      const price = demand * (prices[col] as number)
      const value = (worth[row * cols + col] as number) - price
      if (value === -Infinity) continue
      best = Math.max(best, value)
      largest = Math.max(largest, Math.abs(value) + 2 * Math.abs(price))
    }
    sum.add(best)
    magnitude += largest
  }
  const wanted = demands.reduce((total, demand) => total + demand, 0)
  for (let col = 0; col < cols; col++) {
    const price = prices[col] as number
    const seats = Math.min(capacities[col] as number, wanted)
    for (let seat = 0; seat < seats; seat++) {
      const cost = seatCosts[col]?.[seat] as number
      if (price <= cost) continue
      sum.add(price - cost)
      magnitude += Math.abs(price) + Math.abs(cost)
    }
  }
  for (const penalty of penalties) sum.add(penalty)
  const isWhole = prices.every(Number.isInteger)
  return Math.floor(sum.value + (isWhole ? 0 : ROUNDING * magnitude))
}
