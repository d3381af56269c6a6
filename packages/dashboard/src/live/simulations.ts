import { signal } from '@preact/signals'
import type { SimulationEvent } from './events'

/** How far the simulation is that was told of last. */
export const latestSimulation = signal<SimulationEvent | null>(null)

export function takeSimulation(event: SimulationEvent): void {
  latestSimulation.value = event
}
