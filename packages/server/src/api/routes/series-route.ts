import { z } from 'zod'
import { PREFIX, type ApiDeps, type ZodApp } from '../deps.js'
import { ApiError } from '../error-envelope.js'
import { STORED_STEPS_MS, type SeriesQuery } from '../metrics-view.js'
import { METRICS, POINT, pointView } from '../schemas/series-schema.js'
import { refusals } from '../schemas/refusals.js'

const MS_PER_SECOND = 1_000
const HOUR_MS = 3_600_000
const MOST_POINTS = 2_000
const STEPS_S = STORED_STEPS_MS.map((step) => step / MS_PER_SECOND)
const [FINEST_MS, MIDDLE_MS, COARSE_MS] = STORED_STEPS_MS
/** Up to which length a series is told by the finest intervals, and by the next. */
const FINE_UP_TO_MS = HOUR_MS
const MIDDLE_UP_TO_MS = 24 * HOUR_MS

const QUERY = z.object({
  metric: z.enum(METRICS).describe('What is told.'),
  from: z.iso.datetime({ offset: true }).optional().describe('An hour before `to` when left out.'),
  to: z.iso.datetime({ offset: true }).optional().describe('This moment when left out.'),
  step: z.coerce
    .number()
    .int()
    .min(STEPS_S[0] ?? 1)
    .optional()
    .describe(
      `Seconds per point, a multiple of ${STEPS_S[0]}. When left out: 10 up to an hour, 300 up to a day, else 3600. Ten seconds are kept for two hours, five minutes for a day, hours for telemetry.retention_days.`,
    ),
  model_id: z.string().min(1).max(128).optional().describe('Of one model.'),
  agent_id: z.string().min(1).max(128).optional().describe('Of one agent.'),
})

const ANSWER = z.object({
  success: z.literal(true),
  metric: QUERY.shape.metric,
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  step: z.int(),
  points: z.array(POINT),
})

/** What was measured over time, as it is kept in the database. */
export function seriesRoute(app: ZodApp, { metrics, clock }: ApiDeps): void {
  app.get(
    `${PREFIX}/metrics/series`,
    {
      schema: {
        tags: ['metrics'],
        summary: 'One metric over time',
        description:
          'Survives a restart. The current ten seconds are missing, and of coarser intervals up to the last minute.',
        querystring: QUERY,
        response: { 200: ANSWER, ...refusals(400) },
      },
    },
    async ({ query }) => {
      const asked = rangeOf(query, clock())
      const points = await metrics.series({ ...asked, subject: subjectOf(query) })
      return {
        success: true as const,
        metric: query.metric,
        from: new Date(asked.fromMs).toISOString(),
        to: new Date(asked.toMs).toISOString(),
        step: asked.stepMs / MS_PER_SECOND,
        points: points.map((point) => pointView(query.metric, point)),
      }
    },
  )
}

type Query = z.output<typeof QUERY>

/** @throws {ApiError} 400 for a range that is empty or too long, or a step that nothing stored divides. */
function rangeOf({ from, to, step }: Query, nowMs: number): Omit<SeriesQuery, 'subject'> {
  const toMs = to === undefined ? nowMs : Date.parse(to)
  const fromMs = from === undefined ? toMs - HOUR_MS : Date.parse(from)
  if (fromMs >= toMs) throw wrong('from', `from must be before to, got "${from ?? ''}"`)
  const stepMs = step === undefined ? usualStep(toMs - fromMs) : step * MS_PER_SECOND
  if (stepMs % FINEST_MS !== 0) {
    throw wrong('step', `step must be a multiple of ${FINEST_MS / MS_PER_SECOND} seconds, got ${step}`)
  }
  const firstMs = Math.floor(fromMs / stepMs) * stepMs
  const endMs = Math.ceil(toMs / stepMs) * stepMs
  const points = (endMs - firstMs) / stepMs
  if (points > MOST_POINTS) {
    throw wrong('step', `step must be so long that there are at most ${MOST_POINTS} points, got ${points}`)
  }
  return { fromMs: firstMs, toMs: endMs, stepMs }
}

function usualStep(lengthMs: number): number {
  if (lengthMs <= FINE_UP_TO_MS) return FINEST_MS
  return lengthMs <= MIDDLE_UP_TO_MS ? MIDDLE_MS : COARSE_MS
}

function subjectOf({ model_id: model, agent_id: agent }: Query): SeriesQuery['subject'] {
  if (model !== undefined && agent !== undefined) {
    throw wrong('agent_id', 'agent_id must be left out where model_id is given')
  }
  if (model !== undefined) return { kind: 'model', id: model }
  return agent === undefined ? { kind: 'all' } : { kind: 'agent', id: agent }
}

function wrong(param: string, message: string): ApiError {
  return new ApiError(400, 'invalid_value', message, param)
}
