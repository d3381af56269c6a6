import type { Priority } from '@loadstar/core'
import type { Errand } from './exchange-ground.js'
import {
  CLIENT_CLOSED_REQUEST,
  type AttemptRecord,
  type CacheLookup,
  type ExchangeRecord,
  type RequestOutcome,
} from './record.js'
import type { Refusal } from './refusal.js'

/** How a request went, as far as its exchange knows. */
interface Course {
  readonly outcome: RequestOutcome
  /** What its client is still to be told, where that is possible. */
  readonly refusal: Refusal | undefined
  readonly priority: Priority
  readonly chargeId: string | undefined
  readonly cache: CacheLookup | undefined
  /** Every call made for it, in order; one without a record has not ended. */
  readonly attempts: readonly { readonly record: AttemptRecord | undefined }[]
  /** Unix milliseconds. */
  readonly endedMs: number
  readonly queueMs: number
  /** Milliseconds that models have spent on it. */
  readonly calledMs: number
}

/** What is told of a request that has ended. */
export function exchangeRecord(errand: Errand, course: Course): ExchangeRecord {
  const { requestId, cargo, receivedMs, identity, caller, body } = errand
  const { agent, task, mustHave } = identity
  const { outcome, queueMs } = course
  const attempts: AttemptRecord[] = []
  for (const { record } of course.attempts) if (record) attempts.push(record)
  const totalMs = course.endedMs - receivedMs
  return {
    requestId,
    keyId: caller?.keyId,
    chargeId: course.chargeId,
    api: cargo.api,
    cache: course.cache,
    outcome,
    status: statusOf(errand, course),
    startedMs: receivedMs,
    asked: {
      model: body.model,
      agentId: agent?.id,
      task,
      mustHave,
      priority: course.priority,
      isStream: body.isStream,
    },
    totalMs,
    queueMs,
    overheadMs: Math.max(0, totalMs - queueMs - course.calledMs),
    attempts,
  }
}

function statusOf({ res }: Errand, { outcome, refusal }: Pick<Course, 'outcome' | 'refusal'>): number {
  if (outcome === 'client_gone' || outcome === 'cancelled_in_queue') return CLIENT_CLOSED_REQUEST
  return refusal === undefined || res.headersSent ? res.statusCode : refusal.status
}
