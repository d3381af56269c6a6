import { TASK_TYPES } from '@loadstar/core'
import { z } from 'zod'
import { closedObject } from '../../config/closed-object.js'
import { PREFIX, type ApiDeps, type ZodApp } from '../deps.js'
import { ApiError } from '../error-envelope.js'
import { FEEDBACK, QUALITY, qualityView } from '../schemas/feedback-schema.js'
import { refusals } from '../schemas/refusals.js'

/** Where clients of the gateway look for it, and where the rest of this API is. */
const PATHS = ['/api/v1/feedback', `${PREFIX}/feedback`]

const RATE = {
  tags: ['learning'],
  summary: 'Tell how good an answer was',
  description:
    'Votes move what a model is thought to be worth at a task type (scoring.quality), away from the strength that was declared. It is stored when this answers. A later vote on the same answer takes the place of the earlier one, within thirty days.',
  body: FEEDBACK,
  response: {
    200: z.object({
      success: z.literal(true),
      decision_id: z.string(),
      replaced: z.boolean().describe('It took the place of an earlier vote on the same answer.'),
      quality: QUALITY.describe('What is thought of the model at this task type now.'),
    }),
    ...refusals(400, 404, 409, 413, 415),
  },
}

const LIST = {
  tags: ['learning'],
  summary: 'How good models are thought to be',
  description: 'Declared strengths beside what votes make of them, with how sure that is.',
  querystring: closedObject({
    model_id: z.string().min(1).optional().describe('Only this model.'),
    task_type: z.enum(TASK_TYPES).optional().describe('Only at this task type.'),
  }),
  response: {
    200: z.object({ success: z.literal(true), qualities: z.array(QUALITY) }),
    ...refusals(400),
  },
}

/** Votes on answers, and what they come to. */
export function feedbackRoute(app: ZodApp, { learning }: ApiDeps): void {
  for (const path of PATHS) {
    app.post(path, { schema: RATE }, async ({ body }) => {
      const { decision_id: decisionId, task_type: task } = body
      const receipt = await learning.rate({ decisionId, score: scoreOf(body), task })
      switch (receipt.kind) {
        case 'counted': {
          const quality = learning
            .qualities()
            .find(({ modelId, task: own }) => modelId === receipt.modelId && own === receipt.task)
          if (quality === undefined) throw unknownModel(receipt.modelId)
          const counted = { decision_id: decisionId, replaced: receipt.isChange }
          return { success: true as const, ...counted, quality: qualityView(quality) }
        }
        case 'unknown_decision': {
          const message = `there is no decision "${decisionId}", or it is forgotten`
          throw new ApiError(404, 'unknown_decision', message, 'decision_id')
        }
        case 'still_running': {
          const message = `the answer of decision "${decisionId}" has not ended: vote on it when it has`
          throw new ApiError(409, 'decision_running', message, 'decision_id')
        }
        case 'unknown_model':
          throw unknownModel(receipt.modelId)
      }
    })
  }

  app.get(`${PREFIX}/quality`, { schema: LIST }, ({ query }) => {
    const qualities = learning
      .qualities()
      .filter(({ modelId }) => query.model_id === undefined || modelId === query.model_id)
      .filter(({ task }) => query.task_type === undefined || task === query.task_type)
    return { success: true as const, qualities: qualities.map(qualityView) }
  })
}

function scoreOf({ score, thumbs }: z.output<typeof FEEDBACK>): number {
  if (score !== undefined && thumbs !== undefined) {
    throw new ApiError(400, 'invalid_value', 'thumbs must be left out where score is given', 'thumbs')
  }
  if (score !== undefined) return score
  if (thumbs === undefined) {
    throw new ApiError(400, 'invalid_value', 'score is required, or thumbs instead of it', 'score')
  }
  return thumbs === 'up' ? 1 : 0
}

function unknownModel(modelId: string): ApiError {
  const message = `model "${modelId}", which gave the answer, is not there any more`
  return new ApiError(404, 'unknown_model', message, 'decision_id')
}
