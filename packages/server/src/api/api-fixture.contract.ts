import { Router } from '@loadstar/core'
import type { InjectOptions } from 'fastify'
import { expect } from 'vitest'
import { AlertDesk } from '../alerts/alert-desk.js'
import { parseConfig } from '../config/parse.js'
import type { AgentEntry, ModelEntry } from '../registry/entry.js'
import { DecisionIds } from '../gateway/decision-ids.js'
import type { ExchangeRecord } from '../gateway/record.js'
import { FeedbackDesk } from '../learning/feedback-desk.js'
import { Learner } from '../learning/learner.js'
import { QualityBook } from '../learning/quality-book.js'
import { RecentCalls } from '../learning/recent-calls.js'
import { Registry } from '../registry/registry.js'
import { openStores } from '../storage/stores.js'
import { expositionOf } from '../telemetry/exposition.js'
import { Meters } from '../telemetry/meters.js'
import { metricsView } from '../telemetry/view.js'
import { Pulses } from '../telemetry/pulses.js'
import { createApi } from './api.js'
import type { ApiDeps } from './deps.js'
import { EventHub } from './events/event-hub.js'
import type { LiveView } from './live.js'
import { simulationStateView } from './schemas/simulation-schema.js'
import { Simulator } from './simulations/simulator.js'
import { RunCache } from './solver/run-cache.js'
import { createSolver } from './solver/solver.js'

export const FILE_MODEL: ModelEntry = {
  id: 'filed',
  name: 'Filed',
  capabilities: { general: 0.5 },
  contextLength: 8192,
  maxConcurrent: 4,
  maxQueue: 8,
  targetUtilization: 0.8,
  baseUrl: 'http://127.0.0.1:9001/v1',
  dialect: 'openai',
  upstreamModel: 'filed',
  apiKey: 'sk-never-shown',
  tags: [],
  source: 'file',
}

export const FILE_AGENT: AgentEntry = {
  id: 'filed',
  name: 'Filed',
  type: 'inference',
  status: 'online',
  requiredCapabilities: ['general'],
  preferredCapabilities: [],
  source: 'file',
}

export const RUN_CACHE = { ttlMs: 300_000, maxBytes: 64 * 1024 * 1024, loadStep: 0.1, warmUp: false }

export const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5)
export const PREFIX = '/api/v1/model-router'

/** Built: worker threads do not read TypeScript. `npm test` builds first. */
export const WORKER_FILE = new URL('../../dist/api/solver/solve-worker.js', import.meta.url)

const SIMULATION_WORKER_FILE = new URL('../../dist/api/simulations/simulation-worker.js', import.meta.url)

/** The API over a real registry, a real store in memory and a real router, with a clock that stands still. */
export async function startApi(
  overrides: Partial<ApiDeps> = {},
  alertConfig = '',
  env: NodeJS.ProcessEnv = {},
) {
  const stores = await openStores('file::memory:')
  const clock = () => NOW_MS
  const registry = await Registry.open({
    store: stores.registry,
    models: [FILE_MODEL],
    agents: [FILE_AGENT],
    clock,
  })
  const router = new Router(registry.models())
  registry.onChange((change) => {
    if (change.kind === 'model_put') router.setModel(change.model, NOW_MS)
    if (change.kind === 'model_removed') router.removeModel(change.id, NOW_MS)
  })
  const { scoring } = parseConfig('{}', {}, 'fixture')
  const book = await QualityBook.open({ store: stores.quality, halfLifeMs: scoring.quality.halfLifeMs })
  const learner = new Learner({ config: scoring, catalog: registry, book, clock })
  const calls = new RecentCalls()
  const decisionIds = new DecisionIds('f-')
  const desk = new FeedbackDesk({
    book,
    calls,
    catalog: registry,
    leaseOf: (id) => decisionIds.leaseOf(id),
    isGiven: () => false,
    recorded: () => Promise.resolve(undefined),
    clock,
  })
  const meters = new Meters({
    clock,
    isModel: (id) => registry.model(id) !== undefined,
    isAgent: (id) => registry.agent(id) !== undefined,
    mostModels: 10,
    mostAgents: 10,
  })
  const metrics = metricsView({ meters, store: stores.rollups, exposition: () => expositionOf([]), clock })
  const state = { isDraining: false }
  const logged: unknown[] = []
  const solver = createSolver({ timeLimitMs: 60_000, workerFile: WORKER_FILE })
  const alerts = await AlertDesk.open({
    config: parseConfig(alertConfig, env, 'test'),
    store: stores.alerts,
    registry,
    loads: () => router.loads(NOW_MS),
    setQueueOpen: (modelId, isOpen) => void router.setQueueOpen(modelId, isOpen),
    solve: () => Promise.reject(new Error('nothing is redistributed here')),
    clock,
    log: {
      info: () => undefined,
      warn: () => undefined,
      error: (fields: unknown) => void logged.push(fields),
    },
  })
  const live: LiveView = {
    loads: () => router.loads(NOW_MS),
    counters: () => router.counters(),
    hedges: () => ({ made: 0, won: 0, refused: 0 }),
    decision: () => undefined,
    seedPrices: () => undefined,
    reportLoad: (modelId, report) => void router.reportLoad(modelId, report, NOW_MS),
    isDraining: () => state.isDraining,
  }
  const events = new EventHub({
    registry,
    alerts,
    live,
    pulses: new Pulses(meters, clock),
    decisions: { decisionId: (leaseId) => decisionIds.of(leaseId), considered: () => null },
    // Unlike all else it has to see time pass: it looks anew when what it knows is old.
    clock: Date.now,
  })
  const simulator = new Simulator({
    clock: Date.now,
    changed: (simulation) => events.tell('simulation', simulationStateView(simulation)),
    workerFile: SIMULATION_WORKER_FILE,
  })
  const app = createApi({
    registry,
    alerts,
    metrics,
    events,
    live,
    learning: {
      rate: (feedback) => desk.take(feedback),
      qualities: () => learner.qualities(),
      experience: () => learner.experience(),
    },
    scoring,
    assignment: { strategy: 'optimal', loadBalancing: true },
    runs: new RunCache({ solver, options: RUN_CACHE, clock }),
    budgets: () => [],
    routing: { loadWeight: 0.3 },
    simulator,
    router: { policy: 'bid' },
    testConnection: () => Promise.reject(new Error('no model is called here')),
    dashboard: { isEnabled: false, folder: '' },
    host: '127.0.0.1',
    allowedHosts: ['loadstar.example'],
    maxBodyBytes: 8 * 1024 * 1024,
    apiKeyEnvs: ['KEY'],
    version: '1.2.3',
    clock,
    log: { error: (fields: unknown) => void logged.push(fields) },
    ...overrides,
  })
  const routes: string[] = []
  app.addHook('onRoute', ({ method, url }) => {
    for (const name of [method].flat()) routes.push(`${name} ${url}`)
  })
  await app.ready()
  return {
    app,
    registry,
    router,
    alerts,
    meters,
    stores,
    state,
    logged,
    /** A live request ended. */
    ended(record: ExchangeRecord) {
      events.ended(record)
      learner.ended(record)
      calls.note(record)
    },
    decisionIds,
    /** Every route of the server, as `GET /path/:id`. */
    routes,
    async close() {
      learner.stop()
      await app.close()
      await solver.close()
      await simulator.close()
      await alerts.stop()
      await stores.close()
    },
    /** One request; `status` is asserted with the body in the message, so that a failure tells its reason. */
    async call(
      method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
      path: string,
      status: number,
      payload?: unknown,
    ) {
      const url = path.startsWith('/') ? path : `${PREFIX}/${path}`
      const request: InjectOptions = { method, url }
      const answer = await app.inject(
        payload === undefined ? request : { ...request, payload: payload as object },
      )
      expect(answer.statusCode, answer.body).toBe(status)
      return answer.json<Answer>()
    },
  }
}

export type RunningApi = Awaited<ReturnType<typeof startApi>>

/** What tests read of an answer; which of them are there depends on the route. */
export interface Answer {
  readonly [field: string]: unknown
  readonly error: {
    readonly message: string
    readonly type: string
    readonly param: string | null
    readonly code: string
  }
  readonly agent: Record<string, unknown>
  readonly agents: Record<string, unknown>[]
  readonly model: Record<string, unknown>
  readonly models: Record<string, unknown>[]
  readonly load: Record<string, unknown>
  readonly loads: Record<string, unknown>[]
  readonly assignment: Record<string, unknown> & { readonly id: string }
  readonly assignments: (Record<string, unknown> & { readonly id: string })[]
  readonly unassigned: Record<string, unknown>[]
  readonly total_count: number
}
