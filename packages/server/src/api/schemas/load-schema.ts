import type { LatencySummary, ModelLoad } from '@loadstar/core'
import { z } from 'zod'
import { closedObject } from '../../config/closed-object.js'

const MILLISECONDS = z.number().nullable()

export const MODEL_LOAD = z
  .object({
    model_id: z.string(),
    active_requests: z
      .int()
      .describe('Requests it is known to serve, those of others by its last report included.'),
    in_flight: z.int().describe('Requests sent to it from here that have not ended.'),
    queue_depth: z.int().describe('Requests that wait for it.'),
    avg_latency_ms: MILLISECONDS.describe('Moving average of whole answers; null before the first.'),
    avg_first_token_ms: MILLISECONDS.describe('Moving average until the first token; null before the first.'),
    utilization: z
      .number()
      .nullable()
      .describe('active_requests / max_concurrent; null when unknown, which never counts as free.'),
    last_updated: z.iso.datetime().nullable().describe('Null when nothing has happened yet.'),
    max_concurrent: z.int(),
    max_queue: z.int(),
    target_utilization: z.number(),
    is_overloaded: z.boolean().describe('No room left.'),
    is_over_target: z.boolean().describe('Utilization above target_utilization, or unknown.'),
    is_stale: z.boolean().describe('It reported its load once and has been silent for more than 60 s.'),
    latency: z
      .object({
        count: z.int(),
        min_ms: MILLISECONDS,
        max_ms: MILLISECONDS,
        avg_ms: MILLISECONDS,
        p50_ms: MILLISECONDS,
        p95_ms: MILLISECONDS,
        p99_ms: MILLISECONDS,
      })
      .describe('Whole answers of the last minute.'),
  })
  .meta({ id: 'ModelLoad' })

export const LOAD_REPORT = closedObject({
  active_requests: z.int().min(0).describe('Requests the model serves, from everyone.'),
  queue_depth: z.int().min(0).optional().describe('Requests that wait at the model itself; 0 when left out.'),
  avg_latency_ms: z.number().min(0).optional().describe('Used only until latency has been measured here.'),
}).meta({ examples: [{ active_requests: 7, queue_depth: 0 }] })

export function loadView(load: ModelLoad, latency: LatencySummary): z.input<typeof MODEL_LOAD> {
  return {
    model_id: load.modelId,
    active_requests: load.activeRequests,
    in_flight: load.inFlight,
    queue_depth: load.queueDepth,
    avg_latency_ms: load.avgLatencyMs,
    avg_first_token_ms: load.avgFirstTokenMs,
    utilization: load.utilization,
    last_updated: load.lastUpdatedMs === null ? null : new Date(load.lastUpdatedMs).toISOString(),
    max_concurrent: load.maxConcurrent,
    max_queue: load.maxQueue,
    target_utilization: load.targetUtilization,
    is_overloaded: load.isOverloaded,
    is_over_target: load.isOverTarget,
    is_stale: load.isStale,
    latency: {
      count: latency.count,
      min_ms: latency.min,
      max_ms: latency.max,
      avg_ms: latency.avg,
      p50_ms: latency.p50,
      p95_ms: latency.p95,
      p99_ms: latency.p99,
    },
  }
}
