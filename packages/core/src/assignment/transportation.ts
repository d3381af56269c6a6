import { Insertion } from './insertion.js'
import { kernelFor } from './network/choose.js'
import type { KernelSolution } from './network/kernel.js'
import { leastPrices } from './prices.js'
import { Sum } from './sum.js'
import { checkTransportation, seatCost, type TransportationProblem } from './transportation-problem.js'

export interface TransportationSolution {
  /** Column of each row, -1 where it stays out. */
  readonly columnOfRow: Int32Array
  /** Scores of all pairs less the cost of all seats used. */
  readonly total: number
  /** What each row gains over staying out, at the column prices; ≥ 0. */
  readonly rowPrices: Float64Array
  /**
   * The least prices that support the placement. Without seat costs: ≥ 0, 0 where a seat is free, otherwise what one
   * more seat would add to the total. With them: between the cost of the last seat used and that of the next.
   */
  readonly columnPrices: Float64Array
}

/** Up to this many scores, rows are inserted one by one: as fast, and ties are settled in the order of rows. */
const MOST_INSERTED = 64

/**
 * Greatest-total placement of rows in columns with capacity.
 *
 * Exact when scores and seat costs are integers (or share a binary grid) and sums stay below 2^53: no epsilon, and
 * `verifyAssignment` finds a gap of 0. For other floats the result is the best up to the rounding of sums, which the
 * certificate bounds. Total and prices depend on the problem alone. Where several placements are best, as many rows as
 * can get a seat without loss have one; up to 64 scores the rows are taken in order and each takes the lowest of equal
 * columns, above that the choice among them is fixed but not told. The same input gives the same answer on every
 * engine. The input is not modified.
 *
 * @throws {LoadstarError} `SCORES_INVALID` or `CAPACITY_INVALID`.
 *
 * Shortest paths on the graph of columns, from a start that is nearly optimal: bids on samples of the rows, or, where
 * columns are many, on all of them at once or in an auction with scaling if seats are short or one per row. Typically a few passes over the scores,
 * O(rows · cols²) at worst for few columns. Memory O(rows + cols²) beside the problem, kept for the next
 * solve unless it is large. N. Tomizawa, On some techniques useful for solution of transportation network problems,
 * 1971, doi:10.1002/net.3230010206; J. Edmonds and R. M. Karp, Theoretical improvements in algorithmic efficiency for
 * network flow problems, 1972, doi:10.1145/321694.321699
 */
export function solveTransportation(problem: TransportationProblem): TransportationSolution {
  checkTransportation(problem)
  const isSmall = problem.rows * problem.cols <= MOST_INSERTED
  const { columnOfRow, columnPrices } = isSmall ? insertInOrder(problem) : kernelFor(problem).solve(problem)
  return {
    columnOfRow,
    total: totalOf(problem, columnOfRow),
    rowPrices: rowPricesOf(problem, columnOfRow, columnPrices),
    columnPrices,
  }
}

function insertInOrder(problem: TransportationProblem): KernelSolution {
  const insertion = new Insertion(problem)
  for (let row = 0; row < problem.rows; row++) insertion.insert(row)
  return {
    columnOfRow: insertion.columnOfRow,
    columnPrices: leastPrices(problem, insertion.columnOfRow),
  }
}

/** Scores of all pairs less the cost of all seats used. */
export function totalOf(problem: TransportationProblem, columnOfRow: Int32Array): number {
  const sum = new Sum()
  const { scores, cols, seatCosts } = problem
  const used = new Int32Array(cols)
  for (let row = 0; row < columnOfRow.length; row++) {
    const col = columnOfRow[row] as number
    if (col === -1) continue
    sum.add(scores[row * cols + col] as number)
    if (seatCosts === undefined) continue
    const seat = used[col] as number
    used[col] = seat + 1
    sum.add(-seatCost(problem, col, seat))
  }
  return sum.value
}

/** What each row keeps of its score; a row that is placed sits where that is most. */
function rowPricesOf(
  { rows, cols, scores }: TransportationProblem,
  columnOfRow: Int32Array,
  prices: Float64Array,
): Float64Array {
  const kept = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    const col = columnOfRow[row] as number
    if (col === -1) continue
    kept[row] = Math.max(0, (scores[row * cols + col] as number) - (prices[col] as number))
  }
  return kept
}
