import { z } from 'zod'
import type { ApiDeps, ZodApp } from '../deps.js'
import { ApiError } from '../error-envelope.js'
import { refusals } from '../schemas/refusals.js'

/** For load balancers and orchestrators. */
export function healthRoutes(app: ZodApp, { live }: ApiDeps): void {
  app.get(
    '/livez',
    {
      schema: {
        tags: ['health'],
        summary: 'Whether the process is alive',
        response: { 200: z.object({ status: z.literal('ok') }) },
      },
    },
    () => ({ status: 'ok' as const }),
  )

  for (const path of ['/readyz', '/health']) {
    app.get(
      path,
      {
        schema: {
          tags: ['health'],
          summary: 'Whether it takes new requests',
          description: 'Refuses while the instance drains. `/health` is another name of `/readyz`.',
          response: { 200: z.object({ status: z.literal('ready') }), ...refusals(503) },
        },
      },
      () => {
        if (live.isDraining()) throw new ApiError(503, 'draining', 'this instance is shutting down')
        return { status: 'ready' as const }
      },
    )
  }
}
