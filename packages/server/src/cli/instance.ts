import type { Logger } from 'pino'
import { createApi } from '../api/api.js'
import { createSolver } from '../api/solver/solver.js'
import type { Config } from '../config/config.js'
import { Registry } from '../registry/registry.js'
import { openStore } from '../storage/store.js'
import { createLivePath } from './live-path.js'
import { liveView } from './live-view.js'
import { createLogger } from './logger.js'
import { seedFromAssignments } from './price-seed.js'
import { takeSnapshot, type InstanceSnapshot } from './snapshot.js'
import { VERSION } from './version.js'

/** A running Loadstar: gateway, REST API and their state in this process. */
export interface Instance {
  /** Where it listens, e.g. `http://127.0.0.1:8080`. */
  readonly url: string
  snapshot(): InstanceSnapshot
  /** Not ready → nobody new → running answers finish, for `server.shutdown_grace_ms` at most → everything closed. */
  stop(): Promise<void>
}

interface InstanceOptions {
  readonly logger?: Logger
}

/**
 * Wires one instance from its configuration and listens; the only place where the parts meet.
 *
 * @throws when the database cannot be opened or the address is taken; nothing is left open then.
 */
export async function startInstance(config: Config, options: InstanceOptions = {}): Promise<Instance> {
  const log = options.logger ?? createLogger('info')
  const store = await openStore(config.storage.url)
  try {
    const registry = await Registry.open({ store, models: config.models, agents: config.agents })
    for (const entry of registry.shadowed) {
      log.warn({ entry }, 'an entry stored through the API is hidden by the one of the configuration file')
    }
    for (const { id, apiKeyEnv } of registry.models()) {
      if (apiKeyEnv === undefined || config.server.apiKeyEnvs.includes(apiKeyEnv)) continue
      log.warn({ id, apiKeyEnv }, 'a model is called without its key: server.api_key_envs does not list it')
    }
    for (const { id, fallbacks = [] } of registry.models()) {
      const unknown = fallbacks.filter((name) => registry.model(name) === undefined)
      if (unknown.length > 0) log.warn({ id, unknown }, 'a model names fallbacks that are not defined')
    }
    for (const id of registry.deactivated) {
      log.warn({ id }, 'an assignment became inactive: its agent or model is not defined any more')
    }
    return await listen(config, registry, log, () => store.close())
  } catch (error) {
    await store.close()
    throw error
  }
}

async function listen(
  config: Config,
  registry: Registry,
  log: Logger,
  closeStore: () => Promise<void>,
): Promise<Instance> {
  const { routing, server } = config
  const path = createLivePath(config, registry, { log, clock: monotonicMs })
  const { router, upstreams, tally, gateway } = path
  const solver = createSolver({ timeLimitMs: config.assignment.timeLimitMs })
  let isDraining = false
  const live = liveView({ ...path, clock: monotonicMs, isDraining: () => isDraining })
  const api = createApi({
    registry,
    live,
    gateway: gateway.handle,
    routing,
    assignment: config.assignment,
    solver,
    maxBodyBytes: server.maxBodyBytes,
    host: server.host,
    allowedHosts: server.allowedHosts,
    apiKeyEnvs: server.apiKeyEnvs,
    version: VERSION,
    clock: monotonicMs,
    log,
  })
  const url = await api.listen({ host: server.host, port: server.port })
  const stopped = new AbortController()
  void seedFromAssignments({ config, registry, live, solver, signal: stopped.signal, log })
  return {
    url,
    snapshot: () => takeSnapshot({ registry, router, tally, nowMs: monotonicMs() }),
    async stop() {
      isDraining = true
      stopped.abort()
      const grace = setTimeout(() => gateway.abortAll(), server.shutdownGraceMs)
      await gateway.drain()
      clearTimeout(grace)
      // Connections on which no request was ever sent are not idle to Node, and would hold the server open.
      const closeRest = setTimeout(() => api.server.closeAllConnections(), LAST_BYTES_MS)
      await api.close()
      clearTimeout(closeRest)
      await solver.close()
      await upstreams.close()
      await closeStore()
    },
  }
}

/** How long the last answers may take to leave the sockets. */
const LAST_BYTES_MS = 1_000

/** Unix milliseconds that never run backwards: the wall clock at start plus a monotonic clock. */
function monotonicMs(): number {
  return performance.timeOrigin + performance.now()
}
