import { scoreCapability } from '@loadstar/core'
import type { AgentEntry, AssignmentEntry, ModelEntry } from './entry.js'

/** What a run of the assignment decides about one agent; the registry adds identity, status and times. */
export type Pairing = Omit<AssignmentEntry, 'id' | 'status' | 'notes' | 'createdAtMs' | 'updatedAtMs'>

/** The pairing somebody decided by hand: its score is the capability score, whatever the load. */
export function manualPairing(agent: AgentEntry, model: ModelEntry): Pairing {
  const { score, capabilityOverlap, missingRequired } = scoreCapability(agent, model)
  return {
    agentId: agent.id,
    agentName: agent.name,
    modelId: model.id,
    modelName: model.name,
    score,
    matchScore: score,
    capabilityScore: score,
    method: 'manual',
    isOptimal: false,
    capabilityOverlap,
    missingRequired,
  }
}
