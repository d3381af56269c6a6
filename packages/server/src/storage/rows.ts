import type { Insertable, Selectable } from 'kysely'
import type { AgentEntry, AssignmentEntry, ModelEntry, ModelOverride } from '../registry/entry.js'
import type { AgentTable, AssignmentTable, ModelOverrideTable, ModelTable } from './tables.js'

/** The literal `apiKey` is left out on purpose: secrets do not go to the database. */
export function modelRow(model: ModelEntry): Insertable<ModelTable> {
  return {
    id: model.id,
    name: model.name,
    capabilities: JSON.stringify(model.capabilities),
    context_length: model.contextLength,
    max_concurrent: model.maxConcurrent,
    max_queue: model.maxQueue,
    target_utilization: model.targetUtilization,
    input_usd_per_mtok: model.price?.inputUsdPerMTok ?? null,
    output_usd_per_mtok: model.price?.outputUsdPerMTok ?? null,
    alias: model.alias ?? null,
    base_url: model.baseUrl,
    dialect: model.dialect,
    responses_api: model.responsesApi ?? null,
    stream_usage: model.streamUsage === undefined ? null : truth(model.streamUsage),
    cache_responses: model.cachesResponses === undefined ? null : truth(model.cachesResponses),
    upstream_model: model.upstreamModel,
    api_key_env: model.apiKeyEnv ?? null,
    tags: JSON.stringify(model.tags),
  }
}

export function modelOf(row: Selectable<ModelTable>): ModelEntry {
  const { input_usd_per_mtok: input, output_usd_per_mtok: output } = row
  return {
    id: row.id,
    name: row.name,
    capabilities: JSON.parse(row.capabilities) as ModelEntry['capabilities'],
    contextLength: row.context_length,
    maxConcurrent: row.max_concurrent,
    maxQueue: row.max_queue,
    targetUtilization: row.target_utilization,
    ...(input === null || output === null
      ? {}
      : { price: { inputUsdPerMTok: input, outputUsdPerMTok: output } }),
    ...(row.alias === null ? {} : { alias: row.alias }),
    baseUrl: row.base_url,
    dialect: row.dialect as ModelEntry['dialect'],
    ...(row.responses_api === null
      ? {}
      : { responsesApi: row.responses_api as NonNullable<ModelEntry['responsesApi']> }),
    ...(row.stream_usage === null ? {} : { streamUsage: row.stream_usage === 1 }),
    ...(row.cache_responses === null ? {} : { cachesResponses: row.cache_responses === 1 }),
    upstreamModel: row.upstream_model,
    ...(row.api_key_env === null ? {} : { apiKeyEnv: row.api_key_env }),
    tags: textList(row.tags),
    source: 'api',
  }
}

export function overrideRow(modelId: string, override: ModelOverride): Insertable<ModelOverrideTable> {
  return {
    model_id: modelId,
    is_enabled: truth(override.isEnabled),
    max_concurrent: override.maxConcurrent ?? null,
    max_queue: override.maxQueue ?? null,
    target_utilization: override.targetUtilization ?? null,
  }
}

export function overrideOfRow(row: Selectable<ModelOverrideTable>): ModelOverride {
  const { max_concurrent, max_queue, target_utilization } = row
  return {
    isEnabled: row.is_enabled === 1,
    ...(max_concurrent === null ? {} : { maxConcurrent: max_concurrent }),
    ...(max_queue === null ? {} : { maxQueue: max_queue }),
    ...(target_utilization === null ? {} : { targetUtilization: target_utilization }),
  }
}

export function agentRow(agent: AgentEntry): Insertable<AgentTable> {
  return {
    id: agent.id,
    name: agent.name,
    type: agent.type,
    status: agent.status,
    endpoint: agent.endpoint ?? null,
    capabilities: JSON.stringify(agent.requiredCapabilities),
    preferred_capabilities: JSON.stringify(agent.preferredCapabilities),
    min_context_length: agent.minContextLength ?? null,
  }
}

export function agentOf(row: Selectable<AgentTable>): AgentEntry {
  return {
    id: row.id,
    name: row.name,
    type: row.type as AgentEntry['type'],
    status: row.status as AgentEntry['status'],
    ...(row.endpoint === null ? {} : { endpoint: row.endpoint }),
    requiredCapabilities: textList(row.capabilities),
    preferredCapabilities: textList(row.preferred_capabilities),
    ...(row.min_context_length === null ? {} : { minContextLength: row.min_context_length }),
    source: 'api',
  }
}

export function assignmentRow(assignment: AssignmentEntry): Insertable<AssignmentTable> {
  return {
    id: assignment.id,
    agent_id: assignment.agentId,
    agent_name: assignment.agentName,
    model_id: assignment.modelId,
    model_name: assignment.modelName,
    score: assignment.score,
    match_score: assignment.matchScore,
    method: assignment.method,
    is_optimal: truth(assignment.isOptimal),
    capability_overlap: JSON.stringify(assignment.capabilityOverlap),
    missing_required: JSON.stringify(assignment.missingRequired),
    capability_score: assignment.capabilityScore,
    performance_score: assignment.measured?.score ?? null,
    performance_adjustment: assignment.measured?.adjustment ?? null,
    success_rate: assignment.measured?.successRate ?? null,
    avg_latency_ms: assignment.measured?.latencyMs ?? null,
    status: assignment.status,
    notes: assignment.notes,
    created_at_ms: assignment.createdAtMs,
    updated_at_ms: assignment.updatedAtMs,
  }
}

export function assignmentOf(row: Selectable<AssignmentTable>): AssignmentEntry {
  return {
    id: row.id,
    agentId: row.agent_id,
    agentName: row.agent_name,
    modelId: row.model_id,
    modelName: row.model_name,
    score: row.score,
    matchScore: row.match_score,
    method: row.method as AssignmentEntry['method'],
    isOptimal: row.is_optimal === 1,
    capabilityOverlap: textList(row.capability_overlap),
    missingRequired: textList(row.missing_required),
    capabilityScore: row.capability_score,
    measured: measuredOf(row),
    status: row.status as AssignmentEntry['status'],
    notes: row.notes,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  }
}

function measuredOf(row: Selectable<AssignmentTable>): AssignmentEntry['measured'] {
  const { performance_adjustment: adjustment, success_rate: successRate } = row
  if (adjustment === null || successRate === null) return null
  return { score: row.performance_score, adjustment, successRate, latencyMs: row.avg_latency_ms }
}

/** libSQL's binding aborts the process on a boolean. */
function truth(value: boolean): number {
  return value ? 1 : 0
}

function textList(json: string): readonly string[] {
  return JSON.parse(json) as readonly string[]
}
