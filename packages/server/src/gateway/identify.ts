import type { IncomingHttpHeaders } from 'node:http'
import { TASK_TYPES, type Priority, type TaskType } from '@loadstar/core'
import type { AgentEntry } from '../registry/entry.js'
import type { Catalog } from '../registry/catalog.js'
import { badRequest, type Refusal } from './refusal.js'
import { readCapabilities, readDeadline, readPriority } from './routing-headers.js'

/** Which models a request may go to, by the name it asked for. */
type Target =
  | { readonly kind: 'model'; readonly id: string }
  | { readonly kind: 'alias'; readonly alias: string }
  | { readonly kind: 'any' }

/** Who asks, for what, and what the answering model must be able to do. */
export interface Identity {
  readonly target: Target
  readonly agent?: AgentEntry
  readonly task?: TaskType
  /** Capabilities the model must have (strength above 0), from `x-loadstar-require`. */
  readonly mustHave: readonly string[]
  /** As claimed by `x-loadstar-priority`. */
  readonly priority?: Priority
  /** From its arrival, within which the whole answer is wanted; from `x-loadstar-deadline-ms`. */
  readonly deadlineMs?: number
  readonly wantsExplanation: boolean
  /** Other requests come with this very object; absent when none do. */
  readonly isShared?: boolean
}

const AUTO = 'auto'
const AUTO_TASK = 'auto/'
const AGENT = 'agent/'

/**
 * Reads `model` (a model id, an alias, `auto`, `auto/<task>` or `agent/<id>`) and the routing headers.
 * A name that nobody knows is refused, never taken for another.
 */
export function identify(model: string, headers: IncomingHttpHeaders, catalog: Catalog): Identity | Refusal {
  const named = readModelName(model, catalog)
  if ('status' in named) return named
  const agentId = one(headers['x-agent-id'])
  const agent = named.agent ?? (agentId ? catalog.agent(agentId) : undefined)
  if (agentId && !agent) return unknownAgent(agentId, 'x-agent-id')
  const mustHave = readCapabilities(one(headers['x-loadstar-require']))
  if ('status' in mustHave) return mustHave
  const deadlineMs = readDeadline(one(headers['x-loadstar-deadline-ms']))
  if (typeof deadlineMs === 'object') return deadlineMs
  const priority = readPriority(one(headers['x-loadstar-priority']))
  if (typeof priority === 'object') return priority
  return {
    ...named,
    ...(agent ? { agent } : {}),
    ...(priority === undefined ? {} : { priority }),
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    mustHave: mustHave.names,
    wantsExplanation: one(headers['x-loadstar-explain']) === '1',
  }
}

function readModelName(
  model: string,
  catalog: Catalog,
): Pick<Identity, 'target' | 'agent' | 'task'> | Refusal {
  if (model === AUTO) return { target: { kind: 'any' } }
  if (model.startsWith(AUTO_TASK)) {
    const name = model.slice(AUTO_TASK.length)
    const task = TASK_TYPES.find((known) => known === name)
    if (task) return { target: { kind: 'any' }, task }
    return badRequest(
      `model "${model}" must name a task type after auto/ (${TASK_TYPES.join(', ')}), got "${name}"`,
      'model',
    )
  }
  if (model.startsWith(AGENT)) {
    const id = model.slice(AGENT.length)
    const agent = catalog.agent(id)
    return agent ? { target: { kind: 'any' }, agent } : unknownAgent(id, 'model')
  }
  if (catalog.model(model)) return { target: { kind: 'model', id: model } }
  if (catalog.modelsOfAlias(model).length > 0) return { target: { kind: 'alias', alias: model } }
  return badRequest(
    `model must be a known model id, an alias, auto, auto/<task type> or agent/<agent id> ` +
      `(GET /v1/models lists them), got "${model}"`,
    'model',
    { status: 404, code: 'model_not_found', reason: 'unknown_model' },
  )
}

function unknownAgent(id: string, param: string): Refusal {
  return badRequest(
    `${param} must name an agent of the registry (GET /api/v1/model-router/agents), got "${id}"`,
    param,
    {
      status: 404,
      code: 'agent_not_found',
      reason: 'unknown_agent',
    },
  )
}

function one(header: string | readonly string[] | undefined): string | undefined {
  return typeof header === 'string' || header === undefined ? header : header[0]
}
