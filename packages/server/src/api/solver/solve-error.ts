export type SolveErrorCode = 'SOLVE_TIMEOUT' | 'SOLVE_CANCELLED' | 'SOLVER_BUSY'

/** A run that was not refused for its input and still gave no result. */
export class SolveError extends Error {
  readonly code: SolveErrorCode

  constructor(code: SolveErrorCode, message: string) {
    super(message)
    this.name = 'SolveError'
    this.code = code
  }
}
