import { ConfigError } from './config-error.js'

/** What to throw when a file cannot be read, in words that help who named the wrong one. */
export function unreadable(source: string, cause: unknown): ConfigError {
  const message = `cannot be read: ${reasonOf(cause)}`
  return new ConfigError(source, [{ path: '', message, line: null, column: null }], { cause })
}

function reasonOf(cause: unknown): string {
  const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
  if (isMissing) return 'there is no such file'
  return cause instanceof Error ? cause.message : String(cause)
}
