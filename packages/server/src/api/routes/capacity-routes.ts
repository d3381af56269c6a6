import { z } from 'zod'
import { adviceView } from '../../alerts/view.js'
import { closedObject } from '../../config/closed-object.js'
import { milliseconds } from '../../config/schema/quantities.js'
import { PREFIX, type ApiDeps, type ZodApp } from '../deps.js'
import { ApiError } from '../error-envelope.js'
import { CAPACITY_ADVICE, CAPACITY_RULE_STATE } from '../schemas/alert-schema.js'
import { refusals } from '../schemas/refusals.js'

const RULES = {
  tags: ['capacity'],
  summary: 'How capacity rules stand',
  response: {
    200: z.object({ success: z.literal(true), rules: z.array(CAPACITY_RULE_STATE) }),
  },
}

const ADVICE = {
  tags: ['capacity'],
  summary: 'How many slots models should have',
  description:
    'From what was measured over the last five minutes: the fewest slots at which a request is expected to wait no longer than the target. The model where a slot is worth most comes first.',
  querystring: closedObject({
    model_id: z.string().min(1).optional().describe('Only this model.'),
    target_wait_ms: z.coerce
      .number()
      .pipe(milliseconds)
      .default(200)
      .describe('Milliseconds of expected wait that are wanted.'),
  }),
  response: {
    200: z.object({
      success: z.literal(true),
      advice: z.array(CAPACITY_ADVICE),
      unmeasured: z.array(z.string()).describe('Models of which too little was seen to say anything.'),
    }),
    ...refusals(400, 404),
  },
}

/** Capacity rules, and advice on capacity. */
export function capacityRoutes(app: ZodApp, { alerts, registry }: ApiDeps): void {
  app.get(`${PREFIX}/capacity/rules`, { schema: RULES }, () => ({
    success: true as const,
    rules: alerts.ruleStates().map(({ rule, modelId, isInForce, utilization, sinceMs }) => ({
      rule_id: rule.id,
      model_id: modelId,
      action: rule.action,
      threshold: rule.utilization,
      duration_ms: rule.durationMs,
      utilization,
      is_in_force: isInForce,
      since: sinceMs === null ? null : new Date(sinceMs).toISOString(),
    })),
  }))

  app.get(`${PREFIX}/capacity/advice`, { schema: ADVICE }, ({ query }) => {
    const { model_id: modelId, target_wait_ms: targetWaitMs } = query
    if (modelId !== undefined && registry.model(modelId) === undefined) {
      throw new ApiError(404, 'unknown_model', `there is no model "${modelId}"`, 'model_id')
    }
    const advice = alerts.advice(targetWaitMs, modelId)
    const wanted = modelId === undefined ? registry.models().map(({ id }) => id) : [modelId]
    return {
      success: true as const,
      advice: advice.map(adviceView),
      unmeasured: wanted.filter((id) => !advice.some((one) => one.modelId === id)),
    }
  })
}
