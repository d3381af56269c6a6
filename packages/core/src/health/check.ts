import { LoadstarError } from '../error.js'

/** @throws {LoadstarError} `OPTION_INVALID` unless in 0..1. */
export function checkShare(share: number, field: string): void {
  if (!(share >= 0 && share <= 1)) throw invalid(field, 'must be a number 0..1', share)
}

/** @throws {LoadstarError} `OPTION_INVALID` unless finite and ≥ 0. */
export function checkNotNegative(value: number, field: string): void {
  if (!(value >= 0 && value < Infinity)) throw invalid(field, 'must be a finite number ≥ 0', value)
}

/** @throws {LoadstarError} `OPTION_INVALID` unless finite and > 0. */
export function checkPositive(value: number, field: string): void {
  if (!(value > 0 && value < Infinity)) throw invalid(field, 'must be a finite number > 0', value)
}

/** @throws {LoadstarError} `OPTION_INVALID` unless an integer ≥ `least`. */
export function checkWhole(value: number, least: number, field: string): void {
  if (!(Number.isSafeInteger(value) && value >= least))
    throw invalid(field, `must be an integer ≥ ${least}`, value)
}

export function invalid(field: string, rule: string, value: unknown): LoadstarError {
  return new LoadstarError('OPTION_INVALID', field, rule, value)
}
