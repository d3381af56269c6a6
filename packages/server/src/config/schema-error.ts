import type { z } from 'zod'
import { nearestKey } from './nearest-key.js'

/** One thing wrong with an input. */
export interface Problem {
  /** Where, e.g. `models[2].max_concurrent`; empty for the input as a whole. */
  readonly path: string
  /** A sentence with path, rule and value: `models[2].max_concurrent must be ≥ 0, got -1`. */
  readonly message: string
}

/** A problem with its path still in steps, for those who look the place up. */
export interface LocatedProblem extends Problem {
  readonly steps: readonly PropertyKey[]
}

type Issue = z.core.$ZodIssue
type Steps = readonly PropertyKey[]

/**
 * Every issue of a failed parse as a sentence, in the order found; `input` is what was parsed.
 *
 * Values of fields named like a secret, and passwords inside URLs, are never repeated.
 */
export function describeIssues(error: z.core.$ZodError, input: unknown): Problem[] {
  return locateIssues(error, input).map(({ path, message }) => ({ path, message }))
}

/** `describeIssues` with the steps of each path kept. */
export function locateIssues(error: z.core.$ZodError, input: unknown): LocatedProblem[] {
  return error.issues.flatMap((issue) => describe(issue, [], input))
}

/** `field rule, got value` for a rule that no schema can express, in the words and with the care of `describeIssues`. */
export function problemAt(steps: Steps, rule: string, value: unknown): LocatedProblem {
  const path = formatPath(steps)
  const shown = isSecret(steps) ? '' : `, got ${show(value)}`
  return { path, steps, message: `${path === '' ? 'the input' : path} ${rule}${shown}` }
}

/** `['models', 2, 'id']` reads `models[2].id`; a key that is no plain name is quoted: `capabilities["a b"]`. */
export function formatPath(steps: Steps): string {
  let path = ''
  for (const step of steps) {
    if (typeof step === 'number') path += `[${step}]`
    else if (/^[$\w-]+$/.test(String(step))) path += path === '' ? String(step) : `.${String(step)}`
    else path += `[${JSON.stringify(String(step))}]`
  }
  return path
}

function describe(issue: Issue, parents: Steps, input: unknown): LocatedProblem[] {
  const steps = [...parents, ...issue.path]
  const value = valueAt(input, steps)
  switch (issue.code) {
    case 'unrecognized_keys':
      return describeUnknownKeys(issue, steps)
    case 'invalid_union':
      return describeUnion(issue, steps, input)
    case 'invalid_key':
      return issue.issues.map((inner) => problemAt(steps, keyRule(inner), String(steps.at(-1))))
    case 'invalid_element':
      return issue.issues.flatMap((inner) => describe(inner, steps, input))
    default:
      if (value === undefined && issue.code !== 'custom') return [missing(steps)]
      return [problemAt(steps, ruleOf(issue, value), value)]
  }
}

function missing(steps: Steps): LocatedProblem {
  const path = formatPath(steps)
  return { path, steps, message: `${path === '' ? 'the input' : path} is required` }
}

function describeUnknownKeys(issue: z.core.$ZodIssueUnrecognizedKeys, steps: Steps): LocatedProblem[] {
  const lines = issue.message.split('\n')
  return issue.keys.map((key, index) => {
    const at = [...steps, key]
    const path = formatPath(at)
    const line = lines.length === issue.keys.length ? lines[index] : undefined
    const reason = line?.startsWith('is not') === true ? line : 'is not a known key'
    return { path, steps: at, message: `${path} ${reason}` }
  })
}

/** The branch that came furthest tells best what is wrong; where all fail at once, what each of them expects. */
function describeUnion(issue: z.core.$ZodIssueInvalidUnion, steps: Steps, input: unknown): LocatedProblem[] {
  const value = valueAt(input, steps)
  if (value === undefined) return [missing(steps)]
  const deepest = issue.errors.find((branch) => branch.every((inner) => inner.path.length > 0))
  if (deepest !== undefined && deepest.length > 0) {
    return deepest.flatMap((inner) => describe(inner, steps, input))
  }
  const rules = issue.errors.flatMap((branch) => branch.slice(0, 1).map((inner) => ruleOf(inner, value)))
  const rule = rules.length === 0 ? issue.message : [...new Set(rules)].join(' or ')
  return [problemAt(steps, rule, value)]
}

function keyRule(issue: Issue): string {
  return `is not a valid name: it ${ruleOf(issue, undefined)}`
}

const NOUNS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a finite number',
  int: 'an integer',
  boolean: 'true or false',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  null: 'null',
}

function ruleOf(issue: Issue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${NOUNS[issue.expected] ?? issue.expected}`
    case 'too_small':
      return sizeRule(issue.origin, issue.inclusive === false ? '>' : '≥', issue.minimum)
    case 'too_big':
      return sizeRule(issue.origin, issue.inclusive === false ? '<' : '≤', issue.maximum)
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    case 'invalid_value':
      return valueRule(issue.values.map(String), value)
    case 'invalid_format':
      return issue.message.startsWith('must') ? issue.message : `must be a valid ${issue.format}`
    case 'unrecognized_keys':
    case 'invalid_union':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return issue.message
  }
}

function sizeRule(origin: string, relation: string, limit: number | bigint): string {
  if (origin !== 'string' && origin !== 'array') return `must be ${relation} ${limit}`
  if (relation === '≥' && Number(limit) === 1) return 'must not be empty'
  return origin === 'string'
    ? `must have ${relation} ${limit} characters`
    : `must have ${relation} ${limit} entries`
}

function valueRule(values: readonly string[], value: unknown): string {
  const rule = values.length === 1 ? `must be ${values[0] ?? ''}` : `must be one of ${values.join(', ')}`
  const nearest = typeof value === 'string' ? nearestKey(value, values) : undefined
  return nearest === undefined || values.length === 1 ? rule : `${rule} (did you mean ${nearest}?)`
}

/** What stands at a path; `undefined` where nothing does. */
export function valueAt(input: unknown, steps: Steps): unknown {
  let value = input
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<PropertyKey, unknown>)[step]
  }
  return value
}

function isSecret(steps: Steps): boolean {
  return /(^|_)(key|secret|token|password)$/i.test(String(steps.at(-1)))
}

const LONGEST_SHOWN = 80

function show(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object' && value !== null) return 'a mapping'
  if (value === undefined) return 'nothing'
  const text = typeof value === 'string' ? JSON.stringify(withoutPassword(value)) : `${value as number}`
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text
}

/** An address without the user and password that may stand in it. */
export function withoutPassword(text: string): string {
  // Up to the last @: a password may hold one.
  return text.replace(/\/\/[^/\s]*@/, '//***@')
}
