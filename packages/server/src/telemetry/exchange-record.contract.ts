import type { AttemptRecord, ExchangeRecord } from '../gateway/record.js'

/** One completed call of model `m`. */
export function attempt(fields: Partial<AttemptRecord> = {}): AttemptRecord {
  return {
    modelId: 'm',
    leaseId: 1,
    score: 80,
    outcome: 'completed',
    queueMs: 10,
    serviceMs: 90,
    firstByteMs: 20,
    inputTokens: undefined,
    outputTokens: undefined,
    costUsd: undefined,
    ...fields,
  }
}

/** One completed stream of agent `a`, answered by model `m`. */
export function exchange(fields: Partial<ExchangeRecord> = {}): ExchangeRecord {
  return {
    keyId: undefined,
    chargeId: undefined,
    requestId: 'r',
    api: 'chat',
    cache: undefined,
    outcome: 'completed',
    status: 200,
    startedMs: 0,
    asked: {
      model: 'auto',
      agentId: 'a',
      task: undefined,
      mustHave: [],
      priority: 'default',
      isStream: true,
    },
    totalMs: 101,
    queueMs: 10,
    overheadMs: 1,
    attempts: [attempt()],
    ...fields,
  }
}
