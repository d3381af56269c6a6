import {
  assign,
  DEFAULT_STALE_AFTER_MS,
  type Agent,
  type AssignmentResult,
  type Model,
  type PriorLoad,
} from '@loadstar/core'
import type { z } from 'zod'
import { agentFrom, modelFrom } from '../../config/expansion.js'
import { PREFIX, type ApiDeps, type ZodApp } from '../deps.js'
import { ApiError } from '../error-envelope.js'
import { pairingView } from '../schemas/assignment-schema.js'
import { AUTO_ASSIGN, AUTO_ASSIGNED } from '../schemas/auto-assign-schema.js'
import type { InlineModel } from '../schemas/model-schema.js'
import { refusals } from '../schemas/refusals.js'

type Body = z.output<typeof AUTO_ASSIGN>

/** Who is to be assigned, to whom, and what is known of them beforehand. */
interface Field {
  readonly agents: readonly Agent[]
  readonly models: readonly Model[]
  readonly loads: ReadonlyMap<string, PriorLoad>
  readonly fixed?: ReadonlyMap<string, string>
}

/** Pairs agents with models: those of the request, or all of the registry. */
export function autoAssignRoute(app: ZodApp, deps: ApiDeps): void {
  app.post(
    `${PREFIX}/auto-assign-all`,
    {
      schema: {
        tags: ['assignments'],
        summary: 'Assign every agent to a model',
        description:
          'With agents and models in the body: they are paired and nothing is stored. Without both: the agents and models of the registry are paired at their live loads, manual assignments stay, and the result replaces the last automatic one.',
        body: AUTO_ASSIGN,
        response: { 200: AUTO_ASSIGNED, ...refusals(400, 413, 415) },
      },
    },
    async ({ body }) => {
      const startedMs = performance.now()
      const inline = inlineField(body, deps.clock())
      const field = inline ?? registryField(deps)
      const options = {
        strategy: body.strategy ?? deps.assignment.strategy,
        loadBalancing: body.enable_load_balancing ?? deps.assignment.loadBalancing,
        loadWeight: body.load_weight ?? deps.routing.loadWeight,
        ...(body.min_score === undefined ? {} : { minScore: body.min_score }),
      }
      const result = assign({ ...field, ...options })
      const computationMs = performance.now() - startedMs
      if (inline === undefined && !body.dry_run) {
        await deps.registry.replaceAutomatic(result.assignments.filter(({ method }) => method !== 'manual'))
      }
      return {
        ...resultView(result),
        dry_run: body.dry_run,
        computation_time_ms: computationMs,
        timestamp: new Date(deps.clock()).toISOString(),
      }
    },
  )
}

function inlineField({ agents, models }: Body, nowMs: number): Field | undefined {
  if (agents === undefined && models === undefined) return undefined
  if (agents === undefined || models === undefined) {
    const missing = agents === undefined ? 'agents' : 'models'
    const message = `${missing} is required beside the other list: give both agents and models, or neither to use the registry`
    throw new ApiError(400, 'invalid_value', message, missing)
  }
  return {
    agents: agents.map(agentFrom),
    models: models.map(modelFrom),
    loads: new Map(models.map(({ id, load }) => [id, priorLoad(load, nowMs)])),
  }
}

function priorLoad(load: InlineModel['load'], nowMs: number): PriorLoad {
  if (load === undefined) return { activeRequests: 0, isKnown: true }
  const { active_requests: activeRequests, last_updated: lastUpdated } = load
  const ageMs = lastUpdated === undefined ? 0 : nowMs - Date.parse(lastUpdated)
  return { activeRequests, isKnown: ageMs <= DEFAULT_STALE_AFTER_MS }
}

function registryField({ registry, live }: ApiDeps): Field {
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

function resultView(result: AssignmentResult) {
  const filtered = new Set(result.filteredModelIds)
  return {
    success: true as const,
    assignments: result.assignments.map(pairingView),
    unassigned: result.unassigned.map(({ agentId, agentName, reason, message }) => ({
      agent_id: agentId,
      agent_name: agentName,
      reason,
      message,
    })),
    total_assignments: result.assignments.length,
    total_score: result.totalScore,
    avg_match_score: result.avgMatchScore,
    strategy_used: result.strategy,
    load_balancing_enabled: result.loadBalancing,
    models_filtered: result.modelsFiltered,
    models: result.models.map((model) => ({
      model_id: model.modelId,
      model_name: model.modelName,
      max_concurrent: model.maxConcurrent,
      active_requests: model.activeRequests,
      assigned: model.assigned,
      utilization: model.utilization,
      seat_price: model.seatPrice,
      is_filtered: filtered.has(model.modelId),
    })),
    avg_utilization: result.avgUtilization,
    is_optimal: result.isOptimal,
    optimality_gap: result.optimalityGap,
  }
}
