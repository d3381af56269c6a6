import { readFileSync } from 'node:fs'
import { buildConfig } from './build.js'
import { ConfigError } from './config-error.js'
import type { Config } from './config.js'
import { checkDocument } from './document.js'
import { withOverrides } from './overrides.js'
import { CONFIG_SCHEMA } from './schema.js'
import { unreadable } from './unreadable.js'
import { readYaml } from './yaml-source.js'

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
    throw unreadable(path, cause)
  }
  return parseConfig(text, env, path)
}

/**
 * The configuration of a YAML or JSON text with the environment filled in, defaulted and deeply frozen.
 *
 * `env` is read for `${NAME}` inside values and for `HOST`, `PORT` and `DATABASE_URL`, which stand above the file.
 *
 * @param source - what to call the text in errors, e.g. its path.
 * @throws {ConfigError} with every problem at once; what a variable holds is never part of a message.
 */
export function parseConfig(text: string, env: NodeJS.ProcessEnv, source: string): Config {
  checkPortVariable(env)
  const yaml = readYaml(text, source)
  const { document, overridden } = withOverrides(yaml.value ?? {}, env)
  return buildConfig(checkDocument(CONFIG_SCHEMA, { source, yaml, written: document, overridden }, env))
}

/** A port is no secret, and the one who set it looks for it in the environment, not in the file. */
function checkPortVariable({ PORT }: NodeJS.ProcessEnv): void {
  if (!PORT || (/^\d{1,5}$/.test(PORT) && Number(PORT) <= 65_535)) return
  const message = `PORT must be an integer from 0 to 65535, got ${JSON.stringify(PORT.slice(0, 40))}`
  throw new ConfigError('environment', [{ path: 'PORT', message, line: null, column: null }])
}
