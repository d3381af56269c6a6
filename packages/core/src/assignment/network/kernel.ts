import type { TransportationProblem } from '../transportation-problem.js'

/** An optimal placement with the least prices that support it. */
export interface KernelSolution {
  /** -1 where a row stays out. */
  readonly columnOfRow: Int32Array
  readonly columnPrices: Float64Array
}

/** One build of the solver; all builds give the same numbers, bit for bit. */
export interface Kernel {
  /** Whether a problem fits its memory. */
  accepts(problem: TransportationProblem): boolean
  /** The problem has been checked. Memory is kept for the next problem of at most this size. */
  solve(problem: TransportationProblem): KernelSolution
}
