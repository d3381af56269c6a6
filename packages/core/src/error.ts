/** Stable codes of every error that core throws; what is expected is returned as a value instead. */
export type ErrorCode =
  | 'AGENT_INVALID'
  | 'CAPACITY_INVALID'
  | 'DUPLICATE_ID'
  | 'ID_INVALID'
  | 'OPTION_INVALID'
  | 'SCORES_INVALID'
  | 'STRENGTH_INVALID'
  | 'STRATEGY_UNKNOWN'
  | 'UNKNOWN_MODEL'
  | 'WEIGHTS_INVALID'

/**
 * Misuse of the library: the message names field, rule and value
 * (`models[2].max_concurrent must be an integer ≥ 0, got -1`).
 */
export class LoadstarError extends Error {
  readonly code: ErrorCode
  /** Path of the offending field in contract (snake_case) spelling, e.g. `models[2].max_concurrent`. */
  readonly field: string

  constructor(code: ErrorCode, field: string, rule: string, value: unknown) {
    super(`${field} ${rule}, got ${show(value)}`)
    this.name = 'LoadstarError'
    this.code = code
    this.field = field
  }
}

const LONGEST_SHOWN = 80

function show(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text
}
