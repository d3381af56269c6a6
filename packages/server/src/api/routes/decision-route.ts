import { z } from 'zod'
import { PREFIX, type ApiDeps, type ZodApp } from '../deps.js'
import { ApiError } from '../error-envelope.js'
import { DECISION, decisionView, recordedView } from '../schemas/decision-schema.js'
import { DECISION_RECORD, recordView } from '../schemas/history-schema.js'
import { refusals } from '../schemas/refusals.js'

/** Why a live request was given the model it was given, and what became of it. */
export function decisionRoute(app: ZodApp, { live, history }: ApiDeps): void {
  app.get(
    `${PREFIX}/decisions/:id`,
    {
      schema: {
        tags: ['decisions'],
        summary: 'Why a request was given its model, and what became of it',
        description:
          'The latest few thousand decisions of this instance are told with all their terms, older ones in short, as far as history.retention_days and history.max_rows reach.',
        params: z.object({ id: z.string().describe('`x-loadstar-decision-id` of the answer.') }),
        response: {
          200: z.object({
            success: z.literal(true),
            decision: DECISION.nullable().describe('Null where only the request was recorded.'),
            request: DECISION_RECORD.nullable().describe(
              'Null while it runs, and where nothing is recorded.',
            ),
          }),
          ...refusals(404, 503),
        },
      },
    },
    async ({ params: { id } }) => {
      const decision = live.decision(id)
      const row = await history?.find(id)
      if (decision === undefined && row === undefined) {
        const message = `there is no decision "${id}" of this instance, or it is forgotten`
        throw new ApiError(404, 'unknown_decision', message, 'id')
      }
      return {
        success: true as const,
        decision: decision === undefined ? recordedView(id, row) : decisionView(id, decision),
        request: row === undefined ? null : recordView(row),
      }
    },
  )
}
