import { EXPLANATION_BASES, STRATEGIES, UNASSIGNED_REASONS } from '@loadstar/core'
import { z } from 'zod'
import { closedObject } from '../../config/closed-object.js'
import { PAIRING_FIELDS } from './assignment-schema.js'
import { INLINE_AGENT } from './agent-schema.js'
import { ANTI_AFFINITY, CONSTRAINTS } from './constraint-schema.js'
import { INLINE_MODEL } from './model-schema.js'

const POINTS = z.number().min(0)

export const AUTO_ASSIGN = closedObject({
  agents: z
    .array(INLINE_AGENT)
    .optional()
    .describe('Together with models: these are assigned and nothing is stored. Left out: the registry.'),
  models: z.array(INLINE_MODEL).optional().describe('Given exactly when agents are.'),
  strategy: z
    .enum(STRATEGIES)
    .optional()
    .describe('optimal has the greatest total score there is. assignment.strategy when left out.'),
  enable_load_balancing: z
    .boolean()
    .optional()
    .describe(
      'Each placement lowers what its model is worth to the next. assignment.load_balancing when left out.',
    ),
  load_weight: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('score × (1 − load_weight × utilization). routing.load_weight when left out.'),
  min_score: z
    .number()
    .min(0)
    .max(100)
    .optional()
    .describe('Pairs that score less are not made. None is refused when left out.'),
  constraints: CONSTRAINTS,
  anti_affinity: ANTI_AFFINITY,
  explain: z
    .boolean()
    .default(false)
    .describe('Adds explanation to the answer. Costs a solve per model where the run is small.'),
  dry_run: z.boolean().default(false).describe('Over the registry: tells the result and stores nothing.'),
})
  .prefault({})
  .meta({
    examples: [
      {
        strategy: 'optimal',
        enable_load_balancing: true,
        agents: [{ id: 'coder', capabilities: ['coding', 'reasoning'] }],
        models: [{ id: 'atlas', capabilities: { coding: 0.9, reasoning: 0.95 }, max_concurrent: 12 }],
      },
    ],
  })

const SCORE = z.number().min(0).max(100).nullable()

export const EXPLANATION = z
  .object({
    basis: z
      .enum(EXPLANATION_BASES)
      .describe(
        'reoptimised: exact, all others placed anew; others_stay: optimal within a bound; in_turn: greedy and balanced.',
      ),
    assigned: z
      .array(
        z.object({
          agent_id: z.string(),
          model_id: z.string(),
          runner_up_id: z.string().nullable().describe('Where it would go next; null: nowhere, or by hand.'),
          runner_up_score: SCORE.describe('Its match score there.'),
          margin: POINTS.nullable().describe(
            'Points of the objective that going there would cost; 0 is a tie.',
          ),
          price_paid: POINTS.nullable().describe('Points its seats cost at the least prices.'),
        }),
      )
      .describe('In the order of assignments.'),
    unassigned: z
      .array(
        z.object({
          agent_id: z.string(),
          nearest_model_id: z.string().nullable().describe('The model to whose seat it came nearest.'),
          score: SCORE.describe('Its match score there.'),
          enough_score: z
            .number()
            .nullable()
            .describe('The score above which it would have had that seat; above 100, none is enough.'),
        }),
      )
      .describe('In the order of unassigned.'),
    models: z.array(
      z.object({
        model_id: z.string(),
        price_least: z.number().nullable().describe('Least price per seat that supports the assignment.'),
        price_greatest: z.number().nullable().describe('Greatest such price; null for no bound.'),
        one_more_seat: POINTS.nullable().describe('Points that one more seat would add.'),
        is_confirmed: z
          .boolean()
          .nullable()
          .describe('Solving anew with that seat gave exactly this; null where that would take too long.'),
      }),
    ),
  })
  .meta({ id: 'Explanation' })

export const AUTO_ASSIGNED = z
  .object({
    success: z.literal(true),
    assignments: z.array(z.object(PAIRING_FIELDS)),
    unassigned: z.array(
      z.object({
        agent_id: z.string(),
        agent_name: z.string(),
        reason: z.enum(UNASSIGNED_REASONS),
        message: z.string(),
      }),
    ),
    total_assignments: z.int(),
    total_score: POINTS,
    avg_match_score: POINTS.describe('Mean match score of the assignments; 0 when there are none.'),
    strategy_used: z.enum(STRATEGIES),
    load_balancing_enabled: z.boolean(),
    models_filtered: z.int().describe('Models left out because they have no room.'),
    models: z.array(
      z.object({
        model_id: z.string(),
        model_name: z.string(),
        max_concurrent: z.int(),
        active_requests: z.int().describe('Before the run; the last number known where the load is unknown.'),
        assigned: z.int().describe('Agents assigned to it.'),
        seats_taken: z.int().describe('Slots they take; more than assigned where an agent takes several.'),
        utilization: z
          .number()
          .min(0)
          .nullable()
          .describe('Once every assigned agent has one request running; null when the load is unknown.'),
        seat_price: z
          .number()
          .nullable()
          .describe(
            'Points one more slot would add; null unless the strategy is optimal, exact, and it had room.',
          ),
        is_filtered: z.boolean().describe('Left out, because it had no room before the run.'),
      }),
    ),
    avg_utilization: z
      .number()
      .min(0)
      .describe('Mean over the models with a known load; 0 when there is none.'),
    is_optimal: z
      .boolean()
      .describe('Proved: no other assignment is worth more. Not checked, so false, for other strategies.'),
    optimality_gap: z
      .number()
      .nullable()
      .describe('Points by which a better total can exceed this one at most; null when not known.'),
    explanation: EXPLANATION.optional().describe('Where the request asked for it.'),
    dry_run: z.boolean(),
    cached: z.boolean().describe('The run was made for an earlier request; the header age tells when.'),
    computation_time_ms: z.number().describe('Of the run, whenever it was made.'),
    timestamp: z.iso.datetime(),
  })
  .meta({ id: 'AutoAssigned' })
