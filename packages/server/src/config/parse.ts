import { readFileSync } from 'node:fs'
import { buildConfig } from './build.js'
import { ConfigError } from './config-error.js'
import type { Config } from './config.js'
import { contradictions } from './contradictions.js'
import { interpolate, type Interpolated } from './interpolate.js'
import { withOverrides } from './overrides.js'
import { formatPath, locateIssues, problemAt, valueAt } from './schema-error.js'
import { CONFIG_SCHEMA } from './schema.js'
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
    const message = `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`
    throw new ConfigError(path, [{ path: '', message, line: null, column: null }], { cause })
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
  const yaml = readYaml(text, source)
  const { document: written, overridden } = withOverrides(yaml.value ?? {}, env)
  const filled = interpolate(written, env)
  const { result, value } = parseFilled(written, env, filled)

  // Messages show what the file says, never what a variable holds: it may be a secret.
  const issues = result.success ? [] : locateIssues(result.error, written)
  const broken = contradictions(value, written)
  const failed = new Set(filled.problems.map(({ path }) => path))
  const found = [
    ...filled.problems,
    ...issues.filter(({ path }) => !failed.has(path)),
    ...broken.map(({ steps, rule }) => problemAt(steps, rule, valueAt(written, steps))),
  ]
  if (!result.success || found.length > 0) {
    const located = found.map((problem) => {
      const place = yaml.locate(problem)
      return overridden.has(problem.path) ? { ...place, line: null, column: null } : place
    })
    throw new ConfigError(source, located.sort(byPlace))
  }
  return buildConfig(result.data)
}

/** Parses; where a number or a boolean is wanted and a variable stands, once more with the variable read as such. */
function parseFilled(written: unknown, env: NodeJS.ProcessEnv, filled: Interpolated) {
  const result = CONFIG_SCHEMA.safeParse(filled.value)
  if (result.success) return { result, value: filled.value }
  const asPlainValues = new Set(
    result.error.issues
      .filter((issue) => issue.code === 'invalid_type' && /^(number|int|boolean)$/.test(issue.expected))
      .map((issue) => formatPath(issue.path))
      .filter((path) => filled.paths.has(path)),
  )
  if (asPlainValues.size === 0) return { result, value: filled.value }
  const { value } = interpolate(written, env, asPlainValues)
  return { result: CONFIG_SCHEMA.safeParse(value), value }
}

type Placed = Pick<ConfigError['problems'][number], 'line' | 'column'>

function byPlace(a: Placed, b: Placed): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)
}
