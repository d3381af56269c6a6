import { type Scenario, serviceMs, type SimulatedModel, Workload } from '@loadstar/core'
import { percentile } from './percentile.js'

/** Milliseconds at the 99th percentile. */
interface Pooled {
  /** Of one queue over all slots, first come first served. */
  readonly boundMs: number
  /** Of service alone, as if nobody ever waited. */
  readonly floorMs: number
}

/**
 * What the very requests of a run would have had in one queue over the slots of all models: a request takes the slot
 * that frees first (Kiefer and Wolfowitz, "On the theory of queues with many servers", 1955). Exact for models that are
 * all alike, without slow-down or stalls; O(requests · log slots).
 *
 * @param slots - of all models together.
 */
export function pooled(scenario: Scenario, seed: number, slots = slotsOf(scenario)): Pooled {
  const model = scenario.models[0] as SimulatedModel
  const free = new Float64Array(slots)
  const latencies: number[] = []
  const services: number[] = []
  const workload = new Workload(scenario, seed)
  for (let arrival = workload.next(); arrival !== undefined; arrival = workload.next()) {
    const service = serviceMs(model, 1, arrival)
    const endMs = Math.max(arrival.atMs, free[0] as number) + service
    replaceFirst(free, endMs)
    if (arrival.atMs < (scenario.warmUpMs ?? 0)) continue
    latencies.push(endMs - arrival.atMs)
    services.push(service)
  }
  return { boundMs: percentile(latencies, 0.99), floorMs: percentile(services, 0.99) }
}

function slotsOf({ models }: Scenario): number {
  return models.reduce((sum, { maxConcurrent }) => sum + maxConcurrent, 0)
}

/** The least of a heap gives way to `value`, which sinks to its place. */
function replaceFirst(heap: Float64Array, value: number): void {
  let place = 0
  for (;;) {
    let child = 2 * place + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && (heap[child + 1] as number) < (heap[child] as number)) child++
    if ((heap[child] as number) >= value) break
    heap[place] = heap[child] as number
    place = child
  }
  heap[place] = value
}
