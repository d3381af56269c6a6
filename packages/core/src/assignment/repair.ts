import { Arrangement, type BoundedProblem } from './arrangement.js'
import { groupsOfRows } from './separation.js'
import { solveTransportation } from './transportation.js'

/** Exchanges of two rows looked at per repair; the work grows with it, the bound does not depend on it. */
const MOST_EXCHANGES = 300_000

/**
 * A placement within all limits made of a relaxed one: rows keep their column where they can, those with most to lose
 * first, and the others take the best that is left; then exchanges of two rows as long as they gain, and the rows
 * without limits of their own placed anew, exactly, around the others.
 *
 * @param seats - of each row in each column, `rows × cols`.
 */
export function repair(problem: BoundedProblem, seats: Int32Array): Arrangement {
  const { rows, cols, demands } = problem
  const arrangement = new Arrangement(problem)
  const wishes = new Int32Array(rows).map((_, row) => wishOf(seats.subarray(row * cols, (row + 1) * cols)))
  const order = Array.from({ length: rows }, (_, row) => row)
  const regrets = order.map((row) => regretOf(problem, row, wishes[row] as number) / (demands[row] as number))
  order.sort((a, b) => (regrets[b] as number) - (regrets[a] as number) || a - b)
  for (const row of order) arrangement.place(row, wishes[row] as number)
  const hard = hardRows(problem)
  settle(problem, arrangement)
  placeOthersAnew(problem, arrangement, hard)
  exchange(problem, arrangement, hard)
  placeOthersAnew(problem, arrangement, hard)
  settle(problem, arrangement)
  return arrangement
}

/** The column with most seats of the row, -1 for none; ties go to the lowest. */
function wishOf(seats: Int32Array): number {
  let wish = -1
  seats.forEach((count, col) => {
    if (count > (wish === -1 ? 0 : (seats[wish] as number))) wish = col
  })
  return wish
}

/** What the row's score loses where it cannot have its wish. */
function regretOf({ cols, scores }: BoundedProblem, row: number, wish: number): number {
  if (wish === -1) return -Infinity
  let next = 0
  for (let col = 0; col < cols; col++) {
    if (col !== wish) next = Math.max(next, scores[row * cols + col] as number)
  }
  return (scores[row * cols + wish] as number) - next
}

/** Rows in a group or with several seats: what keeps the problem from being a flow. */
function hardRows({ rows, demands, groups }: BoundedProblem): readonly number[] {
  const grouped = groupsOfRows(groups)
  return Array.from({ length: rows }, (_, row) => row).filter(
    (row) => (demands[row] as number) > 1 || grouped.has(row),
  )
}

/** Lets each row go where it gains most, until none gains; every step raises the total. */
function settle({ rows }: BoundedProblem, arrangement: Arrangement): void {
  for (let before = -Infinity; arrangement.total > before;) {
    before = arrangement.total
    for (let row = 0; row < rows; row++) {
      const own = arrangement.remove(row)
      const best = arrangement.best(row)
      // An equal place is no reason to move, or two rows could change about for ever.
      const isBetter = own === -1 || best === -1 || arrangement.gain(row, best) > arrangement.gain(row, own)
      arrangement.place(row, isBetter ? best : own)
    }
  }
}

function exchange({ rows }: BoundedProblem, arrangement: Arrangement, hard: readonly number[]): void {
  let left = MOST_EXCHANGES
  for (let before = -Infinity; arrangement.total > before && left > 0;) {
    before = arrangement.total
    for (const one of hard) {
      for (let other = 0; other < rows && left > 0; other++) {
        if (arrangement.columnOfRow[one] === arrangement.columnOfRow[other]) continue
        tryExchange(arrangement, one, other)
        left--
      }
    }
  }
}

/** Gives the one the other's column, and the other its best of what is then left; takes it back where that gains nothing. */
function tryExchange(arrangement: Arrangement, one: number, other: number): void {
  const before = arrangement.total
  const ofOne = arrangement.remove(one)
  const ofOther = arrangement.remove(other)
  const [first, second, goal] = ofOther === -1 ? [other, one, ofOne] : [one, other, ofOther]
  if (arrangement.place(first, goal)) arrangement.place(second, arrangement.best(second))
  if (arrangement.total > before) return
  arrangement.remove(one)
  arrangement.remove(other)
  arrangement.place(one, ofOne)
  arrangement.place(other, ofOther)
}

/** The rows that are not hard are a flow around those that are. */
function placeOthersAnew(problem: BoundedProblem, arrangement: Arrangement, hard: readonly number[]): void {
  const { rows, cols, capacities, seatCosts } = problem
  const isHard = new Set(hard)
  const others = Array.from({ length: rows }, (_, row) => row).filter((row) => !isHard.has(row))
  if (others.length === 0) return
  const before = arrangement.total
  const columns = others.map((row) => arrangement.remove(row))
  const scores = new Float64Array(others.length * cols)
  others.forEach((row, i) => scores.set(problem.scores.subarray(row * cols, (row + 1) * cols), i * cols))
  const { columnOfRow } = solveTransportation({
    scores,
    rows: others.length,
    cols,
    capacities: Array.from(capacities, (capacity, col) => capacity - arrangement.used(col)),
    seatCosts: seatCosts.map((costs, col) => costs.subarray(arrangement.used(col))),
  })
  others.forEach((row, i) => arrangement.place(row, columnOfRow[i] as number))
  if (arrangement.total >= before) return
  for (const row of others) arrangement.remove(row)
  others.forEach((row, i) => arrangement.place(row, columns[i] as number))
}
