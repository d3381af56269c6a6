import type { ExchangeRecord } from '../gateway/record.js'

interface Log {
  info(fields: object, message: string): void
  debug(fields: object, message: string): void
}

/** Writes a line per ended request: who asked whom, how it ended, how long it took. Nothing of what was said. */
export function requestLog(log: Log, level: 'info' | 'debug'): (record: ExchangeRecord) => void {
  return ({
    requestId,
    keyId,
    api,
    cache,
    outcome,
    status,
    asked,
    totalMs,
    queueMs,
    overheadMs,
    attempts,
  }) => {
    log[level](
      {
        request_id: requestId,
        key_id: keyId,
        api,
        outcome,
        status,
        cache: cache?.result,
        asked_model: asked?.model.slice(0, LONGEST_NAME),
        agent_id: asked?.agentId,
        priority: asked?.priority,
        is_stream: asked?.isStream,
        total_ms: rounded(totalMs),
        queue_ms: rounded(queueMs),
        overhead_ms: rounded(overheadMs),
        attempts: attempts.map((attempt) => ({
          model_id: attempt.modelId,
          outcome: attempt.outcome,
          service_ms: rounded(attempt.serviceMs),
          first_byte_ms: attempt.firstByteMs === undefined ? undefined : rounded(attempt.firstByteMs),
          input_tokens: attempt.inputTokens,
          output_tokens: attempt.outputTokens,
        })),
      },
      'request ended',
    )
  }
}

const LONGEST_NAME = 128

/** To a hundredth of a millisecond: more digits are noise. */
function rounded(ms: number): number {
  return Math.round(ms * 100) / 100
}
