import type { LatencySummary } from '@loadstar/core'
import { z } from 'zod'
import { TIMES, type Measured, type TimeName } from '../metrics-view.js'

const COUNT = z.int().min(0)
const MS = z.number().nullable()

export const TIMING = z
  .object({ count: COUNT, min_ms: MS, max_ms: MS, avg_ms: MS, p50_ms: MS, p95_ms: MS, p99_ms: MS })
  .meta({
    id: 'Timing',
    description:
      'Milliseconds; percentiles within 2 %, the rest exact. All but count are null when there were none.',
  })

const MEANING: Readonly<Record<TimeName, string>> = {
  latency: 'Completed requests, from the arrival of the body to the end of the answer.',
  first_token: 'Streams, from the dispatch to the model to its first token.',
  per_token: 'Completed streams: mean time between two tokens after the first.',
  queue_wait: 'In the queue, of every request that could be routed.',
  overhead: 'In the gateway, neither in the queue nor by a model.',
  service: 'Completed calls of models, from dispatch to the end.',
}

const TIMINGS = Object.fromEntries(TIMES.map((name) => [name, TIMING.describe(MEANING[name])])) as Record<
  TimeName,
  typeof TIMING
>

const SHARE = z.number().min(0).max(1).nullable()

export const MEASURED = {
  requests: COUNT.describe('Ended requests of clients; of a model, those for which it was asked last.'),
  completed: COUNT,
  attempts: COUNT.describe('Ended calls of models.'),
  failures: COUNT.describe('Of those, by the model’s fault.'),
  success_rate: SHARE.describe(
    'Of a model: completed calls among those and its failures. Else: completed requests among all but those that clients left or got wrong. Null when there were none.',
  ),
  ...TIMINGS,
  usage: z.object({ input_tokens: COUNT, output_tokens: COUNT, cost_usd: z.number().min(0) }),
}

export const TOP_MODEL = z.object({
  model_id: z.string(),
  success_rate: z.number(),
  avg_match_score: z.number().describe('Mean score of the pairings it was called for, 0..100.'),
  score: z.number().describe('success_rate × avg_match_score, by which they are ordered.'),
})

export function measuredView(measured: Omit<Measured, 'avgMatchScore' | 'retries' | 'fallbacks'>) {
  const { requests, completed, calls, failures, successRate, times } = measured
  return {
    requests,
    completed,
    attempts: calls,
    failures,
    success_rate: successRate,
    latency: timingView(times.latency),
    first_token: timingView(times.first_token),
    per_token: timingView(times.per_token),
    queue_wait: timingView(times.queue_wait),
    overhead: timingView(times.overhead),
    service: timingView(times.service),
    usage: {
      input_tokens: measured.inputTokens,
      output_tokens: measured.outputTokens,
      cost_usd: measured.costUsd,
    },
  }
}

/** The best by success rate times match score; ties by id. */
export function topModels(models: readonly Measured[], most: number): z.input<typeof TOP_MODEL>[] {
  return models
    .flatMap(({ id, successRate, avgMatchScore }) =>
      successRate === null || avgMatchScore === null
        ? []
        : [
            {
              model_id: id,
              success_rate: successRate,
              avg_match_score: avgMatchScore,
              score: successRate * avgMatchScore,
            },
          ],
    )
    .sort((a, b) => b.score - a.score || (a.model_id < b.model_id ? -1 : 1))
    .slice(0, most)
}

export function timingView({ count, min, max, avg, p50, p95, p99 }: LatencySummary) {
  return { count, min_ms: min, max_ms: max, avg_ms: avg, p50_ms: p50, p95_ms: p95, p99_ms: p99 }
}
