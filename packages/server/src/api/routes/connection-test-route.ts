import { z } from 'zod'
import { PREFIX, type ApiDeps, type ZodApp } from '../deps.js'
import { ApiError } from '../error-envelope.js'
import { refusals } from '../schemas/refusals.js'

const SCHEMA = {
  tags: ['models'],
  summary: 'Ask a model’s backend whether it is there',
  description:
    'Its list of models, with its key; where that does not name the model, a chat of one token, for which a slot is taken as for every other. Whatever comes of it is a 200: `ok` tells.',
  params: z.object({ id: z.string().describe('The model’s id, percent-encoded.') }),
  response: {
    200: z.object({
      success: z.literal(true),
      ok: z.boolean(),
      asked: z.enum(['models', 'chat']).describe('What it was asked last.'),
      status: z.int().nullable().describe('Status of its answer; null without one.'),
      latency_ms: z.number().min(0).describe('Milliseconds that the test took.'),
      message: z.string().describe('What that means, in words.'),
    }),
    ...refusals(404),
  },
}

/** Tests the connection to a model. */
export function connectionTestRoute(app: ZodApp, { registry, testConnection }: ApiDeps): void {
  app.post(`${PREFIX}/models/:id/test`, { schema: SCHEMA }, async ({ params: { id } }) => {
    const model = registry.model(id)
    if (model === undefined) throw new ApiError(404, 'unknown_model', `there is no model "${id}"`, 'id')
    const { isOk, asked, status, latencyMs, message } = await testConnection(model)
    return {
      success: true as const,
      ok: isOk,
      asked,
      status,
      latency_ms: Math.round(latencyMs * 10) / 10,
      message,
    }
  })
}
