import type { z } from 'zod'
import { ConfigError } from './config-error.js'
import { contradictions } from './contradictions.js'
import { interpolate, type Interpolated } from './interpolate.js'
import { formatPath, locateIssues, problemAt, valueAt } from './schema-error.js'
import type { YamlSource } from './yaml-source.js'

/** What is to be checked, and where it came from. */
interface WrittenDocument {
  /** What to call it in errors, e.g. its path. */
  readonly source: string
  readonly yaml: YamlSource
  /** What the YAML says, as far as it is to be read. */
  readonly written: unknown
  /** Paths whose value does not come from the YAML, and has no line in it. */
  readonly overridden?: ReadonlySet<string>
}

/**
 * Fills the environment into a document and checks it against a schema, ids used twice included.
 *
 * @throws {ConfigError} with every problem at once; what a variable holds is never part of a message.
 */
export function checkDocument<Schema extends z.ZodType>(
  schema: Schema,
  { source, yaml, written, overridden }: WrittenDocument,
  env: NodeJS.ProcessEnv,
): z.output<Schema> {
  const filled = interpolate(written, env)
  const { result, value } = parseFilled(schema, written, env, filled)

  // Messages show what the file says, never what a variable holds: it may be a secret.
  const issues = result.success ? [] : locateIssues(result.error, written)
  const failed = new Set(filled.problems.map(({ path }) => path))
  const found = [
    ...filled.problems,
    ...issues.filter(({ path }) => !failed.has(path)),
    ...contradictions(value, written).map(({ steps, rule }) =>
      problemAt(steps, rule, valueAt(written, steps)),
    ),
  ]
  if (result.success && found.length === 0) return result.data
  const located = found.map((problem) => {
    const place = yaml.locate(problem)
    return overridden?.has(problem.path) === true ? { ...place, line: null, column: null } : place
  })
  throw new ConfigError(source, located.sort(byPlace))
}

/** Parses; where a number or a boolean is wanted and a variable stands, once more with the variable read as such. */
function parseFilled<Schema extends z.ZodType>(
  schema: Schema,
  written: unknown,
  env: NodeJS.ProcessEnv,
  filled: Interpolated,
) {
  const result = schema.safeParse(filled.value)
  if (result.success) return { result, value: filled.value }
  const asPlainValues = new Set(
    result.error.issues
      .filter((issue) => issue.code === 'invalid_type' && /^(number|int|boolean)$/.test(issue.expected))
      .map((issue) => formatPath(issue.path))
      .filter((path) => filled.paths.has(path)),
  )
  if (asPlainValues.size === 0) return { result, value: filled.value }
  const { value } = interpolate(written, env, asPlainValues)
  return { result: schema.safeParse(value), value }
}

type Placed = Pick<ConfigError['problems'][number], 'line' | 'column'>

function byPlace(a: Placed, b: Placed): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)
}
