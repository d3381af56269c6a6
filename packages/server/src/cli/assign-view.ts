import type { AssignmentResult } from '@loadstar/core'
import type { z } from 'zod'
import { pairingView } from '../api/schemas/assignment-schema.js'
import type { AUTO_ASSIGNED } from '../api/schemas/auto-assign-schema.js'

/** A result as the API answers it, so that scripts read one format. */
export function assignmentView(
  result: AssignmentResult,
  computationMs: number,
): z.input<typeof AUTO_ASSIGNED> {
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
      utilization: model.utilization,
      seat_price: model.seatPrice,
      is_filtered: result.filteredModelIds.includes(model.modelId),
    })),
    avg_utilization: result.avgUtilization,
    is_optimal: result.isOptimal,
    optimality_gap: result.optimalityGap,
    dry_run: true,
    computation_time_ms: computationMs,
    timestamp: new Date().toISOString(),
  }
}
