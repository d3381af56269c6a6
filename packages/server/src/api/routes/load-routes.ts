import { z } from 'zod'
import { PREFIX, type ApiDeps, type ZodApp } from '../deps.js'
import { ApiError } from '../error-envelope.js'
import { LOAD_REPORT, loadView, MODEL_LOAD } from '../schemas/load-schema.js'
import { refusals } from '../schemas/refusals.js'

const ONE = { params: z.object({ id: z.string().describe('The model’s id, percent-encoded.') }) }
const ONE_ANSWER = z.object({ success: z.literal(true), load: MODEL_LOAD })

/** What each model carries at this moment. */
export function loadRoutes(app: ZodApp, { live, metrics }: ApiDeps): void {
  const loadOf = (id: string) => {
    const load = live.loads().find(({ modelId }) => modelId === id)
    if (load === undefined) throw new ApiError(404, 'unknown_model', `there is no model "${id}"`, 'id')
    return { success: true as const, load: loadView(load, metrics.latency(id)) }
  }

  app.get(
    `${PREFIX}/load`,
    {
      schema: {
        tags: ['load'],
        summary: 'Live load of every model',
        response: { 200: z.object({ success: z.literal(true), loads: z.array(MODEL_LOAD) }) },
      },
    },
    () => ({
      success: true as const,
      loads: live.loads().map((load) => loadView(load, metrics.latency(load.modelId))),
    }),
  )

  app.get(
    `${PREFIX}/models/:id/load`,
    {
      schema: {
        tags: ['load'],
        summary: 'Live load of one model',
        ...ONE,
        response: { 200: ONE_ANSWER, ...refusals(404) },
      },
    },
    ({ params }) => loadOf(params.id),
  )

  app.post(
    `${PREFIX}/models/:id/load`,
    {
      schema: {
        tags: ['load'],
        summary: 'Report the load seen at a model',
        description:
          'For models that serve others too: what exceeds the requests sent from here takes slots until the next report. Once a model reports, 60 s of silence make its load unknown, which counts as full.',
        ...ONE,
        body: LOAD_REPORT,
        response: { 200: ONE_ANSWER, ...refusals(400, 404, 413, 415) },
      },
    },
    ({ params, body }) => {
      const known = loadOf(params.id)
      live.reportLoad(known.load.model_id, {
        activeRequests: body.active_requests,
        ...(body.queue_depth === undefined ? {} : { queueDepth: body.queue_depth }),
        ...(body.avg_latency_ms === undefined ? {} : { avgLatencyMs: body.avg_latency_ms }),
      })
      return loadOf(params.id)
    },
  )
}
