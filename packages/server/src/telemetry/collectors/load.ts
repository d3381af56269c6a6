import { LEASE_OUTCOMES, UNLEASED_OUTCOMES, type ModelLoad, type RouterCounters } from '@loadstar/core'
import type { HedgeCounters } from '../../gateway/hedging.js'
import { counter, gauge, single, type Family, type Sample } from '../family.js'

/** What the live router knows. */
interface LiveSources {
  readonly loads: () => readonly ModelLoad[]
  readonly counters: () => RouterCounters
  readonly hedges: () => HedgeCounters
  readonly isDraining: () => boolean
}

const BREAKER_STATES = ['closed', 'half_open', 'open'] as const

/** What models carry at this moment, and whom the router let in. */
export function loadFamilies({ loads, counters, hedges, isDraining }: LiveSources): readonly Family[] {
  const models = loads()
  const of: Read = (value) =>
    models.flatMap((load) => {
      const told = value(load)
      return told === null ? [] : [{ labels: { model: load.modelId }, value: told }]
    })
  return [
    gauge(
      'loadstar_in_flight_requests',
      'Requests that were sent to the model and have not ended.',
      of(({ inFlight }) => inFlight),
    ),
    gauge(
      'loadstar_active_requests',
      'Requests the model is known to serve, those of others by its last report included.',
      of(({ activeRequests }) => activeRequests),
    ),
    gauge(
      'loadstar_model_slots',
      'Requests the model may carry at once.',
      of(({ maxConcurrent }) => maxConcurrent),
    ),
    gauge(
      'loadstar_model_usable_slots',
      'Slots it may use now, by breaker, closure, slow start and applied limit.',
      of(({ usableSlots }) => usableSlots),
    ),
    gauge(
      'loadstar_model_saturation_ratio',
      'Active requests over slots; missing while the load is unknown.',
      of(({ utilization }) => utilization),
    ),
    gauge(
      'loadstar_model_target_ratio',
      'Saturation that is aimed for.',
      of(({ targetUtilization }) => targetUtilization),
    ),
    gauge(
      'loadstar_model_stale',
      '1 when the model reported its load once and has been silent since.',
      of(({ isStale }) => Number(isStale)),
    ),
    ...queueFamilies(of),
    gauge(
      'loadstar_circuit_state',
      '1 for the state in which the breaker of the model is.',
      models.flatMap(({ modelId, breaker }) =>
        BREAKER_STATES.map((state) => ({
          labels: { model: modelId, state },
          value: Number(state === breaker),
        })),
      ),
    ),
    ...admissionFamilies(counters()),
    ...hedgeFamilies(hedges()),
    gauge('loadstar_draining', '1 while the instance shuts down.', single(Number(isDraining()))),
  ]
}

type Read = (value: (load: ModelLoad) => number | null) => Sample[]

function queueFamilies(of: Read): Family[] {
  return [
    gauge(
      'loadstar_queue_depth',
      'Requests that wait for the model; one that waits for several counts at each.',
      of(({ queueDepth }) => queueDepth),
    ),
    gauge(
      'loadstar_queue_slots',
      'Requests that may wait for the model.',
      of(({ maxQueue }) => maxQueue),
    ),
    gauge(
      'loadstar_slot_price_points',
      'What a second of a slot is worth to others, in points of score.',
      of(({ slotPrice }) => slotPrice),
    ),
  ]
}

function admissionFamilies({
  submitted,
  outcomes,
  waiting,
  inFlight,
  duplicateSettles,
}: RouterCounters): Family[] {
  const leased = LEASE_OUTCOMES.reduce((sum, outcome) => sum + outcomes[outcome], inFlight)
  return [
    counter(
      'loadstar_submissions_total',
      'Times the router was asked for a slot; each further attempt counts again.',
      single(submitted),
    ),
    counter('loadstar_admissions_total', 'What the router answered: dispatched, or why not.', [
      { labels: { outcome: 'dispatched' }, value: leased },
      ...UNLEASED_OUTCOMES.map((outcome) => ({ labels: { outcome }, value: outcomes[outcome] })),
    ]),
    counter(
      'loadstar_duplicate_settles_total',
      'Slots given back twice; the second time did nothing.',
      single(duplicateSettles),
    ),
    gauge('loadstar_waiting_requests', 'Requests in the queue, each counted once.', single(waiting)),
  ]
}

function hedgeFamilies({ made, won, refused }: HedgeCounters): Family[] {
  return [
    counter('loadstar_hedges_total', 'Second attempts beside one that said nothing.', single(made)),
    counter('loadstar_hedges_won_total', 'Of those, heard before the first.', single(won)),
    counter(
      'loadstar_hedges_refused_total',
      'Not made, because no other candidate had a slot free at once.',
      single(refused),
    ),
  ]
}
