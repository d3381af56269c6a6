import { answeringModel, heardAttempt, type AttemptRecord, type ExchangeRecord } from '../gateway/record.js'
import type { DecisionRow } from './decision-row.js'

/** Names and notes that are made elsewhere. */
export interface Known {
  readonly decisionId: (leaseId: number) => string
  /** JSON of `Considered`, or `null`. */
  readonly considered: (leaseId: number) => string | null
}

/** What is stored of a request that ended. */
export function rowOf(record: ExchangeRecord, known: Known): DecisionRow {
  const { asked, attempts } = record
  const told = heardAttempt(attempts)
  let costUsd: number | null = null
  let considered: string | null = null
  for (const attempt of attempts) {
    if (attempt.costUsd !== undefined) costUsd = (costUsd ?? 0) + attempt.costUsd
    // Each is taken out of the book, so that it holds only those that run.
    const noted = known.considered(attempt.leaseId)
    if (attempt === told) considered = noted
  }
  return {
    decision_id: told === undefined ? null : known.decisionId(told.leaseId),
    request_id: record.requestId,
    at_ms: precise(record.startedMs),
    api: record.api,
    asked_model: asked?.model ?? null,
    key_id: record.keyId ?? null,
    agent_id: asked?.agentId ?? null,
    task: asked?.task ?? null,
    must_have: asked === undefined || asked.mustHave.length === 0 ? null : JSON.stringify(asked.mustHave),
    priority: asked?.priority ?? null,
    is_stream: asked === undefined ? null : asked.isStream ? 1 : 0,
    model_id: answeringModel(record, told) ?? null,
    score: told?.score ?? null,
    outcome: record.outcome,
    status: record.status,
    total_ms: precise(record.totalMs),
    queue_ms: precise(record.queueMs),
    overhead_ms: precise(record.overheadMs),
    service_ms: told === undefined ? null : precise(told.serviceMs),
    first_byte_ms: told?.firstByteMs === undefined ? null : precise(told.firstByteMs),
    input_tokens: told?.inputTokens ?? null,
    output_tokens: told?.outputTokens ?? null,
    cost_usd: costUsd,
    attempts: attempts.length,
    considered,
    tries: attempts.length > 1 ? JSON.stringify(attempts.map(tryOf)) : null,
  }
}

function tryOf({ modelId, outcome, serviceMs }: AttemptRecord): readonly [string, string, number] {
  return [modelId, outcome, precise(serviceMs)]
}

/** Microseconds are as fine as clocks here are. */
function precise(ms: number): number {
  return Math.round(ms * 1_000) / 1_000
}
