import { LoadstarError, type AgentConstraints, type AntiAffinity } from '@loadstar/core'
import { z } from 'zod'
import { closedObject } from '../../config/closed-object.js'

const MODEL_IDS = z.array(z.string().min(1))

export const CONSTRAINTS = z
  .array(
    closedObject({
      agent_id: z.string().min(1).describe('An agent of the run; once in the list.'),
      demand: z
        .int()
        .min(1)
        .max(1000)
        .optional()
        .describe('Slots it takes on its one model. 1 when left out.'),
      min_score: z
        .number()
        .min(0)
        .max(100)
        .optional()
        .describe('Least capability score; the greater of this and min_score of the run counts.'),
      allowed_models: MODEL_IDS.optional().describe('The only models it may have. Any when left out.'),
      forbidden_models: MODEL_IDS.optional().describe('Models it must not have.'),
    }),
  )
  .optional()
  .describe('What single agents insist on. Manual assignments stand whatever is said here.')

export const ANTI_AFFINITY = z
  .array(z.array(z.string().min(1)))
  .optional()
  .describe('Groups of agent ids; members of a group never share a model.')

/** @throws {LoadstarError} `OPTION_INVALID` where an agent is given twice. */
export function constraintsFrom(
  constraints: z.output<typeof CONSTRAINTS>,
  antiAffinity: z.output<typeof ANTI_AFFINITY>,
): { readonly constraints?: AgentConstraints; readonly antiAffinity?: AntiAffinity } {
  const byAgent = new Map<string, object>()
  constraints?.forEach(({ agent_id: id, ...given }, i) => {
    if (byAgent.has(id)) {
      const field = `constraints[${i}].agent_id`
      throw new LoadstarError('OPTION_INVALID', field, 'must be given once', id)
    }
    byAgent.set(id, {
      ...(given.demand === undefined ? {} : { demand: given.demand }),
      ...(given.min_score === undefined ? {} : { minScore: given.min_score }),
      ...(given.allowed_models === undefined ? {} : { allowedModels: given.allowed_models }),
      ...(given.forbidden_models === undefined ? {} : { forbiddenModels: given.forbidden_models }),
    })
  })
  return {
    ...(byAgent.size === 0 ? {} : { constraints: byAgent }),
    ...(antiAffinity === undefined ? {} : { antiAffinity }),
  }
}
