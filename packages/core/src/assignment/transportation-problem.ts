import { LoadstarError } from '../error.js'

/** Rows (agents) want seats of columns (models); each row takes one seat or stays out, which is worth 0. */
export interface TransportationProblem {
  /** `rows × cols`, row-major, points or any other unit; any finite number, `-Infinity` forbids the pair. */
  readonly scores: Float64Array
  readonly rows: number
  readonly cols: number
  /** Seats of each column, integers ≥ 0. */
  readonly capacities: ArrayLike<number>
  /**
   * What the k-th seat of a column costs, in the unit of the scores: `seatCosts[col][k - 1]`, any finite number, never
   * falling with k (a flow stays exact only under convex cost). At least `min(capacity, rows)` numbers per column.
   * All seats are free when left out.
   */
  readonly seatCosts?: readonly Float64Array[]
}

/** Rows beyond this do not fit the 32-bit indices of the solver. */
const MOST_INDEXED = 2 ** 31 - 1

/** @throws {LoadstarError} `SCORES_INVALID` for scores, seat costs or lengths, `CAPACITY_INVALID` for capacities. */
export function checkTransportation(problem: TransportationProblem): void {
  const { scores, rows, cols, capacities, seatCosts } = problem
  checkSize(rows, 'rows')
  checkSize(cols, 'cols')
  if (scores.length !== rows * cols) {
    throw new LoadstarError(
      'SCORES_INVALID',
      'scores',
      `must hold rows × cols = ${rows * cols} numbers`,
      scores.length,
    )
  }
  for (let cell = 0; cell < scores.length; cell++) {
    if (!((scores[cell] as number) < Infinity)) checkScore(scores[cell] as number, cell)
  }
  if (capacities.length !== cols) {
    throw new LoadstarError(
      'CAPACITY_INVALID',
      'capacities',
      `must hold cols = ${cols} numbers`,
      capacities.length,
    )
  }
  // The name of the field is made only for a fault: many columns would spend longer on it than on the check.
  for (let col = 0; col < cols; col++) {
    if (!isCapacity(capacities[col])) checkCapacity(capacities[col], `capacities[${col}]`)
  }
  if (seatCosts !== undefined) checkSeatCosts(seatCosts, problem)
}

/** Seats of a column that can be used at all. */
export function usableSeats({ capacities, rows }: TransportationProblem, col: number): number {
  return Math.min(capacities[col] as number, rows)
}

/** @param seat - counted from 0, below `usableSeats`. */
export function seatCost({ seatCosts }: TransportationProblem, col: number, seat: number): number {
  return seatCosts === undefined ? 0 : (seatCosts[col]?.[seat] as number)
}

function checkSize(size: number, field: string): void {
  if (!(Number.isInteger(size) && size >= 0 && size <= MOST_INDEXED)) {
    throw new LoadstarError('SCORES_INVALID', field, `must be an integer within 0..${MOST_INDEXED}`, size)
  }
}

function checkSeatCosts(seatCosts: readonly Float64Array[], problem: TransportationProblem): void {
  if (seatCosts.length !== problem.cols) {
    throw new LoadstarError(
      'SCORES_INVALID',
      'seat_costs',
      `must hold cols = ${problem.cols} lists`,
      seatCosts.length,
    )
  }
  seatCosts.forEach((costs, col) => checkSeatCostList(costs, usableSeats(problem, col), col))
}

/** @throws {LoadstarError} `SCORES_INVALID`. */
export function checkScore(score: number, cell: number): void {
  if (score < Infinity) return
  throw new LoadstarError('SCORES_INVALID', `scores[${cell}]`, 'must be a finite number or -Infinity', score)
}

/** @throws {LoadstarError} `CAPACITY_INVALID`. */
export function checkCapacity(capacity: number | undefined, field: string): void {
  if (isCapacity(capacity)) return
  throw new LoadstarError('CAPACITY_INVALID', field, 'must be an integer ≥ 0', capacity)
}

function isCapacity(capacity: number | undefined): boolean {
  return Number.isSafeInteger(capacity) && (capacity as number) >= 0
}

/** Checks what the first so many seats of a column cost. @throws {LoadstarError} `SCORES_INVALID`. */
export function checkSeatCostList(costs: Float64Array, seats: number, col: number): void {
  const field = `seat_costs[${col}]`
  if (costs.length < seats) {
    throw new LoadstarError('SCORES_INVALID', field, `must hold at least ${seats} numbers`, costs.length)
  }
  for (let seat = 0; seat < seats; seat++) {
    const cost = costs[seat] as number
    if (!Number.isFinite(cost)) {
      throw new LoadstarError('SCORES_INVALID', `${field}[${seat}]`, 'must be a finite number', cost)
    }
    if (seat > 0 && cost < (costs[seat - 1] as number)) {
      throw new LoadstarError('SCORES_INVALID', `${field}[${seat}]`, 'must not be below the one before', cost)
    }
  }
}
