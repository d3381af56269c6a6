import type { Logger } from 'pino'
import { createApi } from '../api/api.js'
import { RunCache } from '../api/solver/run-cache.js'
import { createSolver } from '../api/solver/solver.js'
import { callersOf } from '../auth/keyring.js'
import { openBudgets } from '../budgets/keeper.js'
import type { Config } from '../config/config.js'
import type { HedgeCounters } from '../gateway/hedging.js'
import { Registry } from '../registry/registry.js'
import { runCacheFamilies } from '../telemetry/collectors/run-cache.js'
import { openStores, type Stores } from '../storage/stores.js'
import { openTraces } from '../telemetry/otel.js'
import { openAlertDesk } from './alerting.js'
import { monotonicMs } from './clock.js'
import type { Front, FrontParts } from './front.js'
import { recordHistory } from './history.js'
import { startLearning } from './learning.js'
import { createLedger } from './ledger.js'
import { liveView } from './live-view.js'
import { createLogger } from './logger.js'
import { oneProcess } from './one-process.js'
import { seedFromAssignments } from './price-seed.js'
import { severalProcesses } from './several-processes.js'
import { takeSnapshot, type InstanceSnapshot } from './snapshot.js'
import { createTelemetry } from './telemetry.js'
import { warmUpRuns } from './run-warm-up.js'
import { VERSION } from './version.js'

/** A running Loadstar: gateway, REST API and their state. */
export interface Instance {
  /** Where it listens, e.g. `http://127.0.0.1:8080`. */
  readonly url: string
  snapshot(): InstanceSnapshot
  /** Not ready → nobody new → running answers finish, for `server.shutdown_grace_ms` at most → everything closed. */
  stop(): Promise<void>
}

/** What runs beside the live path and ends with the instance: the latest begun first, when no request runs any more. */
interface Part {
  stop(): Promise<void> | void
}

interface InstanceOptions {
  readonly logger?: Logger
}

/**
 * Wires one instance from its configuration and listens; with the other programs of this folder the only place where
 * the parts meet.
 *
 * @throws when the database cannot be opened or the address is taken; nothing is left open then.
 */
export async function startInstance(config: Config, options: InstanceOptions = {}): Promise<Instance> {
  const log = options.logger ?? createLogger('info')
  const stores = await openStores(config.storage.url, { log })
  try {
    const registry = await Registry.open({
      store: stores.registry,
      models: config.models,
      agents: config.agents,
    })
    tellOddities(registry, config, log)
    return await listen(config, registry, log, stores)
  } catch (error) {
    await stores.close()
    throw error
  }
}

function tellOddities(registry: Registry, { server }: Config, log: Logger): void {
  for (const entry of registry.shadowed) {
    log.warn({ entry }, 'an entry stored through the API is hidden by the one of the configuration file')
  }
  for (const { id, apiKeyEnv } of registry.models()) {
    if (apiKeyEnv === undefined || server.apiKeyEnvs.includes(apiKeyEnv)) continue
    log.warn({ id, apiKeyEnv }, 'a model is called without its key: server.api_key_envs does not list it')
  }
  for (const { id, fallbacks = [] } of registry.models()) {
    const unknown = fallbacks.filter((name) => registry.model(name) === undefined)
    if (unknown.length > 0) log.warn({ id, unknown }, 'a model names fallbacks that are not defined')
  }
  for (const id of registry.deactivated) {
    log.warn({ id }, 'an assignment became inactive: its agent or model is not defined any more')
  }
}

async function listen(config: Config, registry: Registry, log: Logger, stores: Stores): Promise<Instance> {
  const { assignment, server } = config
  const ledger = createLedger(config, registry, monotonicMs)
  const solver = createSolver({ timeLimitMs: assignment.timeLimitMs })
  const runs = new RunCache({ solver, options: assignment.cache, clock: monotonicMs })
  let isDraining = false
  const front: { current?: Front } = {}
  const live = liveView({
    ledger,
    hedges: () => front.current?.hedges() ?? NO_HEDGES,
    clock: monotonicMs,
    isDraining: () => isDraining,
  })
  const shared = { config, ledger, live, clock: monotonicMs, log }
  const telemetry = createTelemetry({
    ...shared,
    registry,
    store: stores.rollups,
    workers: () => front.current?.vitals() ?? new Map(),
    version: VERSION,
  })
  const { metrics, collectors } = telemetry
  collectors.push(() => runCacheFamilies(runs.counts()))
  const history = await recordHistory({ ...shared, stores, collectors })
  const learning = await startLearning({ ...shared, registry, store: stores.quality, history })
  const alerts = await openAlertDesk({ ...shared, store: stores.alerts, registry, solver })
  const budgets =
    ledger.budgets &&
    (await openBudgets({ book: ledger.budgets, store: stores.budgets, clock: monotonicMs, log }))
  const traces = await openTraces({ otlp: config.telemetry.otlp, version: VERSION, log })
  const api: FrontParts['api'] = (gateway) =>
    createApi({
      ...apiSettings(config),
      registry,
      live,
      learning: learning.view,
      alerts,
      metrics,
      ...(history ? { history } : {}),
      ...(gateway ? { gateway } : {}),
      budgets: () => ledger.budgets?.read(monotonicMs()) ?? [],
      runs,
      clock: monotonicMs,
      log,
    })
  const open = server.workers === 1 ? oneProcess : severalProcesses
  front.current = await open({ ...shared, registry, learning, tracing: traces.tracing, api })
  const { url, stop } = front.current
  await telemetry.start()
  alerts.start()
  budgets?.start()
  history?.start()
  const parts: Part[] = [learning, traces, telemetry, alerts]
  for (const part of [budgets, history]) if (part !== undefined) parts.push(part)
  const stopped = new AbortController()
  solveAhead({ config, registry, live, learning: learning.view, solver, runs, signal: stopped.signal, log })
  return {
    url,
    snapshot: () => takeSnapshot({ registry, router: ledger.router, metrics, nowMs: monotonicMs() }),
    async stop() {
      isDraining = true
      stopped.abort()
      await stop()
      for (const part of parts.reverse()) await part.stop()
      await solver.close()
      await stores.close()
    },
  }
}

/** What of a configuration the API answers by. */
function apiSettings({ routing, scoring, assignment, server, auth }: Config) {
  const { maxBodyBytes, host, allowedHosts, apiKeyEnvs } = server
  const callers = callersOf(auth)
  return {
    routing,
    scoring,
    assignment,
    callers,
    maxBodyBytes,
    host,
    allowedHosts,
    apiKeyEnvs,
    version: VERSION,
  }
}

/** What is solved beside the first requests, so that nobody need wait for it. */
function solveAhead(parts: Parameters<typeof seedFromAssignments>[0] & { readonly runs: RunCache }): void {
  const { config, registry, live, learning, runs, signal, log } = parts
  const { assignment, routing } = config
  void seedFromAssignments(parts)
  if (assignment.cache.warmUp)
    void warmUpRuns({ registry, live, learning, routing, assignment, runs }, signal, log)
}

const NO_HEDGES: HedgeCounters = { made: 0, won: 0, refused: 0 }
