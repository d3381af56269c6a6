import { formatPath, problemAt, type LocatedProblem } from './schema-error.js'

export interface Interpolated {
  readonly value: unknown
  /** Paths of the strings that held a `${…}`. */
  readonly paths: ReadonlySet<string>
  readonly problems: readonly LocatedProblem[]
}

interface Walk {
  readonly env: NodeJS.ProcessEnv
  readonly plain: ReadonlySet<string>
  readonly paths: Set<string>
  readonly problems: LocatedProblem[]
}

/**
 * A copy of `value` with `${NAME}` and `${NAME:-default}` inside its strings replaced from the environment.
 *
 * The default stands in for a variable that is not set or empty; `$${` writes a literal `${`. What a variable
 * holds is never looked into again. Strings at `asPlainValues` become the number or boolean they spell.
 * Keys that could reach an object's prototype are refused and left out.
 */
export function interpolate(
  value: unknown,
  env: NodeJS.ProcessEnv,
  asPlainValues: ReadonlySet<string> = new Set(),
): Interpolated {
  const walk: Walk = { env, plain: asPlainValues, paths: new Set(), problems: [] }
  return { value: replaceIn(value, [], walk), paths: walk.paths, problems: walk.problems }
}

const UNSAFE_KEYS = ['__proto__', 'constructor', 'prototype']

function replaceIn(value: unknown, steps: readonly PropertyKey[], walk: Walk): unknown {
  if (typeof value === 'string') return replaceText(value, steps, walk)
  if (Array.isArray(value)) return value.map((item, index) => replaceIn(item, [...steps, index], walk))
  if (typeof value !== 'object' || value === null) return value
  const entries: [string, unknown][] = []
  for (const [key, item] of Object.entries(value)) {
    const at = [...steps, key]
    if (UNSAFE_KEYS.includes(key)) walk.problems.push(problemAt(at, 'must not be used as a key', key))
    else entries.push([key, replaceIn(item, at, walk)])
  }
  return Object.fromEntries(entries)
}

const REFERENCE = /\$\$\{|\$\{([^}]*)(\}?)/g
const VARIABLE = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s

function replaceText(text: string, steps: readonly PropertyKey[], walk: Walk): unknown {
  if (!text.includes('${')) return text
  const path = formatPath(steps)
  const replaced = text.replace(REFERENCE, (whole: string, inside: string | undefined, end: string) => {
    if (whole === '$${') return '${'
    walk.paths.add(path)
    const match = end === '}' ? VARIABLE.exec(inside ?? '') : null
    if (match === null) {
      walk.problems.push(problemAt(steps, 'must write variables as ${NAME} or ${NAME:-default}', text))
      return whole
    }
    const [, name = '', fallback] = match
    const held = walk.env[name]
    if (held !== undefined && (held !== '' || fallback === undefined)) return held
    if (fallback !== undefined) return fallback
    const message = `${path} needs the environment variable ${name}, which is not set`
    walk.problems.push({ path, steps, message })
    return whole
  })
  return walk.plain.has(path) ? plainValue(replaced) : replaced
}

function plainValue(text: string): unknown {
  const bare = text.trim()
  if (bare === 'true' || bare === 'false') return bare === 'true'
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(bare) ? Number(bare) : text
}
