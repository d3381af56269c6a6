import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import type { OtlpConfig } from '../../config/config.js'
import type { Collector } from '../family.js'
import type { ExchangeRecord } from '../../gateway/record.js'
import { GenAiMetrics } from './gen-ai.js'
import { metricProducer } from './metric-producer.js'
import { lastDelivery, resourceOf, tellFailures, urlOf, type OtelLog } from './resource.js'

interface MetricsOptions {
  readonly otlp: Pick<OtlpConfig, 'metricsIntervalMs'> & { readonly endpoint: string }
  readonly collectors: readonly Collector[]
  /** Of a model by its id; `undefined` for one that is not known any more. */
  readonly providerOf: (modelId: string) => string | undefined
  readonly version: string
  readonly clock: () => number
  readonly log: OtelLog
}

/** Sends metrics, and has to be told of every request that ended. */
interface Metrics {
  readonly ended: (record: ExchangeRecord) => void
  stop(): Promise<void>
}

/** Sends what the collectors tell to `<endpoint>/v1/metrics` from time to time, and with it what the conventions name. */
export function startMetrics({ otlp, collectors, providerOf, version, clock, log }: MetricsOptions): Metrics {
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
  const genAi = new GenAiMetrics({ meter: provider.getMeter('loadstar', version), providerOf })
  return {
    ended: genAi.ended,
    stop() {
      genAi.stop()
      return lastDelivery(provider.shutdown())
    },
  }
}
