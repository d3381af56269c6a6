import { levels, pino, type Logger } from 'pino'
import { ConfigError } from '../config/config-error.js'

const LEVELS = [...Object.keys(levels.values), 'silent']

/**
 * A log of JSON lines on stderr, at `LOG_LEVEL` where that is set.
 *
 * @throws {ConfigError} for a `LOG_LEVEL` that is none.
 */
export function createLogger(defaultLevel: 'info' | 'error'): Logger {
  const level = process.env['LOG_LEVEL'] || defaultLevel
  if (!LEVELS.includes(level)) {
    const message = `LOG_LEVEL must be one of ${LEVELS.join(', ')}, got ${JSON.stringify(level)}`
    throw new ConfigError('environment', [{ path: 'LOG_LEVEL', message, line: null, column: null }])
  }
  return pino({ level }, pino.destination(2))
}
