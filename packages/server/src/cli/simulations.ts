import type { EventHub } from '../api/events/event-hub.js'
import { simulationStateView } from '../api/schemas/simulation-schema.js'
import { Simulator } from '../api/simulations/simulator.js'
import { monotonicMs } from './clock.js'

/** Simulations, whose progress is told to whoever listens. */
export function openSimulator(events: EventHub): Simulator {
  return new Simulator({
    clock: monotonicMs,
    changed: (simulation) => events.tell('simulation', simulationStateView(simulation)),
  })
}
