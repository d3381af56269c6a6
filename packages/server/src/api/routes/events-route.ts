import { z } from 'zod'
import { closedObject } from '../../config/closed-object.js'
import type { ApiDeps, ZodApp } from '../deps.js'
import { LIVE_EVENT } from '../schemas/event-schema.js'
import { refusals } from '../schemas/refusals.js'

const QUERY = closedObject({
  interval_ms: z.coerce
    .number()
    .int()
    .min(250)
    .max(10_000)
    .default(1_000)
    .describe('Milliseconds between two `fleet` events.'),
  last_event_id: z
    .string()
    .max(100)
    .optional()
    .describe('`id` of the last event that was seen, where the header `last-event-id` cannot be sent.'),
})

const SCHEMA = {
  tags: ['events'],
  summary: 'What happens, as it happens',
  description:
    'Server-sent events. `fleet` comes at once and then every `interval_ms`, with the models that have changed; `alerts` at once and whenever one changes; `decisions` and `catalog` whenever there is something to tell, twice a second at most. After a cut the header `last-event-id` brings what was missed, or a `reset` where that is forgotten. A client that reads too slowly is cut.',
  produces: ['text/event-stream'],
  querystring: QUERY,
  response: { 200: LIVE_EVENT, ...refusals(400, 503) },
}

/** The live events, for the dashboard and whoever else wants to follow. */
export function eventsRoute(app: ZodApp, { events }: ApiDeps): void {
  // A HEAD that never ended would be of use to nobody.
  app.get('/api/v1/events', { schema: SCHEMA, exposeHeadRoute: false }, (request, reply) => {
    const { interval_ms: intervalMs, last_event_id: given } = request.query
    const header = request.headers['last-event-id']
    const lastEventId = typeof header === 'string' ? header : given
    events.subscribe(reply.raw, { intervalMs, lastEventId, requestId: request.id })
    reply.hijack()
  })
  // Streams that lasted on would hold the server open.
  app.addHook('preClose', (done) => {
    events.close()
    done()
  })
}
