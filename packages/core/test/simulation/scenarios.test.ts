import { describe, expect, it } from 'vitest'
import type { Scenario, SimulatedModel } from '../../src/simulation/scenario.js'
import { aggressiveTenant, badDay, knee, overload, unequalModels } from '../../src/simulation/scenarios.js'
import { serviceMs } from '../../src/simulation/service-time.js'
import { simulate } from '../../src/simulation/simulate.js'
import { Samples } from '../../src/simulation/spread.js'
import { Workload } from '../../src/simulation/workload.js'

const MINUTE_MS = 60_000

/** The 99th percentile of latency when nobody ever waits, of the requests that count, all models being alike. */
function floorP99(scenario: Scenario, seed: number, tenant?: string): number {
  const samples = new Samples()
  const workload = new Workload(scenario, seed)
  for (let arrival = workload.next(); arrival !== undefined; arrival = workload.next()) {
    const counts =
      arrival.atMs >= (scenario.warmUpMs ?? 0) && (tenant === undefined || arrival.tenant === tenant)
    if (counts) samples.add(serviceMs(scenario.models[0] as SimulatedModel, 1, arrival))
  }
  return samples.spread().p99 as number
}

describe('the router that ships, in virtual time', () => {
  it('serves most of what it admits in time at 1.4 × capacity', () => {
    const { overall } = simulate(overload(), { seed: 2 })
    expect(overall.outcomes.rejected_deadline).toBeGreaterThan(0)
    expect(overall.completedInTime / overall.admitted).toBeGreaterThanOrEqual(0.85)
  })

  it('lets polite tenants hardly notice one at 1.5 × capacity', () => {
    const scenario = { ...aggressiveTenant(), durationMs: 10 * MINUTE_MS, warmUpMs: MINUTE_MS }
    const { tenants } = simulate(scenario, { seed: 2 })
    for (const tenant of ['ada', 'ben', 'cleo', 'dan']) {
      expect(tenants[tenant]?.p99).toBeLessThanOrEqual(1.2 * floorP99(scenario, 2, tenant))
    }
  })

  it('keeps models below their knee, where a router without a target makes them collapse', () => {
    const scenario = { ...knee(0.7), durationMs: 10 * MINUTE_MS, warmUpMs: MINUTE_MS }
    const { overall, models } = simulate(scenario, { seed: 2 })
    for (const { greatestConcurrency } of Object.values(models)) expect(greatestConcurrency).toBe(8)
    expect(overall.latencyMs.p99).toBeLessThanOrEqual(1.1 * floorP99(scenario, 2))
    const careless = scenario.models.map((model) => ({ ...model, targetUtilization: 1 }))
    const collapsed = simulate({ ...scenario, models: careless }, { seed: 2 })
    expect(collapsed.overall.latencyMs.p99).toBeGreaterThan(5 * (overall.latencyMs.p99 as number))
  })

  it('gives better answers by bids than by score and utilization, and the slowest sooner', () => {
    const scenario = unequalModels(0.85, 20 * MINUTE_MS)
    const of = (policy: 'bid' | 'weighted_load') =>
      simulate({ ...scenario, router: { policy } }, { seed: 2 }).overall
    const [bid, weighted] = [of('bid'), of('weighted_load')]
    expect(bid.quality).toBeGreaterThan(1.02 * (weighted.quality as number))
    expect(bid.latencyMs.p99).toBeLessThan(weighted.latencyMs.p99 as number)
  })

  it('keeps every invariant through a day with all faults', () => {
    const scenario = { ...badDay(), durationMs: 6 * MINUTE_MS }
    const { overall } = simulate(scenario, { seed: 1, isWatched: true })
    expect(overall.outcomes.completed).toBeGreaterThan(1_000)
    expect(overall.outcomes.instance_lost).toBeGreaterThan(0)
  })
})
