import { readFileSync } from 'node:fs'
import { ConfigError } from './config-error.js'
import type { Config } from './config.js'
import { parseConfig } from './parse.js'

/**
 * Reads and checks a configuration file; see `parseConfig`.
 *
 * @throws {ConfigError} also when the file cannot be read.
 */
export function loadConfig(path: string, env: NodeJS.ProcessEnv): Config {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    const message = `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`
    throw new ConfigError(path, [{ path: '', message, line: null, column: null }], { cause })
  }
  return parseConfig(text, env, path)
}
