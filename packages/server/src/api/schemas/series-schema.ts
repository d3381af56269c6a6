import { z } from 'zod'
import { TIMES, type SeriesPoint, type TimeName } from '../metrics-view.js'
import { TIMING, timingView } from './metrics-schema.js'

const COUNTED = [
  'requests',
  'completed',
  'attempts',
  'failures',
  'success_rate',
  'input_tokens',
  'output_tokens',
  'cost_usd',
] as const

export const METRICS = [...TIMES, ...COUNTED] as const
type MetricName = (typeof METRICS)[number]

export const POINT = z.object({
  time: z.iso.datetime().describe('Where the interval begins.'),
  value: z
    .number()
    .nullable()
    .describe('Of metrics that count; of durations the mean, milliseconds. Null where nothing happened.'),
  timing: TIMING.optional().describe('Of durations.'),
})

type Measured = NonNullable<SeriesPoint['measured']>

const READ: Readonly<Record<(typeof COUNTED)[number], (measured: Measured) => number | null>> = {
  requests: ({ requests }) => requests,
  completed: ({ completed }) => completed,
  attempts: ({ calls }) => calls,
  failures: ({ failures }) => failures,
  success_rate: ({ successRate }) => successRate,
  input_tokens: ({ inputTokens }) => inputTokens,
  output_tokens: ({ outputTokens }) => outputTokens,
  cost_usd: ({ costUsd }) => costUsd,
}

export function pointView(metric: MetricName, { startMs, measured }: SeriesPoint): z.input<typeof POINT> {
  const time = new Date(startMs).toISOString()
  if (measured === null) return { time, value: null }
  if (!isTime(metric)) return { time, value: READ[metric](measured) }
  const timing = timingView(measured.times[metric])
  return { time, value: timing.avg_ms, timing }
}

function isTime(metric: MetricName): metric is TimeName {
  return (TIMES as readonly string[]).includes(metric)
}
