import { AGENT_STATUSES, AGENT_TYPES } from '@loadstar/core'
import { z } from 'zod'
import { closedObject } from '../../config/closed-object.js'
import { expandedDemand } from '../../config/expansion.js'
import { CONFIG_SCHEMA } from '../../config/schema.js'
import type { AgentEntry } from '../../registry/entry.js'
import { withoutDefault } from './without-default.js'

const FIELDS = CONFIG_SCHEMA.shape.agents.unwrap().element.shape

export const NEW_AGENT = closedObject(FIELDS).meta({
  examples: [{ id: 'coder', name: 'Code writer', capabilities: ['coding', 'reasoning'] }],
})

/** Ids of inline agents never become part of a URL, so any text will do. */
export const INLINE_AGENT = closedObject({
  ...FIELDS,
  id: z.string().min(1).max(256).describe('Unique in the list.'),
})

export const AGENT_CHANGES = closedObject({
  name: FIELDS.name,
  type: withoutDefault(FIELDS.type),
  status: withoutDefault(FIELDS.status),
  endpoint: FIELDS.endpoint.nullable(),
  task_type: FIELDS.task_type,
  capabilities: withoutDefault(FIELDS.capabilities),
  preferred_capabilities: withoutDefault(FIELDS.preferred_capabilities),
  min_context_length: FIELDS.min_context_length.nullable(),
}).meta({
  description: 'What is left out stays as it is; null removes. A task type needs no list beside it.',
  examples: [{ status: 'maintenance' }],
})

export const AGENT = z
  .object({
    id: z.string(),
    name: z.string(),
    type: z.enum(AGENT_TYPES),
    status: z.enum(AGENT_STATUSES),
    endpoint: z.string().nullable(),
    capabilities: z.array(z.string()).describe('What it needs of its model; the task type is expanded.'),
    preferred_capabilities: z.array(z.string()),
    min_context_length: z.int().nullable(),
    source: z.enum(['file', 'api']).describe('`file`: defined in loadstar.yaml and changed there only.'),
  })
  .meta({ id: 'Agent' })

type AgentChanges = z.output<typeof AGENT_CHANGES>

export function changedAgent(current: AgentEntry, changes: AgentChanges): AgentEntry {
  const { endpoint: oldEndpoint, minContextLength: oldMinimum, ...rest } = current
  const endpoint = changes.endpoint === undefined ? oldEndpoint : changes.endpoint
  const minimum = changes.min_context_length === undefined ? oldMinimum : changes.min_context_length
  return {
    ...rest,
    name: changes.name ?? current.name,
    type: changes.type ?? current.type,
    status: changes.status ?? current.status,
    ...changedDemand(current, changes),
    ...(endpoint === undefined || endpoint === null ? {} : { endpoint }),
    ...(minimum === undefined || minimum === null ? {} : { minContextLength: minimum }),
  }
}

export function agentView(agent: AgentEntry): z.input<typeof AGENT> {
  return {
    id: agent.id,
    name: agent.name,
    type: agent.type,
    status: agent.status,
    endpoint: agent.endpoint ?? null,
    capabilities: [...agent.requiredCapabilities],
    preferred_capabilities: [...agent.preferredCapabilities],
    min_context_length: agent.minContextLength ?? null,
    source: agent.source,
  }
}

/** A new task type replaces the demand; beside lists, it is added to them. */
function changedDemand(current: AgentEntry, changes: AgentChanges) {
  const { task_type, capabilities, preferred_capabilities } = changes
  const isNewTask = task_type !== undefined
  return expandedDemand({
    task_type,
    capabilities: capabilities ?? (isNewTask ? [] : [...current.requiredCapabilities]),
    preferred_capabilities: preferred_capabilities ?? (isNewTask ? [] : [...current.preferredCapabilities]),
  })
}
