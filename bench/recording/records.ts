import { seededRandom } from '@loadstar/core'
import type { ExchangeRecord } from '../../packages/server/src/gateway/record.js'

export const RECORDS = 5_000

/** Streams answered by one model each, of durations as they come. */
export function recordsOf(models: number, agents: number): ExchangeRecord[] {
  const random = seededRandom(1)
  return Array.from({ length: RECORDS }, (_, i): ExchangeRecord => {
    const serviceMs = 200 + 800 * random()
    return {
      requestId: `r${i}`,
      keyId: undefined,
      chargeId: undefined,
      api: 'chat',
      cache: undefined,
      outcome: 'completed',
      status: 200,
      startedMs: 0,
      asked: {
        model: 'auto',
        agentId: `a${Math.floor(agents * random())}`,
        task: undefined,
        mustHave: [],
        priority: 'default',
        isStream: true,
      },
      totalMs: serviceMs + 1,
      queueMs: 5 * random(),
      overheadMs: random(),
      attempts: [
        {
          modelId: `m${Math.floor(models * random())}`,
          leaseId: i,
          score: 80,
          outcome: 'completed',
          queueMs: 0,
          serviceMs,
          firstByteMs: 100 * random() + 20,
          inputTokens: 500,
          outputTokens: 100,
          costUsd: 0.001,
        },
      ],
    }
  })
}
