import type { LatencySummary, ModelLoad } from '@loadstar/core'
import { z } from 'zod'
import { closedObject } from '../../config/closed-object.js'

const MILLISECONDS = z.number().nullable()
const INSTANT = z.iso.datetime().nullable()

export const MODEL_LOAD = z
  .object({
    model_id: z.string(),
    active_requests: z
      .int()
      .describe('Requests it is known to serve, those of others by its last report included.'),
    in_flight: z.int().describe('Requests sent to it from here that have not ended.'),
    queue_depth: z.int().describe('Requests that wait for it.'),
    avg_latency_ms: MILLISECONDS.describe(
      'Mean service time: moving average of whole answers, from slot to end; null before the first.',
    ),
    avg_first_token_ms: MILLISECONDS.describe(
      'Moving average until the first token of streams; null before the first.',
    ),
    utilization: z
      .number()
      .nullable()
      .describe('active_requests / max_concurrent; null when unknown, which never counts as free.'),
    last_updated: INSTANT.describe('Null when nothing has happened yet.'),
    max_concurrent: z.int(),
    max_queue: z.int(),
    target_utilization: z.number(),
    is_overloaded: z.boolean().describe('No room left.'),
    is_over_target: z.boolean().describe('Utilization above target_utilization, or unknown.'),
    is_stale: z.boolean().describe('It reported its load once and has been silent for more than 60 s.'),
    is_queue_closed: z.boolean().describe('A capacity rule lets nobody more wait for it.'),
    breaker: z
      .enum(['closed', 'open', 'half_open'])
      .describe(
        'open: it failed too often and is given nothing; half_open: a few requests try it out; closed: it works.',
      ),
    breaker_until: INSTANT.describe('When an open breaker lets a request try it out; null when not open.'),
    closed_until: INSTANT.describe(
      'Until when the model asked, by retry-after, to be left alone; null when not.',
    ),
    slow_start_until: INSTANT.describe(
      'When it may use all its slots again after it came back; null when it may.',
    ),
    usable_slots: z
      .int()
      .describe(
        'Slots it may use now, by breaker, closure, slow start and applied limit; max_concurrent when well.',
      ),
    proposed_slots: z
      .int()
      .describe(
        'Slots the discovered limit proposes, applied or not; max_concurrent while nothing speaks for fewer.',
      ),
    penalty_ms: z
      .number()
      .describe('Milliseconds its failures add to the time a request is expected to take there; 0 without.'),
    slot_price: z
      .number()
      .describe(
        'Points (of 100) that a second of one of its slots is worth to others; 0 while there is room, or unless requests bid.',
      ),
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
    last_updated: instant(load.lastUpdatedMs),
    max_concurrent: load.maxConcurrent,
    max_queue: load.maxQueue,
    target_utilization: load.targetUtilization,
    is_overloaded: load.isOverloaded,
    is_over_target: load.isOverTarget,
    is_stale: load.isStale,
    is_queue_closed: load.isQueueClosed,
    breaker: load.breaker,
    breaker_until: instant(load.breakerUntilMs),
    closed_until: instant(load.closedUntilMs),
    slow_start_until: instant(load.slowStartUntilMs),
    usable_slots: load.usableSlots,
    proposed_slots: load.proposedSlots,
    penalty_ms: load.penaltyMs,
    slot_price: load.slotPrice,
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

function instant(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
