import { createGatewayPath } from './gateway-path.js'
import type { Front, FrontParts } from './front.js'
import { closeApi } from './last-bytes.js'

/** Serves gateway and API on one port from this process. */
export async function oneProcess({
  config,
  registry,
  ledger,
  learning,
  log,
  clock,
  tracing,
  api,
}: FrontParts): Promise<Front> {
  const { server } = config
  const { gateway, hedging, follow, close } = createGatewayPath(config, {
    admission: ledger.door,
    decisionIds: ledger.decisionIds,
    ended: ledger.ended,
    catalog: registry,
    scorer: learning.scores(),
    tracing: () => tracing,
    log,
    clock,
  })
  registry.onChange(follow)
  const app = api(gateway.handle)
  const url = await app.listen({ host: server.host, port: server.port })
  return {
    url,
    hedges: () => hedging.counters(),
    vitals: () => new Map(),
    async stop() {
      const grace = setTimeout(() => gateway.abortAll(), server.shutdownGraceMs)
      await gateway.drain()
      clearTimeout(grace)
      await closeApi(app)
      await close()
    },
  }
}
