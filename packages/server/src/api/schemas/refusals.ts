import { z } from 'zod'

const ERROR = z
  .object({
    error: z.object({
      message: z.string().describe('Which field, which rule, which value.'),
      type: z.enum(['invalid_request_error', 'server_error']),
      param: z.string().nullable().describe('The field at fault, e.g. `models[2].max_concurrent`.'),
      code: z.string().describe('Stable and machine-readable, e.g. `invalid_value`.'),
    }),
  })
  .meta({ id: 'Error', description: 'What every answer that is not a success looks like.' })

/** The `response` entries of the statuses by which a route may refuse; 413, 415 and 500 come with every body. */
export function refusals<Status extends 400 | 404 | 409 | 413 | 415 | 503>(...statuses: readonly Status[]) {
  return Object.fromEntries(statuses.map((status) => [status, ERROR])) as Record<Status, typeof ERROR>
}
