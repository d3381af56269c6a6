import { checkScenario } from './check-scenario.js'
import { Collector } from './collector.js'
import { reportOf, type SimulationReport } from './report.js'
import { type RouterFactory, shippingRouter } from './router-port.js'
import type { Scenario } from './scenario.js'
import { Workload } from './workload.js'
import { World } from './world.js'

export interface SimulateOptions {
  /** Integer, default 0: everything drawn at random follows from it. */
  readonly seed?: number
  /** Default the `Router` this package ships. */
  readonly createRouter?: RouterFactory
}

/**
 * Runs a scenario to its end in virtual time: no clock, no timers, the same answer for the same scenario and seed. The
 * router is the one that serves live traffic.
 *
 * O(events · log(requests under way)); every request's wait and latency are kept, 8 bytes each, for exact percentiles.
 *
 * @throws {LoadstarError} for a scenario that is not one, naming field, rule and value.
 * @throws {BrokenInvariant} when the router never ends a request, or ends one twice.
 */
export function simulate(scenario: Scenario, options: SimulateOptions = {}): SimulationReport {
  const { seed = 0, createRouter = shippingRouter } = options
  checkScenario(scenario, seed)
  const router = createRouter(scenario.models, { seed, ...scenario.router })
  const collector = new Collector(scenario)
  const world = new World(scenario, new Workload(scenario, seed), router, collector)
  world.run()
  return {
    scenario: scenario.name,
    seed,
    traceHash: world.trace.digest(),
    events: world.events,
    endedMs: world.nowMs,
    ...reportOf(scenario, collector, world.models),
  }
}
