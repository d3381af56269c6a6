import { DEFAULT_CONTEXT_LENGTH, demandOfTask, PROFILES, type Demand } from '@loadstar/core'
import type { AgentEntry, ModelEntry } from '../registry/entry.js'
import type { Config } from './config.js'
import type { AgentDocument, ConfigDocument, ModelDocument } from './schema.js'

const DEFAULT_TURNS_IN_QUEUE = 4

/** The checked document as the program uses it: camelCase, profiles and task types expanded, deeply frozen. */
export function buildConfig({
  server,
  models,
  agents,
  routing,
  assignment,
  storage,
}: ConfigDocument): Config {
  return deepFreeze({
    server: {
      host: server.host,
      port: server.port,
      maxBodyBytes: server.max_body_bytes,
      shutdownGraceMs: server.shutdown_grace_ms,
    },
    models: models.map(modelEntry),
    agents: agents.map(agentEntry),
    routing: {
      loadWeight: routing.load_weight,
      assignmentBonus: routing.assignment_bonus,
      maxWaitMs: routing.max_wait_ms,
      timeouts: {
        connectMs: routing.timeouts.connect_ms,
        firstByteMs: routing.timeouts.first_byte_ms,
        idleMs: routing.timeouts.idle_ms,
        totalMs: routing.timeouts.total_ms,
      },
    },
    assignment: {
      strategy: assignment.strategy,
      loadBalancing: assignment.load_balancing,
      timeLimitMs: assignment.time_limit_ms,
    },
    storage: { url: storage.url },
  })
}

function modelEntry(model: ModelDocument): ModelEntry {
  const profile = model.profile === undefined ? undefined : PROFILES[model.profile]
  const { alias, api_key: apiKey, price } = model
  return {
    id: model.id,
    name: model.name ?? model.id,
    ...(alias === undefined ? {} : { alias }),
    baseUrl: model.base_url.replace(/\/+$/, ''),
    dialect: model.dialect,
    upstreamModel: model.upstream_model ?? model.id,
    ...(apiKey === undefined ? {} : { apiKey }),
    capabilities: { ...profile?.capabilities, ...model.capabilities },
    contextLength: model.context_length ?? profile?.contextLength ?? DEFAULT_CONTEXT_LENGTH,
    maxConcurrent: model.max_concurrent,
    maxQueue: model.max_queue ?? DEFAULT_TURNS_IN_QUEUE * model.max_concurrent,
    targetUtilization: model.target_utilization,
    ...(price === undefined
      ? {}
      : {
          price: {
            inputUsdPerMTok: price.input_usd_per_mtok,
            outputUsdPerMTok: price.output_usd_per_mtok,
          },
        }),
    tags: model.tags,
    source: 'file',
  }
}

function agentEntry(agent: AgentDocument): AgentEntry {
  const { endpoint, min_context_length: minContextLength } = agent
  return {
    id: agent.id,
    name: agent.name ?? agent.id,
    type: agent.type,
    status: agent.status,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...expandedDemand(agent),
    ...(minContextLength === undefined ? {} : { minContextLength }),
    source: 'file',
  }
}

/** What the agent lists together with what its task type stands for; a capability that is needed is not also preferred. */
function expandedDemand(agent: AgentDocument): Demand {
  const task = agent.task_type === undefined ? undefined : demandOfTask(agent.task_type)
  const required = new Set([...agent.capabilities, ...(task?.requiredCapabilities ?? [])])
  const preferred = new Set([...agent.preferred_capabilities, ...(task?.preferredCapabilities ?? [])])
  return {
    requiredCapabilities: [...required],
    preferredCapabilities: [...preferred].filter((name) => !required.has(name)),
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  for (const part of Object.values(value)) deepFreeze(part)
  return Object.freeze(value)
}
