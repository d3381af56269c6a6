import { usableSeats, type TransportationProblem } from '../transportation-problem.js'

/** Writes usable seats and, where they cost anything, their costs end to end. */
export function layOutSeats(
  problem: TransportationProblem,
  seats: Int32Array,
  seatStart: Int32Array,
  seatCosts: Float64Array,
): void {
  let start = 0
  for (let col = 0; col < problem.cols; col++) {
    const usable = usableSeats(problem, col)
    seats[col] = usable
    seatStart[col] = start
    const costs = problem.seatCosts?.[col]
    if (costs === undefined) continue
    seatCosts.set(costs.subarray(0, usable), start)
    start += usable
  }
}

export function seatCostsIn(problem: TransportationProblem): number {
  if (problem.seatCosts === undefined) return 0
  let count = 0
  for (let col = 0; col < problem.cols; col++) count += usableSeats(problem, col)
  return count
}
