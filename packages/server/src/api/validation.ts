import type { FastifySchemaCompiler } from 'fastify'
import { z } from 'zod'
import { describeIssues } from '../config/schema-error.js'
import { ApiError } from './error-envelope.js'

const MOST_PROBLEMS_TOLD = 5

const NAME_OF_PART: Readonly<Record<string, string>> = {
  body: 'the body',
  querystring: 'the query',
  params: 'the path',
}

/** Checks a part of a request by its zod schema; the error names field, rule and value of the first few problems. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  return (given: unknown) => {
    // The framework hands over null where there is no body.
    const data = given ?? undefined
    const result = schema.safeParse(data)
    if (result.success) return { value: result.data }
    return { error: invalid(result.error, data, NAME_OF_PART[httpPart ?? ''] ?? 'the input') }
  }
}

function invalid(error: z.core.$ZodError, data: unknown, part: string): ApiError {
  const problems = describeIssues(withoutLaxer(error), data)
  const told = problems
    .slice(0, MOST_PROBLEMS_TOLD)
    .map(({ path, message }) => (path === '' ? message.replace('the input', part) : message))
  const rest = problems.length - told.length
  const message = rest > 0 ? `${told.join('; ')}; and ${rest} more` : told.join('; ')
  const first = problems[0]?.path ?? ''
  return new ApiError(400, 'invalid_value', message, first === '' ? null : first)
}

/** Of several bounds that one value breaks, such as that of all integers and the field's own, the strictest only. */
function withoutLaxer(error: z.core.$ZodError): z.core.$ZodError {
  const strictest = new Map<string, z.core.$ZodIssue>()
  for (const issue of error.issues) {
    const known = strictest.get(placeOf(issue))
    if (known === undefined || isStricter(issue, known)) strictest.set(placeOf(issue), issue)
  }
  return new z.core.$ZodError(
    error.issues.filter((issue) => !isBound(issue) || strictest.get(placeOf(issue)) === issue),
  )
}

function placeOf({ code, path }: z.core.$ZodIssue): string {
  return JSON.stringify([code, ...path.map(String)])
}

function isBound({ code }: z.core.$ZodIssue): boolean {
  return code === 'too_big' || code === 'too_small'
}

function isStricter(one: z.core.$ZodIssue, other: z.core.$ZodIssue): boolean {
  if (one.code === 'too_big' && other.code === 'too_big') return one.maximum < other.maximum
  return one.code === 'too_small' && other.code === 'too_small' && one.minimum > other.minimum
}
