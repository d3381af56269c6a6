import type { Granted } from './admission.js'
import type { DecisionIds } from './decision-ids.js'
import { explanationOf } from './explanation.js'

interface Course {
  readonly decisionIds: DecisionIds
  /** Milliseconds spent in queues, all attempts together. */
  readonly queueMs: number
  /** Milliseconds spent here besides. */
  readonly overheadMs: number
  /** Calls of models so far. */
  readonly attempts: number
}

/** What the client is told of how its answer came about. */
export function answerHeaders(
  granted: Granted,
  { decisionIds, queueMs, overheadMs, attempts }: Course,
): Record<string, string> {
  const { lease } = granted
  return {
    'x-loadstar-model': lease.modelId,
    'x-loadstar-decision-id': decisionIds.of(lease.id),
    'x-loadstar-queue-ms': queueMs.toFixed(1),
    'x-loadstar-overhead-ms': Math.max(0, overheadMs).toFixed(2),
    'x-loadstar-attempts': String(attempts),
    ...explained(granted),
  }
}

/** The terms of a decision, where they were asked for. */
export function explained({ decision }: Pick<Granted, 'decision'>): Record<string, string> {
  return decision ? { 'x-loadstar-explanation': explanationOf(decision) } : {}
}
