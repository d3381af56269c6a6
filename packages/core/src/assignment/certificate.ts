import { Sum } from './sum.js'
import { checkTransportation, type TransportationProblem } from './transportation-problem.js'

/** What a checker needs of a solution; prices may come from anywhere, wrong ones can only widen the gap. */
export interface ClaimedSolution {
  readonly columnOfRow: ArrayLike<number>
  readonly columnPrices: ArrayLike<number>
}

/** How good a placement is, worked out without the solver. */
export interface Certificate {
  /** Every row in one allowed column or none, every column within its capacity. */
  readonly isFeasible: boolean
  /** Feasible, and `gap ≤ bound`: no other placement has a total greater by more than `bound`. */
  readonly isOptimal: boolean
  /** Total of the placement; `NaN` when not feasible. */
  readonly primal: number
  /** What the prices prove no placement to exceed; `NaN` when there is not one finite price per column. */
  readonly dual: number
  /** `dual − primal`, at least 0 but for rounding; `NaN` when either is. */
  readonly gap: number
  /** 0 when all numbers are integers with sums below 2^53; otherwise what rounding may amount to. */
  readonly bound: number
  /** The first rule broken, in words; `null` when feasible and priced. */
  readonly violation: string | null
}

/** Unit roundoff of sums of a handful of terms. */
const ROUNDING = 2 ** -50

/**
 * Checks a placement by weak duality: for any prices, no placement is worth more than the sum over rows of their best
 * `score − price` (at least 0) and over seats of `price − seat cost` (at least 0). Equal sums prove the optimum and
 * imply dual feasibility and complementary slackness.
 *
 * A solution that is wrong in shape is reported, not thrown. O(rows · cols + seats).
 *
 * @throws {LoadstarError} for a problem that does not check.
 */
export function verifyAssignment(problem: TransportationProblem, solution: ClaimedSolution): Certificate {
  checkTransportation(problem)
  const ledger = new Ledger()
  const placementFault = placementViolation(problem, solution.columnOfRow)
  const priceFault = priceViolation(problem, solution.columnPrices)
  const primal = placementFault === null ? primalTotal(problem, solution.columnOfRow, ledger) : NaN
  const dual = priceFault === null ? dualTotal(problem, solution.columnPrices, ledger) : NaN
  const gap = dual - primal
  const bound = ledger.bound(problem.cols)
  return {
    isFeasible: placementFault === null,
    isOptimal: Math.abs(gap) <= bound,
    primal,
    dual,
    gap,
    bound,
    violation: placementFault ?? priceFault,
  }
}

/** Notes the size of every number that enters the sums, to tell how far rounding may have moved them. */
class Ledger {
  #magnitude = 0
  #isWhole = true

  note(term: number): number {
    this.#magnitude += Math.abs(term)
    this.#isWhole &&= Number.isInteger(term)
    return term
  }

  bound(cols: number): number {
    if (this.#isWhole && this.#magnitude <= Number.MAX_SAFE_INTEGER) return 0
    // A price is a sum of at most cols differences.
    return ROUNDING * (cols + 1) * this.#magnitude
  }
}

function placementViolation(
  { scores, rows, cols, capacities }: TransportationProblem,
  columnOfRow: ArrayLike<number>,
): string | null {
  if (columnOfRow.length !== rows) return `column_of_row must hold ${rows} numbers, got ${columnOfRow.length}`
  const used = new Int32Array(cols)
  for (let row = 0; row < rows; row++) {
    const col = columnOfRow[row] as number
    if (!(Number.isInteger(col) && col >= -1 && col < cols)) {
      return `column_of_row[${row}] must be a column or -1, got ${col}`
    }
    if (col === -1) continue
    if (scores[row * cols + col] === -Infinity) return `row ${row} is forbidden in column ${col}`
    used[col] = (used[col] as number) + 1
    if (used[col] > (capacities[col] as number)) {
      return `column ${col} has ${capacities[col]} seats and is given more rows`
    }
  }
  return null
}

function priceViolation({ cols }: TransportationProblem, prices: ArrayLike<number>): string | null {
  if (prices.length !== cols) return `column_prices must hold ${cols} numbers, got ${prices.length}`
  for (let col = 0; col < cols; col++) {
    if (!Number.isFinite(prices[col])) return `column_prices[${col}] must be finite, got ${prices[col]}`
  }
  return null
}

function primalTotal(problem: TransportationProblem, columnOfRow: ArrayLike<number>, ledger: Ledger): number {
  const { scores, rows, cols, seatCosts } = problem
  const sum = new Sum()
  const used = new Int32Array(cols)
  for (let row = 0; row < rows; row++) {
    const col = columnOfRow[row] as number
    if (col === -1) continue
    const seat = used[col] as number
    used[col] = seat + 1
    sum.add(ledger.note(scores[row * cols + col] as number))
    if (seatCosts !== undefined) sum.add(-ledger.note(seatCosts[col]?.[seat] as number))
  }
  return sum.value
}

function dualTotal(problem: TransportationProblem, prices: ArrayLike<number>, ledger: Ledger): number {
  const { scores, rows, cols, capacities, seatCosts } = problem
  const sum = new Sum()
  for (let row = 0; row < rows; row++) {
    let best = 0
    for (let col = 0; col < cols; col++) {
      best = Math.max(best, (scores[row * cols + col] as number) - (prices[col] as number))
    }
    sum.add(ledger.note(best))
  }
  for (let col = 0; col < cols; col++) {
    const price = ledger.note(prices[col] as number)
    // Seats beyond the number of rows are never used, so they bound nothing.
    const seats = Math.min(capacities[col] as number, rows)
    if (seatCosts === undefined) {
      sum.add(ledger.note(seats * Math.max(0, price)))
      continue
    }
    for (let seat = 0; seat < seats; seat++) {
      sum.add(ledger.note(Math.max(0, price - (seatCosts[col]?.[seat] as number))))
    }
  }
  return sum.value
}
