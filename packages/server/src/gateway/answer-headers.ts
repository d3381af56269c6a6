import type { Granted } from './admission.js'
import { budgetHeaders } from './budget-headers.js'
import type { DecisionIds } from './decision-ids.js'
import { explanationOf } from './explanation.js'
import type { RawHeaders } from './raw-headers.js'
import type { Voice } from './refusal.js'
import type { StoredResponse } from './response-cache/store.js'

interface Course {
  readonly decisionIds: DecisionIds
  /** Milliseconds spent in queues, all attempts together. */
  readonly queueMs: number
  /** Milliseconds spent here besides. */
  readonly overheadMs: number
  /** Calls of models so far. */
  readonly attempts: number
  readonly voice: Voice
  /** The response cache was asked, and had no answer. */
  readonly missedCache: boolean
  /** Unix milliseconds. */
  readonly clock: () => number
}

/** What the client is told of how its answer came about. */
export function answerHeaders(
  granted: Granted,
  { decisionIds, queueMs, overheadMs, attempts, voice, missedCache, clock }: Course,
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
  if (missedCache) headers.push('x-loadstar-cache', 'miss')
  if (granted.standing) headers.push(...budgetHeaders(granted.standing, voice, clock()))
  if (granted.decision) headers.push(...explained(granted))
  return headers
}

/** What the client is told of an answer that was given before; names and values, to be added to. */
export function cachedHeaders(
  { modelId, storedMs }: Pick<StoredResponse, 'modelId' | 'storedMs'>,
  { nowMs, overheadMs }: { readonly nowMs: number; readonly overheadMs: number },
): string[] {
  return [
    'x-loadstar-cache',
    'hit',
    'age',
    String(Math.max(0, Math.floor((nowMs - storedMs) / 1_000))),
    'x-loadstar-model',
    modelId,
    'x-loadstar-queue-ms',
    '0',
    'x-loadstar-overhead-ms',
    rounded(overheadMs, 100),
    'x-loadstar-attempts',
    '0',
  ]
}

/** The terms of a decision, where they were asked for. */
export function explained({ decision }: Pick<Granted, 'decision'>): RawHeaders {
  return decision ? ['x-loadstar-explanation', explanationOf(decision)] : []
}

/** As text, which `toFixed` takes ten times as long for. */
function rounded(value: number, scale: number): string {
  return String(Math.round(value * scale) / scale)
}
