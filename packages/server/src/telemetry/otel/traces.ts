import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { OtlpConfig } from '../../config/config.js'
import type { Tracing } from '../../gateway/tracing.js'
import { lastDelivery, resourceOf, tellFailures, urlOf, type OtelLog } from './resource.js'
import { Spans } from './spans.js'

/** Follows requests, and sends what it saw. */
interface Traces {
  readonly tracing: Tracing
  /** Sends what is left, for some seconds at most. */
  stop(): Promise<void>
}

interface TracesOptions {
  readonly otlp: Pick<OtlpConfig, 'sampleShare'> & { readonly endpoint: string }
  readonly version: string
  readonly log: OtelLog
}

/** Sends spans in batches to `<endpoint>/v1/traces`. Whether a trace is recorded is the client's to say, where it says. */
export function startTraces({ otlp, version, log }: TracesOptions): Traces {
  const { endpoint, sampleShare } = otlp
  tellFailures(log, endpoint)
  const root = sampleShare === 1 ? new AlwaysOnSampler() : new TraceIdRatioBasedSampler(sampleShare)
  const exporter = new OTLPTraceExporter({ url: urlOf(endpoint, 'traces') })
  const provider = new TracerProvider({
    resource: resourceOf(version),
    sampler: new ParentBasedSampler({ root }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  })
  return {
    tracing: new Spans(provider.getTracer('loadstar', version)),
    stop: () => lastDelivery(provider.shutdown()),
  }
}
