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
  score: POINTS.describe('Capability score × load factor.'),
  match_score: POINTS.describe('Capability score alone.'),
  method: METHOD,
  is_optimal: z.boolean().describe('Part of an assignment proved to have the greatest total score.'),
  capability_overlap: z.array(z.string()).describe('Required capabilities the model has.'),
  missing_required: z.array(z.string()).describe('Required capabilities the model lacks.'),
  capability_score: POINTS,
  performance_score: z.null().describe('Null until measured performance feeds into scores.'),
  performance_adjustment: z.null().describe('Null until measured performance feeds into scores.'),
  has_performance_data: z.literal(false).describe('Whether measured performance is part of the score.'),
  success_rate: z.null().describe('Null until measured performance feeds into scores.'),
  avg_latency_ms: z.null().describe('Null until measured performance feeds into scores.'),
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
  status: z.enum(ASSIGNMENT_STATUSES).optional().describe('inactive puts it aside without losing it.'),
  notes: NOTES,
}).meta({
  description: 'What is left out stays as it is; null removes.',
  examples: [{ model_id: 'breeze-7b', notes: 'atlas is reserved for the analyst' }],
})

type PairingView = z.input<z.ZodObject<typeof PAIRING_FIELDS>>

/** The fields of measured performance as long as none is part of a score. */
const NO_PERFORMANCE = {
  performance_score: null,
  performance_adjustment: null,
  has_performance_data: false,
  success_rate: null,
  avg_latency_ms: null,
} as const

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
    ...NO_PERFORMANCE,
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
