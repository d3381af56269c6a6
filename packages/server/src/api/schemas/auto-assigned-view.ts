import type { AssignmentResult, Explanation } from '@loadstar/core'
import type { z } from 'zod'
import { pairingView } from './assignment-schema.js'
import type { AUTO_ASSIGNED, EXPLANATION } from './auto-assign-schema.js'

/** What is told of a run beside its result. */
export interface RunFacts {
  readonly dryRun: boolean
  /** Whether the run was made for an earlier request. */
  readonly isCached: boolean
  readonly computationMs: number
  /** ISO 8601. */
  readonly timestamp: string
}

type AutoAssigned = z.input<typeof AUTO_ASSIGNED>
type FactNames = 'dry_run' | 'cached' | 'computation_time_ms' | 'timestamp'

/** What is told of the run and of this answer to it; after it stands nothing in the answer. */
export function runFactsView({
  dryRun,
  isCached,
  computationMs,
  timestamp,
}: RunFacts): Pick<AutoAssigned, FactNames> {
  return { dry_run: dryRun, cached: isCached, computation_time_ms: computationMs, timestamp }
}

/** A result as `auto-assign-all` and `loadstar assign --json` answer it, before the facts of the run. */
export function autoAssignedView(result: AssignmentResult): Omit<AutoAssigned, FactNames> {
  const filtered = new Set(result.filteredModelIds)
  return {
    success: true,
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
      seats_taken: model.seatsTaken,
      utilization: model.utilization,
      seat_price: model.seatPrice,
      is_filtered: filtered.has(model.modelId),
    })),
    avg_utilization: result.avgUtilization,
    is_optimal: result.isOptimal,
    optimality_gap: result.optimalityGap,
    ...(result.explanation === undefined ? {} : { explanation: explanationView(result.explanation) }),
  }
}

function explanationView({ basis, assigned, unassigned, models }: Explanation): z.input<typeof EXPLANATION> {
  return {
    basis,
    assigned: assigned.map((agent) => ({
      agent_id: agent.agentId,
      model_id: agent.modelId,
      runner_up_id: agent.runnerUpId,
      runner_up_score: agent.runnerUpScore,
      margin: agent.margin,
      price_paid: agent.pricePaid,
    })),
    unassigned: unassigned.map((agent) => ({
      agent_id: agent.agentId,
      nearest_model_id: agent.nearestId,
      score: agent.score,
      enough_score: agent.enoughScore,
    })),
    models: models.map((model) => ({
      model_id: model.modelId,
      price_least: model.priceLeast,
      price_greatest: model.priceGreatest,
      one_more_seat: model.oneMoreSeat,
      is_confirmed: model.isConfirmed,
    })),
  }
}
