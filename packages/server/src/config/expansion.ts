import {
  DEFAULT_CONTEXT_LENGTH,
  demandOfTask,
  PROFILES,
  type Agent,
  type Demand,
  type Model,
  type Pace,
  type Price,
} from '@loadstar/core'
import type { ModelEntry } from '../registry/entry.js'
import type { AgentDocument, ModelDocument } from './schema.js'

const DEFAULT_TURNS_IN_QUEUE = 4

/** What assigning reads of a written model. */
type WrittenModel = Pick<
  ModelDocument,
  | 'id'
  | 'name'
  | 'profile'
  | 'capabilities'
  | 'context_length'
  | 'max_concurrent'
  | 'max_queue'
  | 'target_utilization'
  | 'price'
>

/** A model as the program uses it: its profile expanded, what was left out filled in. */
export function modelFrom(written: WrittenModel): Model {
  const profile = written.profile === undefined ? undefined : PROFILES[written.profile]
  return {
    id: written.id,
    name: written.name ?? written.id,
    capabilities: { ...profile?.capabilities, ...written.capabilities },
    contextLength: written.context_length ?? profile?.contextLength ?? DEFAULT_CONTEXT_LENGTH,
    maxConcurrent: written.max_concurrent,
    maxQueue: written.max_queue ?? DEFAULT_TURNS_IN_QUEUE * written.max_concurrent,
    targetUtilization: written.target_utilization,
    ...(written.price === undefined ? {} : { price: priceFrom(written.price) }),
  }
}

/** A model with how to reach it; its key and who defined it are the caller's to add. */
export function reachableModelFrom(
  written: Omit<ModelDocument, 'api_key' | 'fallbacks' | 'pace'>,
): Omit<ModelEntry, 'apiKey' | 'apiKeyEnv' | 'fallbacks' | 'pace' | 'source'> {
  const { alias, responses_api: responsesApi, stream_usage: streamUsage } = written
  const { cache_responses: cachesResponses } = written
  return {
    ...modelFrom(written),
    baseUrl: withoutSlash(written.base_url),
    dialect: written.dialect,
    ...(responsesApi === 'native' ? {} : { responsesApi }),
    ...(streamUsage ? {} : { streamUsage }),
    ...(cachesResponses ? { cachesResponses } : {}),
    ...(alias === undefined ? {} : { alias }),
    upstreamModel: written.upstream_model ?? written.id,
    tags: written.tags,
  }
}

export function priceFrom(written: NonNullable<ModelDocument['price']>): Price {
  return { inputUsdPerMTok: written.input_usd_per_mtok, outputUsdPerMTok: written.output_usd_per_mtok }
}

export function paceFrom(written: NonNullable<ModelDocument['pace']>): Pace {
  return { firstTokenMs: written.first_token_ms, outputTokenMs: 1_000 / written.output_tokens_per_second }
}

/** A base URL to which a path can be appended. */
export function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '')
}

/** An agent as the program uses it: its task type expanded, what was left out filled in. */
export function agentFrom(written: AgentDocument): Agent {
  const { endpoint, min_context_length: minContextLength } = written
  return {
    id: written.id,
    name: written.name ?? written.id,
    type: written.type,
    status: written.status,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...expandedDemand(written),
    ...(minContextLength === undefined ? {} : { minContextLength }),
  }
}

/** What is listed together with what the task type stands for; a capability that is needed is not also preferred. */
export function expandedDemand(
  written: Pick<AgentDocument, 'task_type' | 'capabilities' | 'preferred_capabilities'>,
): Pick<Demand, 'requiredCapabilities' | 'preferredCapabilities'> {
  const task = written.task_type === undefined ? undefined : demandOfTask(written.task_type)
  const required = new Set([...written.capabilities, ...(task?.requiredCapabilities ?? [])])
  const preferred = new Set([...written.preferred_capabilities, ...(task?.preferredCapabilities ?? [])])
  return {
    requiredCapabilities: [...required],
    preferredCapabilities: [...preferred].filter((name) => !required.has(name)),
  }
}
