import { scoreCapability, type Assignment } from '@loadstar/core'
import type { AgentEntry, ModelEntry } from './entry.js'

/** The pairing somebody decided by hand: its score is the capability score, whatever the load and whatever was measured. */
export function manualPairing(agent: AgentEntry, model: ModelEntry): Assignment {
  const { score, capabilityOverlap, missingRequired } = scoreCapability(agent, model)
  return {
    agentId: agent.id,
    agentName: agent.name,
    modelId: model.id,
    modelName: model.name,
    score,
    matchScore: score,
    capabilityScore: score,
    measured: null,
    method: 'manual',
    isOptimal: false,
    capabilityOverlap,
    missingRequired,
  }
}
