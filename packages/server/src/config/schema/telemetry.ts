import { z } from 'zod'
import { closedObject } from '../closed-object.js'

export const TELEMETRY = closedObject({
  log_requests: z
    .boolean()
    .default(false)
    .describe(
      'Write one line per ended request to the log: id, model, outcome, times and tokens, nothing of its content. With LOG_LEVEL=debug they are written in any case. Off, because metrics and statistics tell the same for a tenth of the time, and a line costs about 6 µs.',
    ),
  max_agents: z
    .int()
    .min(0)
    .max(10_000)
    .default(100)
    .describe(
      'Agents that are measured by their own, those first that appear first; the rest is told as `other`. Each takes some 60 kB and a few dozen time series, so that their number is bounded.',
    ),
  retention_days: z
    .int()
    .min(1)
    .max(3_650)
    .default(30)
    .describe(
      'Days for which measurements by the hour are kept in the database. Those by five minutes are kept for a day, those by ten seconds for two hours. A month of hours takes some MB per model.',
    ),
  otlp_endpoint: z
    .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
    .optional()
    .describe(
      'Base address of an OpenTelemetry collector that takes OTLP over HTTP, e.g. `http://127.0.0.1:4318`; OTEL_EXPORTER_OTLP_ENDPOINT overrides it. Nothing is sent, and nothing of OpenTelemetry is loaded, without one. Headers come from OTEL_EXPORTER_OTLP_HEADERS, the name of the service from OTEL_SERVICE_NAME.',
    ),
  otlp_traces: z.boolean().default(true).describe('Send a span per request and one per call of a model.'),
  otlp_metrics: z.boolean().default(true).describe('Send the measurements that /metrics tells.'),
  otlp_metrics_interval_ms: z
    .int()
    .min(1_000)
    .max(3_600_000)
    .default(60_000)
    .describe('Milliseconds between two deliveries of metrics. A minute is the default of OpenTelemetry.'),
  trace_sample_share: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe(
      'Share of the traces that begin here which are recorded. Where the client sent a traceparent its decision holds. All, because whoever turns traces on wants to see some; lower it under load.',
    ),
})
