import type { TransportationProblem } from './transportation-problem.js'

/**
 * The least column prices that support an optimal placement: no row gains by moving to another column at these
 * prices. They depend on the problem alone, not on the order in which it was solved, and each tells what one
 * more (free) seat of a full column would add to the total.
 *
 * Longest paths over exchanges between columns, read from the scores anew so that rounding of the search does not
 * carry over. O(rows · cols + cols³) at worst, usually a few rounds of cols².
 */
export function leastPrices(problem: TransportationProblem, columnOfRow: Int32Array): Float64Array {
  const { cols } = problem
  const prices = floorPrices(problem, columnOfRow)
  const exchange = exchangeCosts(problem, columnOfRow)
  // An optimal placement settles within cols rounds; the bound is for rounding that makes a cycle gain 1e-14.
  for (let round = 0, isSettled = false; round < cols && !isSettled; round++) {
    isSettled = true
    for (let from = 0; from < cols; from++) {
      for (let to = 0; to < cols; to++) {
        const needed = (prices[from] as number) - (exchange[from * cols + to] as number)
        if (needed > (prices[to] as number)) {
          prices[to] = needed
          isSettled = false
        }
      }
    }
  }
  return prices
}

/** What each row keeps at these prices: its best `score − price`, 0 where staying out is best. */
export function rowPricesAt(problem: TransportationProblem, prices: Float64Array): Float64Array {
  const { rows, cols, scores } = problem
  const kept = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    let best = 0
    for (let col = 0; col < cols; col++) {
      best = Math.max(best, (scores[row * cols + col] as number) - (prices[col] as number))
    }
    kept[row] = best
  }
  return kept
}

/** At least the cost of the last seat used, and what each row that stays out would pay. */
function floorPrices(problem: TransportationProblem, columnOfRow: Int32Array): Float64Array {
  const { rows, cols, scores } = problem
  const used = new Int32Array(cols)
  for (const col of columnOfRow) if (col !== -1) used[col] = (used[col] as number) + 1
  const prices = Float64Array.from(
    used,
    (count, col) =>
      // A column without seats costs what its first one would, where the problem tells.
      problem.seatCosts?.[col]?.[Math.max(0, count - 1)] ?? 0,
  )
  for (let row = 0; row < rows; row++) {
    if (columnOfRow[row] !== -1) continue
    for (let col = 0; col < cols; col++) {
      prices[col] = Math.max(prices[col] as number, scores[row * cols + col] as number)
    }
  }
  return prices
}

/** `cols × cols`: the least a member of the first column loses by going to the second. */
function exchangeCosts(problem: TransportationProblem, columnOfRow: Int32Array): Float64Array {
  const { rows, cols, scores } = problem
  const costs = new Float64Array(cols * cols).fill(Infinity)
  for (let row = 0; row < rows; row++) {
    const from = columnOfRow[row] as number
    if (from === -1) continue
    const own = scores[row * cols + from] as number
    for (let to = 0; to < cols; to++) {
      const cost = own - (scores[row * cols + to] as number)
      if (cost < (costs[from * cols + to] as number)) costs[from * cols + to] = cost
    }
  }
  return costs
}
