import type { AgentEntry, ModelEntry } from '../registry/entry.js'
import { Registry } from '../registry/registry.js'
import { openStores } from '../storage/stores.js'

/** A model of the API's with room for one request. */
export function modelEntry(id: string, fields: Partial<ModelEntry> = {}): ModelEntry {
  return {
    id,
    name: id,
    capabilities: {},
    contextLength: 8192,
    maxConcurrent: 1,
    maxQueue: 2,
    targetUtilization: 0.8,
    baseUrl: 'http://127.0.0.1:1/v1',
    dialect: 'openai',
    upstreamModel: id,
    tags: [],
    source: 'api',
    ...fields,
  }
}

export function agentEntry(id: string, fields: Partial<AgentEntry> = {}): AgentEntry {
  return {
    id,
    name: id,
    type: 'inference',
    status: 'online',
    requiredCapabilities: [],
    preferredCapabilities: [],
    source: 'api',
    ...fields,
  }
}

/** A registry over a database in memory. */
export async function registryOf(
  models: readonly ModelEntry[],
  agents: readonly AgentEntry[] = [],
): Promise<Registry> {
  const { registry: store } = await openStores('file::memory:')
  const registry = await Registry.open({ store, models: [], agents: [] })
  for (const model of models) await registry.createModel(model)
  for (const agent of agents) await registry.createAgent(agent)
  return registry
}
