import { type Scenario, serviceMs, type TaskClass, Workload } from '@loadstar/core'
import type { FluidBound } from './fluid-bound.js'

/** What requests would have if each class were spread over models as the bound has it, and nobody ever waited. */
interface Unwaited {
  readonly quality: number
  readonly meanMs: number
  readonly p99Ms: number
}

/** Every request counts at every model, by the share of its class that the model is given. */
export function unwaited(scenario: Scenario, seed: number, { shares }: FluidBound): Unwaited {
  const { models, classes, warmUpMs = 0 } = scenario
  const weighed: { readonly ms: number; readonly weight: number }[] = []
  let weights = 0
  let quality = 0
  let sumMs = 0
  const workload = new Workload(scenario, seed)
  for (let arrival = workload.next(); arrival !== undefined; arrival = workload.next()) {
    if (arrival.atMs < warmUpMs) continue
    const { id, candidates } = classes[arrival.classIndex] as TaskClass
    for (const [j, model] of models.entries()) {
      const weight = shares[arrival.classIndex]?.[j] ?? 0
      if (weight <= 0) continue
      const ms = serviceMs(model, model.slowness?.[id] ?? 1, arrival)
      const candidate = candidates.find(({ modelId }) => modelId === model.id)
      weighed.push({ ms, weight })
      weights += weight
      sumMs += weight * ms
      quality += weight * (candidate?.quality ?? candidate?.score ?? 0)
    }
  }
  weighed.sort((a, b) => b.ms - a.ms)
  let left = 0.01 * weights
  const longest = weighed.find(({ weight }) => (left -= weight) <= 0)
  return { quality: quality / weights, meanMs: sumMs / weights, p99Ms: longest?.ms ?? NaN }
}
