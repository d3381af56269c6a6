import { STRATEGIES } from '@loadstar/core'
import { z } from 'zod'
import { closedObject } from '../../config/closed-object.js'
import { ASSIGNMENT_STATUSES, type AssignmentEntry } from '../../registry/entry.js'

const METHOD = z
  .enum([...STRATEGIES, 'manual'])
  .describe('The strategy that made it; `manual` ones survive automatic runs.')
const POINTS = z.number().min(0).max(100)

/** What a pairing tells, whether it is stored or not. */
export const PAIRING_FIELDS = {
  agent_id: z.string(),
  agent_name: z.string(),
  model_id: z.string(),
  model_name: z.string(),
  score: POINTS.describe('Match score × load factor.'),
  match_score: POINTS.describe('Capability score with what was measured: the adaptive score.'),
  method: METHOD,
  is_optimal: z.boolean().describe('Part of an assignment proved to have the greatest total score.'),
  capability_overlap: z.array(z.string()).describe('Required capabilities the model has.'),
  missing_required: z.array(z.string()).describe('Required capabilities the model lacks.'),
  capability_score: POINTS.describe('What strengths and context give, with what people thought of answers.'),
  performance_score: POINTS.nullable().describe(
    'What success and latency give by their weights, before penalties; null where too little was measured.',
  ),
  performance_adjustment: z
    .number()
    .nullable()
    .describe('Match score less capability score; null where too little was measured.'),
  has_performance_data: z.boolean().describe('Whether measured performance is part of the match score.'),
  success_rate: z.number().min(0).max(1).nullable().describe('Share of requests that were answered.'),
  avg_latency_ms: z.number().min(0).nullable().describe('Mean milliseconds of the answers, queues left out.'),
}

export const ASSIGNMENT = z
  .object({
    id: z.string(),
    ...PAIRING_FIELDS,
    status: z.enum(ASSIGNMENT_STATUSES),
    notes: z.string().nullable(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'Assignment' })

const NOTES = z.string().max(2000).nullable().optional().describe('Your own words, e.g. why.')

export const NEW_ASSIGNMENT = closedObject({
  agent_id: z.string().min(1).describe('An agent of the registry.'),
  model_id: z.string().min(1).describe('A model of the registry.'),
  notes: NOTES,
}).meta({ examples: [{ agent_id: 'coder', model_id: 'atlas-70b', notes: 'pinned for the release' }] })

export const ASSIGNMENT_CHANGES = closedObject({
  model_id: z.string().min(1).optional().describe('Another model; the assignment becomes manual.'),
  pinned: z
    .literal(true)
    .optional()
    .describe('It keeps its model, becomes manual, and so survives automatic runs.'),
  status: z.enum(ASSIGNMENT_STATUSES).optional().describe('inactive puts it aside without losing it.'),
  notes: NOTES,
}).meta({
  description: 'What is left out stays as it is; null removes.',
  examples: [{ model_id: 'breeze-7b', notes: 'atlas is reserved for the analyst' }],
})

type PairingView = z.input<z.ZodObject<typeof PAIRING_FIELDS>>

export function pairingView(
  pairing: Omit<AssignmentEntry, 'id' | 'status' | 'notes' | 'createdAtMs' | 'updatedAtMs'>,
): PairingView {
  return {
    agent_id: pairing.agentId,
    agent_name: pairing.agentName,
    model_id: pairing.modelId,
    model_name: pairing.modelName,
    score: pairing.score,
    match_score: pairing.matchScore,
    method: pairing.method,
    is_optimal: pairing.isOptimal,
    capability_overlap: [...pairing.capabilityOverlap],
    missing_required: [...pairing.missingRequired],
    capability_score: pairing.capabilityScore,
    performance_score: pairing.measured?.score ?? null,
    performance_adjustment: pairing.measured?.adjustment ?? null,
    has_performance_data: pairing.measured !== null,
    success_rate: pairing.measured?.successRate ?? null,
    avg_latency_ms: pairing.measured?.latencyMs ?? null,
  }
}

export function assignmentView(assignment: AssignmentEntry): z.input<typeof ASSIGNMENT> {
  return {
    id: assignment.id,
    ...pairingView(assignment),
    status: assignment.status,
    notes: assignment.notes,
    created_at: new Date(assignment.createdAtMs).toISOString(),
    updated_at: new Date(assignment.updatedAtMs).toISOString(),
  }
}
