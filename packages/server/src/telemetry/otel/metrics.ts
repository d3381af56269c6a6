import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import type { OtlpConfig } from '../../config/config.js'
import type { Collector } from '../family.js'
import { metricProducer } from './metric-producer.js'
import { lastDelivery, resourceOf, tellFailures, urlOf, type OtelLog } from './resource.js'

interface MetricsOptions {
  readonly otlp: Pick<OtlpConfig, 'metricsIntervalMs'> & { readonly endpoint: string }
  readonly collectors: readonly Collector[]
  readonly version: string
  readonly clock: () => number
  readonly log: OtelLog
}

/** Sends what the collectors tell to `<endpoint>/v1/metrics` from time to time. */
export function startMetrics({ otlp, collectors, version, clock, log }: MetricsOptions): {
  stop(): Promise<void>
} {
  const { endpoint, metricsIntervalMs } = otlp
  tellFailures(log, endpoint)
  const exporter = new OTLPMetricExporter({ url: urlOf(endpoint, 'metrics') })
  const provider = new MeterProvider({
    resource: resourceOf(version),
    readers: [
      new PeriodicExportingMetricReader({
        exporter,
        exportIntervalMillis: metricsIntervalMs,
        exportTimeoutMillis: Math.min(metricsIntervalMs, 30_000),
        metricProducers: [metricProducer({ collectors, version, startedMs: clock(), clock })],
      }),
    ],
  })
  return { stop: () => lastDelivery(provider.shutdown()) }
}
