import { AGENT_STATUSES } from '@loadstar/core'
import { z } from 'zod'
import { closedObject } from '../../config/closed-object.js'

/** Rows and columns of one window: some milliseconds of work. */
const MOST = 100
const from = z.coerce.number().int().min(0).max(1_000_000).default(0)
const count = z.coerce.number().int().min(1).max(MOST).default(50)
const search = z.string().min(1).max(256).optional()

export const MATRIX_WINDOW = closedObject({
  agent_from: from.describe('First agent of the window, from 0, in the order of the registry.'),
  agent_count: count.describe('Agents in it.'),
  model_from: from.describe('First model of the window.'),
  model_count: count.describe('Models in it.'),
  agent_search: search.describe('Only agents with this in their id or name.'),
  model_search: search.describe('Only models with this in theirs.'),
})

const POINTS = z.array(z.array(z.number().min(0).max(100)))

export const SCORE_MATRIX = z.object({
  success: z.literal(true),
  total_agents: z.int().describe('Agents that fit the search.'),
  total_models: z.int(),
  agent_from: z.int(),
  model_from: z.int(),
  agents: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      status: z.enum(AGENT_STATUSES),
      filtered_because: z
        .enum(['not_online'])
        .nullable()
        .describe('Why an automatic run gives it no model; null when it may.'),
      assignment: z
        .object({ id: z.string(), model_id: z.string(), method: z.string() })
        .nullable()
        .describe('The one that is active.'),
    }),
  ),
  models: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      utilization: z.number().nullable(),
      load_factor: z.number().describe('What match scores are multiplied by for its load.'),
      filtered_because: z
        .enum(['disabled', 'no_slots', 'full', 'load_unknown'])
        .nullable()
        .describe('Why an automatic run would give it nobody at this moment; null when it may.'),
    }),
  ),
  scores: POINTS.describe('A row for each agent: match score × load factor of its model, 0..100.'),
  match_scores: POINTS.describe('The same before load.'),
  missing: z
    .array(
      z.object({
        agent: z.int().describe('Row.'),
        model: z.int().describe('Column.'),
        capabilities: z.array(z.string()),
      }),
    )
    .describe('Pairs whose model lacks capabilities that the agent requires.'),
})
