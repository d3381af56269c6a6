import { fileURLToPath } from 'node:url'
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
import { connectionTests } from './connections.js'
import { openEvents } from './events.js'
import type { Front, FrontParts } from './front.js'
import { recordHistory } from './history.js'
import { startLearning } from './learning.js'
import { createLedger, routerOptions } from './ledger.js'
import { liveView } from './live-view.js'
import { createLogger } from './logger.js'
import { openSimulator } from './simulations.js'
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
  for (const { id, operation } of registry.models()) {
    if (operation !== undefined) log.warn({ id, ...operation }, 'a model is operated otherwise than defined')
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
  const events = openEvents({ ...shared, registry, alerts })
  const simulator = openSimulator(events)
  const api: FrontParts['api'] = (gateway) =>
    createApi({
      ...apiSettings(config),
      registry,
      live,
      learning: learning.view,
      alerts,
      events,
      metrics,
      ...(history ? { history } : {}),
      ...(gateway ? { gateway } : {}),
      simulator,
      testConnection: connectionTests(config, ledger, monotonicMs),
      budgets: () => ledger.budgets?.read(monotonicMs()) ?? [],
      runs,
      log,
    })
  const open = server.workers === 1 ? oneProcess : severalProcesses
  front.current = await open({ ...shared, registry, learning, tracing: traces.tracing, api })
  const { url, stop } = front.current
  const parts = await started({ learning, traces, telemetry, alerts, budgets, history })
  const stopped = new AbortController()
  solveAhead({ config, registry, live, learning: learning.view, solver, runs, signal: stopped.signal, log })
  return {
    url,
    snapshot: () => takeSnapshot({ registry, router: ledger.router, metrics, nowMs: monotonicMs() }),
    async stop() {
      isDraining = true
      stopped.abort()
      // Clients that listen are told to go elsewhere first: they would hold the server for as long as they can.
      events.close()
      await stop()
      for (const part of parts) await part.stop()
      await solver.close()
      await simulator.close()
      await stores.close()
    },
  }
}

interface Beside {
  readonly learning: Part
  readonly traces: Part
  readonly telemetry: Part & { start(): Promise<void> }
  readonly alerts: Part & { start(): void }
  readonly budgets: (Part & { start(): void }) | undefined
  readonly history: (Part & { start(): void }) | undefined
}

/** Begins what runs beside the live path. @returns all of it in the order in which it is to be ended. */
async function started(beside: Beside): Promise<readonly Part[]> {
  const { learning, traces, telemetry, alerts, budgets, history } = beside
  await telemetry.start()
  alerts.start()
  budgets?.start()
  history?.start()
  return [history, budgets, alerts, telemetry, traces, learning].filter((part) => part !== undefined)
}

/** What the API takes of the configuration and of this program alone. */
function apiSettings(config: Config) {
  const { routing, scoring, assignment, server, auth, dashboard } = config
  const { maxBodyBytes, host, allowedHosts, apiKeyEnvs } = server
  const callers = callersOf(auth)
  return {
    routing,
    router: routerOptions(config),
    scoring,
    assignment,
    dashboard: { ...dashboard, folder: DASHBOARD_FOLDER },
    callers,
    maxBodyBytes,
    host,
    allowedHosts,
    apiKeyEnvs,
    clock: monotonicMs,
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

/** Of this package, whether it runs from its sources or built. */
const DASHBOARD_FOLDER = fileURLToPath(new URL('../../dist/dashboard', import.meta.url))
const NO_HEDGES: HedgeCounters = { made: 0, won: 0, refused: 0 }
