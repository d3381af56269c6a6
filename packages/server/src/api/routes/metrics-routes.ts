import { z } from 'zod'
import { PREFIX, type ApiDeps, type ZodApp } from '../deps.js'
import { WINDOWS, type WindowName } from '../metrics-view.js'
import { MEASURED, measuredView, TOP_MODEL, topModels } from '../schemas/metrics-schema.js'
import { refusals } from '../schemas/refusals.js'

const MOST_TOP_MODELS = 10
/** Of the text format of Prometheus, version 0.0.4. */
const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

const QUERY = z.object({
  window: z
    .enum(Object.keys(WINDOWS) as [WindowName, ...WindowName[]])
    .default('5m')
    .describe('How far back; up to ten seconds less are counted, of an hour up to five minutes.'),
})

const ANSWER = z.object({
  success: z.literal(true),
  window: QUERY.shape.window.removeDefault(),
  ...MEASURED,
  top_models: z.array(TOP_MODEL).describe(`At most ${MOST_TOP_MODELS}, best first.`),
  models: z
    .array(z.object({ model_id: z.string(), ...MEASURED }))
    .describe('Those that were asked; `none` stands for requests that came to no model.'),
  agents: z
    .array(z.object({ agent_id: z.string(), ...MEASURED }))
    .describe(
      '`none` stands for requests that named no agent, `other` for those of agents beyond telemetry.max_agents.',
    ),
  timestamp: z.iso.datetime(),
})

/** What was measured of late. */
export function metricsRoutes(app: ZodApp, { metrics, clock }: ApiDeps): void {
  app.get(
    `${PREFIX}/metrics`,
    {
      schema: {
        tags: ['metrics'],
        summary: 'Latency, success and usage of late, by model and by agent',
        querystring: QUERY,
        response: { 200: ANSWER, ...refusals(400) },
      },
    },
    ({ query }) => {
      const windowMs = WINDOWS[query.window]
      const models = metrics.models(windowMs)
      return {
        success: true as const,
        window: query.window,
        ...measuredView(metrics.all(windowMs)),
        top_models: topModels(models, MOST_TOP_MODELS),
        models: models.map((model) => ({ model_id: model.id, ...measuredView(model) })),
        agents: metrics.agents(windowMs).map((agent) => ({ agent_id: agent.id, ...measuredView(agent) })),
        timestamp: new Date(clock()).toISOString(),
      }
    },
  )

  app.get(
    '/metrics',
    {
      schema: {
        tags: ['metrics'],
        summary: 'Everything that is counted and measured, for Prometheus',
        description: 'Names and meanings: docs/operations/monitoring.md.',
        produces: ['text/plain'],
        response: { 200: z.string() },
      },
      serializerCompiler: () => (text) => String(text),
    },
    (_request, reply) => {
      reply.type(EXPOSITION_TYPE)
      return metrics.exposition()
    },
  )
}
