import type { OtlpConfig } from '../config/config.js'
import type { ExchangeRecord } from '../gateway/record.js'
import type { Tracing } from '../gateway/tracing.js'
import type { Collector } from './family.js'

interface Parts {
  readonly otlp: OtlpConfig
  readonly version: string
  readonly log: { warn(fields: object, message: string): void }
}

interface MetricParts {
  readonly collectors: readonly Collector[]
  /** Of a model by its id; `undefined` for one that is not known any more. */
  readonly providerOf: (modelId: string) => string | undefined
  readonly clock: () => number
}

interface Sending {
  stop(): Promise<void>
}

const NOTHING: Sending = { stop: () => Promise.resolve() }

/**
 * Traces by OpenTelemetry, where an endpoint is configured: only then its packages are loaded, which would cost every
 * start time and memory.
 */
export async function openTraces({
  otlp,
  version,
  log,
}: Parts): Promise<Sending & { readonly tracing?: Tracing }> {
  const { endpoint, traces } = otlp
  if (endpoint === undefined || !traces) return NOTHING
  const { startTraces } = await import('./otel/traces.js')
  return startTraces({ otlp: { ...otlp, endpoint }, version, log })
}

/** Metrics by OpenTelemetry; see `openTraces`. */
export async function openMetrics({
  otlp,
  version,
  log,
  collectors,
  providerOf,
  clock,
}: Parts & MetricParts): Promise<Sending & { readonly ended?: (record: ExchangeRecord) => void }> {
  const { endpoint, metrics } = otlp
  if (endpoint === undefined || !metrics) return NOTHING
  const { startMetrics } = await import('./otel/metrics.js')
  return startMetrics({ otlp: { ...otlp, endpoint }, collectors, providerOf, version, clock, log })
}
