import type { Measured, TimeName } from '../api/metrics-view.js'
import type { LatencySummary } from '@loadstar/core'
import type { Account } from './account.js'
import { amountIn, callsIn, failuresIn, REQUEST_AT, requestsIn, successIn } from './counter.js'
import { MEASURES } from './measure.js'

/** An account as the API tells it. @param isModel - see `successIn`. */
export function measuredOf(id: string, { counts, sketches }: Account, isModel: boolean): Measured {
  const { succeeded, judged } = successIn(counts, isModel)
  const calls = callsIn(counts)
  return {
    id,
    requests: requestsIn(counts),
    completed: counts[REQUEST_AT.completed] ?? 0,
    calls,
    failures: failuresIn(counts),
    successRate: judged === 0 ? null : succeeded / judged,
    avgMatchScore: calls === 0 ? null : amountIn(counts, 'scores') / calls,
    inputTokens: amountIn(counts, 'inputTokens'),
    outputTokens: amountIn(counts, 'outputTokens'),
    costUsd: amountIn(counts, 'costUsd'),
    retries: amountIn(counts, 'retries'),
    fallbacks: amountIn(counts, 'fallbacks'),
    times: Object.fromEntries(MEASURES.map((name, i) => [name, sketches[i]?.summary()])) as Record<
      TimeName,
      LatencySummary
    >,
  }
}
