import { randomUUID } from 'node:crypto'
import type { LiveView } from '../api/live.js'
import type { MetricsView } from '../api/metrics-view.js'
import type { Config } from '../config/config.js'
import { loadFamilies } from '../telemetry/collectors/load.js'
import { processFamilies } from '../telemetry/collectors/process.js'
import { requestFamilies } from '../telemetry/collectors/requests.js'
import { expositionOf } from '../telemetry/exposition.js'
import type { Collector } from '../telemetry/family.js'
import { openMetrics } from '../telemetry/otel.js'
import { requestLog } from '../telemetry/request-log.js'
import type { RollupStore } from '../telemetry/rollup-store.js'
import { Rollups } from '../telemetry/rollups.js'
import { metricsView } from '../telemetry/view.js'
import { VitalsMonitor, type Vitals } from '../telemetry/vitals.js'
import type { Registry } from '../registry/registry.js'
import type { Ledger } from './ledger.js'
import type { Logger } from 'pino'

interface TelemetryParts {
  readonly config: Pick<Config, 'telemetry'>
  readonly ledger: Ledger
  readonly live: LiveView
  readonly registry: Pick<Registry, 'model'>
  readonly store: RollupStore
  /** Of workers, by name; empty in one process. */
  readonly workers: () => ReadonlyMap<string, Vitals>
  readonly version: string
  readonly clock: () => number
  readonly log: Logger
}

/** What an instance tells of itself, and keeps of what it measured. */
interface Telemetry {
  readonly metrics: MetricsView
  /** Further families of metrics, by whoever has some. */
  readonly collectors: Collector[]
  /** From here on what is measured is stored, and sent where that is configured. */
  start(): Promise<void>
  stop(): Promise<void>
}

const MS_PER_DAY = 86_400_000

/** Wires what is measured to those who read it. */
export function createTelemetry(parts: TelemetryParts): Telemetry {
  const { config, ledger, live, registry, store, workers, version, clock, log } = parts
  const { meters } = ledger
  const monitor = new VitalsMonitor()
  const startedSeconds = clock() / 1_000
  const vitals = () => new Map([['primary', monitor.read()], ...workers()])
  const collectors: Collector[] = [
    () => requestFamilies(meters),
    () => loadFamilies(live),
    () => processFamilies({ vitals, version, startedSeconds }),
  ]
  const rollups = new Rollups({
    meters,
    store,
    instance: randomUUID(),
    retentionMs: config.telemetry.retentionDays * MS_PER_DAY,
    clock,
    log,
  })
  if (config.telemetry.logRequests || log.isLevelEnabled('debug')) {
    ledger.onEnded(requestLog(log, config.telemetry.logRequests ? 'info' : 'debug'))
  }
  let sent: Awaited<ReturnType<typeof openMetrics>> | undefined
  return {
    metrics: metricsView({ meters, store, exposition: () => expositionOf(collectors), clock }),
    collectors,
    async start() {
      rollups.start()
      sent = await openMetrics({
        otlp: config.telemetry.otlp,
        // Whoever adds families later is sent as well.
        collectors: [() => collectors.flatMap((collect) => collect())],
        providerOf: (modelId) => registry.model(modelId)?.dialect,
        version,
        clock,
        log,
      })
      if (sent.ended) ledger.onEnded(sent.ended)
    },
    async stop() {
      monitor.stop()
      await sent?.stop()
      await rollups.stop()
    },
  }
}
