import { z } from 'zod'
import { PREFIX, type ApiDeps, type ZodApp } from '../deps.js'
import { ApiError } from '../error-envelope.js'
import { DECISION, decisionView } from '../schemas/decision-schema.js'
import { refusals } from '../schemas/refusals.js'

/** Why a live request was given the model it was given. */
export function decisionRoute(app: ZodApp, { live }: ApiDeps): void {
  app.get(
    `${PREFIX}/decisions/:id`,
    {
      schema: {
        tags: ['decisions'],
        summary: 'Why a request was given its model',
        description: 'The latest few thousand decisions of this instance are kept.',
        params: z.object({ id: z.string().describe('`x-loadstar-decision-id` of the answer.') }),
        response: {
          200: z.object({ success: z.literal(true), decision: DECISION }),
          ...refusals(404),
        },
      },
    },
    ({ params: { id } }) => {
      const decision = live.decision(id)
      if (decision === undefined) {
        const message = `there is no decision "${id}" of this instance, or it is forgotten`
        throw new ApiError(404, 'unknown_decision', message, 'id')
      }
      return { success: true as const, decision: decisionView(id, decision) }
    },
  )
}
