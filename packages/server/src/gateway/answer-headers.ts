import type { Granted } from './admission.js'
import { budgetHeaders } from './budget-headers.js'
import type { DecisionIds } from './decision-ids.js'
import { explanationOf } from './explanation.js'
import type { RawHeaders } from './raw-headers.js'
import type { Voice } from './refusal.js'

interface Course {
  readonly decisionIds: DecisionIds
  /** Milliseconds spent in queues, all attempts together. */
  readonly queueMs: number
  /** Milliseconds spent here besides. */
  readonly overheadMs: number
  /** Calls of models so far. */
  readonly attempts: number
  readonly voice: Voice
  /** Unix milliseconds. */
  readonly clock: () => number
}

/** What the client is told of how its answer came about. */
export function answerHeaders(
  granted: Granted,
  { decisionIds, queueMs, overheadMs, attempts, voice, clock }: Course,
): RawHeaders {
  const { lease } = granted
  const headers = [
    'x-loadstar-model',
    lease.modelId,
    'x-loadstar-decision-id',
    decisionIds.of(lease.id),
    'x-loadstar-queue-ms',
    rounded(queueMs, 10),
    'x-loadstar-overhead-ms',
    rounded(Math.max(0, overheadMs), 100),
    'x-loadstar-attempts',
    String(attempts),
  ]
  if (granted.standing) headers.push(...budgetHeaders(granted.standing, voice, clock()))
  if (granted.decision) headers.push(...explained(granted))
  return headers
}

/** The terms of a decision, where they were asked for. */
export function explained({ decision }: Pick<Granted, 'decision'>): RawHeaders {
  return decision ? ['x-loadstar-explanation', explanationOf(decision)] : []
}

/** As text, which `toFixed` takes ten times as long for. */
function rounded(value: number, scale: number): string {
  return String(Math.round(value * scale) / scale)
}
