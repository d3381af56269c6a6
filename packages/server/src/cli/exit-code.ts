import { LoadstarError } from '@loadstar/core'
import { ConfigError } from '../config/config-error.js'

/** How a command ends; docs/reference/cli.md tells users. */
export const EXIT_CODES = {
  ok: 0,
  /** It was understood and could not be done: a port taken, a database not writable. */
  failure: 1,
  /** Wrong usage, or an input that does not check. */
  badInput: 2,
} as const

export function exitCodeOf(error: unknown): number {
  const isBadInput = error instanceof ConfigError || error instanceof LoadstarError
  return isBadInput ? EXIT_CODES.badInput : EXIT_CODES.failure
}
