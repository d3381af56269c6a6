import { batch, signal, type Signal } from '@preact/signals'
import type { FleetEvent, Flow, LiveFleet, LiveModel } from './events'
import { Trail } from './trail'

/** Ticks that trend lines tell: a minute or two at the usual pace. */
const TRAIL_LENGTH = 90

/** One model as it stands, and as it stood. */
export interface ModelState {
  readonly id: string
  readonly now: Signal<LiveModel>
  /** Utilization, tick by tick. */
  readonly utilization: Trail
}

const states = new Map<string, ModelState>()

/** Changes when models come or go, not when their load does. */
export const modelIds = signal<readonly string[]>([])
export const fleet = signal<LiveFleet | null>(null)
export const flows = signal<readonly Flow[]>([])
/** Counts the ticks, for what is drawn anew with each. */
export const tick = signal(0)
/** Unix milliseconds of the server at the latest tick. */
export const serverNowMs = signal(0)

export const fleetTrails = {
  requests: new Trail(TRAIL_LENGTH),
  success: new Trail(TRAIL_LENGTH),
  average: new Trail(TRAIL_LENGTH),
  p95: new Trail(TRAIL_LENGTH),
  p99: new Trail(TRAIL_LENGTH),
  queued: new Trail(TRAIL_LENGTH),
  inFlight: new Trail(TRAIL_LENGTH),
} as const

export function modelState(id: string): ModelState | undefined {
  // Read here, so that whoever asked before it was there asks again.
  void modelIds.value
  return states.get(id)
}

export function takeFleet(event: FleetEvent): void {
  batch(() => {
    takeModels(event)
    for (const { utilization, now } of states.values()) utilization.push(now.peek().utilization)
    fleet.value = event.fleet
    flows.value = event.flows
    pushTrails(event.fleet)
    serverNowMs.value = Date.parse(event.at)
    tick.value += 1
  })
}

function takeModels({ is_full, models }: FleetEvent): void {
  const named = new Set(models.map(({ id }) => id))
  const gone = is_full ? [...states.keys()].filter((id) => !named.has(id)) : []
  for (const id of gone) states.delete(id)
  let isNew = gone.length > 0
  for (const model of models) {
    const state = states.get(model.id)
    if (state !== undefined) {
      state.now.value = model
      continue
    }
    states.set(model.id, { id: model.id, now: signal(model), utilization: new Trail(TRAIL_LENGTH) })
    isNew = true
  }
  if (isNew) modelIds.value = [...states.keys()]
}

function pushTrails(now: LiveFleet): void {
  fleetTrails.requests.push(now.requests_per_second)
  fleetTrails.success.push(now.success_rate)
  fleetTrails.average.push(now.avg_ms)
  fleetTrails.p95.push(now.p95_ms)
  fleetTrails.p99.push(now.p99_ms)
  fleetTrails.queued.push(now.queued)
  fleetTrails.inFlight.push(now.in_flight)
}
