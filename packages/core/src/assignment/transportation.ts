import { Insertion } from './insertion.js'
import { leastPrices, rowPricesAt } from './prices.js'
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

/**
 * Greatest-total placement of rows in columns with capacity.
 *
 * Exact when scores and seat costs are integers (or share a binary grid) and sums stay below 2^53: no epsilon, and
 * `verifyAssignment` finds a gap of 0. For other floats the result is the best up to the rounding of sums, which the
 * certificate bounds. Where several placements are best, the rows are taken in order, each takes the lowest of equal
 * columns, and a free seat goes before staying out; so the same input gives the same answer on every engine. The
 * input is not modified.
 *
 * @throws {LoadstarError} `SCORES_INVALID` or `CAPACITY_INVALID`.
 *
 * Successive shortest paths on the graph of columns; O(rows · cols²) without rescans of exchange costs. Memory
 * O(rows + cols²) beside the problem. N. Tomizawa, On some techniques useful for solution of transportation network
 * problems, 1971, doi:10.1002/net.3230010206; J. Edmonds and R. M. Karp, Theoretical improvements in algorithmic
 * efficiency for network flow problems, 1972, doi:10.1145/321694.321699
 */
export function solveTransportation(problem: TransportationProblem): TransportationSolution {
  checkTransportation(problem)
  const insertion = new Insertion(problem)
  for (let row = 0; row < problem.rows; row++) insertion.insert(row)
  const { columnOfRow } = insertion
  const columnPrices = leastPrices(problem, columnOfRow)
  return {
    columnOfRow,
    total: totalOf(problem, columnOfRow),
    rowPrices: rowPricesAt(problem, columnPrices),
    columnPrices,
  }
}

/** Scores of all pairs less the cost of all seats used. */
export function totalOf(problem: TransportationProblem, columnOfRow: Int32Array): number {
  const sum = new Sum()
  const used = new Int32Array(problem.cols)
  columnOfRow.forEach((col, row) => {
    if (col === -1) return
    const seat = used[col] as number
    used[col] = seat + 1
    sum.add(problem.scores[row * problem.cols + col] as number)
    sum.add(-seatCost(problem, col, seat))
  })
  return sum.value
}
