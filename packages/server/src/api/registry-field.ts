import type { Agent, Experience, Model, PriorLoad } from '@loadstar/core'
import type { ApiDeps } from './deps.js'

/** Who is to be assigned, to whom, and what is known of them beforehand. */
export interface Field {
  readonly agents: readonly Agent[]
  readonly models: readonly Model[]
  readonly loads: ReadonlyMap<string, PriorLoad>
  readonly fixed?: ReadonlyMap<string, string>
  readonly experience: Experience
}

/** All of the registry at their live loads, with what was learned of them; manual assignments stay. */
export function registryField({
  registry,
  live,
  learning,
}: Pick<ApiDeps, 'registry' | 'live' | 'learning'>): Field {
  const manual = registry.activeAssignments().filter(({ method }) => method === 'manual')
  return {
    agents: registry.agents(),
    models: registry.models(),
    loads: new Map(
      live
        .loads()
        .map(({ modelId, activeRequests, isStale }) => [modelId, { activeRequests, isKnown: !isStale }]),
    ),
    experience: learning.experience(),
    fixed: new Map(manual.map(({ agentId, modelId }) => [agentId, modelId])),
  }
}
