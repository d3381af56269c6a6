import { POLICIES, type Decision } from '@loadstar/core'
import { z } from 'zod'
import type { DecisionRow } from '../../history/decision-row.js'
import { viewOf } from '../../history/decision-view.js'

const CONSIDERED = z.object({
  model: z.string(),
  score: z.number().describe('What the pairing is worth before load, 0..100 and the bonus of an assignment.'),
  utilization: z
    .number()
    .nullable()
    .describe('In flight / max_concurrent at the decision; null when the load was unknown.'),
  load_factor: z.number().nullable().describe('weighted_load: what the score is multiplied by.'),
  cost_usd: z.number().nullable().describe('bid: US dollars the request was expected to cost there.'),
  service_ms: z.number().nullable().describe('bid: milliseconds it was expected to take there.'),
  slot_price: z
    .number()
    .nullable()
    .describe('bid: points that a second of one of its slots was worth to others.'),
  worth: z
    .number()
    .nullable()
    .describe(
      'What models are compared by, the greatest wins; null without capacity, or if power_of_two did not draw it.',
    ),
  filtered_because: z
    .string()
    .nullable()
    .describe('Why it could not be given the request; null when it could.'),
})

export const DECISION = z
  .object({
    decision_id: z.string(),
    policy: z.enum(POLICIES),
    model: z.string().nullable(),
    explored: z
      .boolean()
      .describe(
        'It was given the model to learn of it (scoring.exploration_share), not because it is worth most.',
      ),
    at: z.iso.datetime(),
    margin: z
      .number()
      .nullable()
      .describe(
        'Worth of the model chosen less that of the next best with a slot; null without one, below 0 where it was explored.',
      ),
    counterfactual: z
      .object({
        model: z.string(),
        term: z.enum(['utilization', 'score', 'slot_price']),
        when: z.enum(['below', 'above']),
        value: z.number(),
      })
      .nullable()
      .describe('The least change of one term with which another model would have been given the request.'),
    considered: z.array(CONSIDERED),
  })
  .meta({ id: 'Decision' })

export function decisionView(id: string, decision: Decision): z.input<typeof DECISION> {
  const { policy, modelId, isExplored = false, atMs, margin, counterfactual, considered } = decision
  return {
    decision_id: id,
    policy,
    model: modelId ?? null,
    explored: isExplored,
    at: new Date(atMs).toISOString(),
    margin,
    counterfactual:
      counterfactual === undefined
        ? null
        : {
            model: counterfactual.modelId,
            term: counterfactual.term,
            when: counterfactual.when,
            value: counterfactual.value,
          },
    considered: considered.map(({ terms, ...model }) => ({
      model: model.modelId,
      score: model.score,
      utilization: model.utilization,
      load_factor: terms.loadFactor ?? null,
      cost_usd: terms.costUsd ?? null,
      service_ms: terms.serviceMs ?? null,
      slot_price: terms.slotPrice ?? null,
      worth: model.worth,
      filtered_because: model.filteredBecause ?? null,
    })),
  }
}

/** A decision that is only known from the history: its terms and the counterfactual are forgotten. */
export function recordedView(id: string, row: DecisionRow | undefined): z.input<typeof DECISION> | null {
  if (row === undefined) return null
  const { considered, model_id, at_ms, queue_ms } = viewOf(row)
  if (considered === null) return null
  return {
    decision_id: id,
    policy: considered.policy as z.input<typeof DECISION>['policy'],
    model: model_id,
    explored: considered.explored,
    at: new Date(at_ms + queue_ms).toISOString(),
    margin: considered.margin,
    counterfactual: null,
    considered: considered.models.map(([model, score, utilization, worth, filtered_because]) => ({
      model,
      score,
      utilization,
      load_factor: null,
      cost_usd: null,
      service_ms: null,
      slot_price: null,
      worth,
      filtered_because,
    })),
  }
}
