import { slotsWithinTarget, type Capacity, type ModelLoad, type RouterCounters } from '@loadstar/core'
import { z } from 'zod'
import type { ModelEntry } from '../../registry/entry.js'
import { limitsOf, overrideOf } from '../../registry/operation.js'
import type { Pulse } from '../pulse.js'
import { ALERT } from './alert-schema.js'
import { DECISION_RECORD } from './history-schema.js'
import { SIMULATION_STATE } from './simulation-schema.js'

const COUNT = z.int().min(0)
const RATE = z.number().min(0)
const SHARE = z.number().min(0).max(1).nullable()
const MS = z.number().min(0).nullable()

const PACE = {
  requests_per_second: RATE.describe('Ended requests, over the last ten to twenty seconds.'),
  tokens_per_second: RATE.describe('Tokens of answers that ended, over the same time.'),
  success_rate: SHARE.describe('Of the last minute; of a model by its calls. Null when nothing ended.'),
  p50_ms: MS.describe('Completed requests of the last minute, as all rates up to a second old.'),
  p95_ms: MS,
  p99_ms: MS,
}

const MODEL_STATE = z
  .object({
    id: z.string(),
    in_flight: COUNT.describe('Requests sent to it from here that have not ended.'),
    active_requests: COUNT.describe('Those of others by its last report included.'),
    queued: COUNT,
    max_concurrent: COUNT,
    target_slots: COUNT.describe('Slots that may be in use without its target being passed.'),
    usable_slots: COUNT.describe('What breaker, closure, slow start and discovered limit leave of them.'),
    utilization: z.number().nullable().describe('active_requests / max_concurrent; null when unknown.'),
    is_enabled: z.boolean().describe('Else it is given nothing new.'),
    is_draining: z.boolean().describe('It is not enabled, and requests sent from here still run there.'),
    breaker: z.enum(['closed', 'open', 'half_open']),
    is_overloaded: z.boolean(),
    is_over_target: z.boolean(),
    is_stale: z.boolean(),
    is_queue_closed: z.boolean(),
    slot_price: z.number().describe('Points that a second of one of its slots is worth to others.'),
    ...PACE,
    requests_per_second: RATE.nullable().describe(
      'Null, as all that is measured, for a model that is not measured by its own.',
    ),
    tokens_per_second: RATE.nullable(),
  })
  .meta({ id: 'ModelState' })

const FLEET_TOTALS = z.object({
  ...PACE,
  avg_ms: MS,
  in_flight: COUNT,
  queued: COUNT,
  active_alerts: COUNT,
})

const FLEET = z
  .object({
    at: z.iso.datetime(),
    is_full: z.boolean().describe('Whether these are all models there are; else those that have changed.'),
    models: z.array(MODEL_STATE),
    fleet: FLEET_TOTALS,
    flows: z
      .array(z.object({ agent: z.string().nullable(), model: z.string(), requests: COUNT }))
      .describe(
        'Requests that ended within the last minute, as far as somebody listened, by agent and model: the 200 largest.',
      ),
  })
  .meta({ id: 'FleetEvent' })

const DATA = {
  fleet: FLEET,
  decisions: z
    .object({
      decisions: z.array(DECISION_RECORD).describe('Requests that ended, at most 50: the latest.'),
      omitted: COUNT.describe('Further ones that ended in the same half second.'),
    })
    .meta({ id: 'DecisionsEvent' }),
  alerts: z
    .object({ active: z.array(ALERT).describe('All of them, the worst first.') })
    .meta({ id: 'AlertsEvent' }),
  catalog: z
    .object({
      kind: z.enum(['model', 'agent', 'assignment']),
      ids: z
        .array(z.string())
        .optional()
        .describe('Which; left out where there are many: then all of that kind may have changed.'),
    })
    .meta({ id: 'CatalogEvent' }),
  simulation: z
    .object(SIMULATION_STATE)
    .describe('How far a simulation is; its result is read by its id.')
    .meta({ id: 'SimulationEvent' }),
  reset: z
    .object({})
    .describe('What came since the last event cannot be told: read all anew.')
    .meta({ id: 'ResetEvent' }),
}

export type EventName = keyof typeof DATA

/** What stands under `event:` and, as JSON, under `data:`. */
export const LIVE_EVENT = z
  .union(
    (Object.keys(DATA) as EventName[]).map((name) => z.object({ event: z.literal(name), data: DATA[name] })),
  )
  .describe('One event each; `data` is JSON.')

export function modelState(
  load: ModelLoad,
  pulse: Pulse | undefined,
  model: ModelEntry | undefined,
): z.input<typeof MODEL_STATE> {
  const limits = model === undefined ? load : limitsOf(model)
  const isEnabled = model === undefined || overrideOf(model).isEnabled
  return {
    id: load.modelId,
    in_flight: load.inFlight,
    active_requests: load.activeRequests,
    queued: load.queueDepth,
    max_concurrent: limits.maxConcurrent,
    target_slots: slotsWithinTarget(limits),
    usable_slots: load.usableSlots,
    utilization: rounded(isEnabled ? load.utilization : shareOf(load.activeRequests, limits), 4),
    is_enabled: isEnabled,
    is_draining: !isEnabled && load.inFlight > 0,
    breaker: load.breaker,
    is_overloaded: load.isOverloaded,
    is_over_target: load.isOverTarget,
    is_stale: load.isStale,
    is_queue_closed: load.isQueueClosed,
    slot_price: rounded(load.slotPrice, 3),
    ...(pulse === undefined ? UNMEASURED : paceOf(pulse)),
  }
}

export function fleetTotals(
  { inFlight, waiting }: Pick<RouterCounters, 'inFlight' | 'waiting'>,
  pulse: Pulse,
  activeAlerts: number,
): z.input<typeof FLEET_TOTALS> {
  return {
    ...paceOf(pulse),
    avg_ms: rounded(pulse.avgMs, 1),
    in_flight: inFlight,
    queued: waiting,
    active_alerts: activeAlerts,
  }
}

function shareOf(requests: number, { maxConcurrent }: Pick<Capacity, 'maxConcurrent'>): number {
  return maxConcurrent === 0 ? 0 : requests / maxConcurrent
}

const UNMEASURED = {
  requests_per_second: null,
  tokens_per_second: null,
  success_rate: null,
  p50_ms: null,
  p95_ms: null,
  p99_ms: null,
}

function paceOf(pulse: Pulse) {
  return {
    requests_per_second: rounded(pulse.requestsPerSecond, 2),
    tokens_per_second: rounded(pulse.tokensPerSecond, 1),
    success_rate: rounded(pulse.successRate, 4),
    p50_ms: rounded(pulse.p50Ms, 1),
    p95_ms: rounded(pulse.p95Ms, 1),
    p99_ms: rounded(pulse.p99Ms, 1),
  }
}

/** So that what only differs beyond what anybody sees is not sent again. */
function rounded(value: number, digits: number): number
function rounded(value: number | null, digits: number): number | null
function rounded(value: number | null, digits: number): number | null {
  return value === null ? null : Math.round(value * 10 ** digits) / 10 ** digits
}
