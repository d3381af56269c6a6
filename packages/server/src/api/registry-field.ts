import type { Agent, Model, PriorLoad } from '@loadstar/core'
import type { ApiDeps } from './deps.js'

/** Who is to be assigned, to whom, and what is known of them beforehand. */
export interface Field {
  readonly agents: readonly Agent[]
  readonly models: readonly Model[]
  readonly loads: ReadonlyMap<string, PriorLoad>
  readonly fixed?: ReadonlyMap<string, string>
}

/** All of the registry at their live loads; manual assignments stay. */
export function registryField({ registry, live }: Pick<ApiDeps, 'registry' | 'live'>): Field {
  const manual = registry.activeAssignments().filter(({ method }) => method === 'manual')
  return {
    agents: registry.agents(),
    models: registry.models(),
    loads: new Map(
      live
        .loads()
        .map(({ modelId, activeRequests, isStale }) => [modelId, { activeRequests, isKnown: !isStale }]),
    ),
    fixed: new Map(manual.map(({ agentId, modelId }) => [agentId, modelId])),
  }
}
