import type { Agent } from '../catalog/agent.js'
import type { Model } from '../catalog/model.js'
import { LoadstarError } from '../error.js'

/** What one agent insists on, beside what it asks of a model's capabilities. Manual assignments stand whatever it says. */
export interface AgentConstraint {
  /** Seats it takes on its model, integer within 1..1000, default 1; one placement, one score. */
  readonly demand?: number
  /** Least capability score, 0..100; the greater of this and the run's counts. */
  readonly minScore?: number
  /** Ids of the only models it may have; any when left out. */
  readonly allowedModels?: readonly string[]
  /** Ids of models it must not have, whatever `allowedModels` says. */
  readonly forbiddenModels?: readonly string[]
}

export type AgentConstraints = ReadonlyMap<string, AgentConstraint>
/** Groups of agent ids; members of one group never share a model. */
export type AntiAffinity = readonly (readonly string[])[]

/** One agent with more seats than this would be a fleet of its own. */
const MOST_SEATS = 1000

/** @throws {LoadstarError} `OPTION_INVALID` or `UNKNOWN_MODEL` naming the first offending field. */
export function checkConstraints(
  constraints: AgentConstraints,
  agents: readonly Agent[],
  models: readonly Model[],
): void {
  const agentIds = new Set(agents.map(({ id }) => id))
  const modelIds = new Set(models.map(({ id }) => id))
  for (const [agentId, constraint] of constraints) {
    const field = `constraints[${JSON.stringify(agentId)}]`
    const { demand, minScore } = constraint
    if (!agentIds.has(agentId)) throw invalid(field, 'must belong to an agent of the run', agentId)
    if (demand !== undefined && !(Number.isInteger(demand) && demand >= 1 && demand <= MOST_SEATS)) {
      throw invalid(`${field}.demand`, `must be an integer within 1..${MOST_SEATS}`, demand)
    }
    if (minScore !== undefined && !(minScore >= 0 && minScore <= 100)) {
      throw invalid(`${field}.min_score`, 'must be within 0..100', minScore)
    }
    const lists = { allowed_models: constraint.allowedModels, forbidden_models: constraint.forbiddenModels }
    for (const [name, ids] of Object.entries(lists)) {
      ids?.forEach((id, i) => {
        if (modelIds.has(id)) return
        throw new LoadstarError('UNKNOWN_MODEL', `${field}.${name}[${i}]`, 'must name a model of the run', id)
      })
    }
  }
}

/** @throws {LoadstarError} `OPTION_INVALID` naming the first offending field. */
export function checkAntiAffinity(groups: AntiAffinity, agents: readonly Agent[]): void {
  const agentIds = new Set(agents.map(({ id }) => id))
  groups.forEach((group, i) => {
    const seen = new Set<string>()
    group.forEach((id, k) => {
      const field = `anti_affinity[${i}][${k}]`
      if (!agentIds.has(id)) throw invalid(field, 'must be an agent of the run', id)
      if (seen.has(id)) throw invalid(field, 'must be given once in its group', id)
      seen.add(id)
    })
  })
}

function invalid(field: string, rule: string, value: unknown): LoadstarError {
  return new LoadstarError('OPTION_INVALID', field, rule, value)
}
