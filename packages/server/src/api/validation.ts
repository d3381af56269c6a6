import type { FastifySchemaCompiler } from 'fastify'
import type { z } from 'zod'
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
  const problems = describeIssues(error, data)
  const told = problems
    .slice(0, MOST_PROBLEMS_TOLD)
    .map(({ path, message }) => (path === '' ? message.replace('the input', part) : message))
  const rest = problems.length - told.length
  const message = rest > 0 ? `${told.join('; ')}; and ${rest} more` : told.join('; ')
  const first = problems[0]?.path ?? ''
  return new ApiError(400, 'invalid_value', message, first === '' ? null : first)
}
