import type { Experience } from '@loadstar/core'
import type { ScoringConfig } from '../config/config.js'
import type { InlineModel } from './schemas/model-schema.js'

/** What a request or a file says was measured of its models. */
export function inlineExperience(
  models: readonly Pick<InlineModel, 'id' | 'performance'>[],
  { adaptive, rules }: Pick<ScoringConfig, 'adaptive' | 'rules'>,
): Experience {
  if (adaptive === 'off') return {}
  const performance = models.flatMap(({ id, performance: measured }) =>
    measured === undefined
      ? []
      : [
          [
            id,
            {
              requests: measured.requests,
              successRate: measured.success_rate,
              latencyMs: measured.avg_latency_ms ?? null,
              slowness: measured.slowness ?? null,
            },
          ] as const,
        ],
  )
  return { adaptive: rules, performance: new Map(performance) }
}
