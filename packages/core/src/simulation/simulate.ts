import { LoadstarError } from '../error.js'
import { checkPositive } from '../health/check.js'
import type { RouterOptions } from '../routing/options.js'
import { checkScenario } from './check-scenario.js'
import { Collector } from './collector.js'
import { WatchedRouter } from './invariants/watched-router.js'
import type { Observer } from './observer.js'
import { reportOf, type SimulationReport } from './report.js'
import { type RouterFactory, type RouterPort, shippingRouter, type WatchableRouter } from './router-port.js'
import type { Scenario } from './scenario.js'
import { World } from './world.js'

export interface SimulateOptions {
  /** Integer, default 0: everything drawn at random follows from it. */
  readonly seed?: number
  /** Default the `Router` this package ships. */
  readonly createRouter?: RouterFactory
  /**
   * Whether every answer of the router is held against its invariants: many times slower. The router must then tell its
   * counts (`WatchableRouter`). Default false.
   */
  readonly isWatched?: boolean
  /** Sees what happens, in virtual time. */
  readonly observer?: Observer
}

/**
 * Runs a scenario to its end in virtual time: no clock, no timers, the same answer for the same scenario and seed. The
 * router is the one that serves live traffic.
 *
 * O(events · log(requests under way)); every request's wait and latency are kept, 8 bytes each, for exact percentiles.
 *
 * @throws {LoadstarError} for a scenario that is not one, naming field, rule and value.
 * @throws {BrokenInvariant} when the router never ends a request, or ends one twice; where it is watched, when it breaks any
 * invariant.
 */
export function simulate(scenario: Scenario, options: SimulateOptions = {}): SimulationReport {
  const { seed = 0, createRouter = shippingRouter, isWatched = false, observer } = options
  checkScenario(scenario, seed)
  if (observer?.everyMs !== undefined) checkPositive(observer.everyMs, 'observer.every_ms')
  const routerOptions = { seed, ...scenario.router }
  const router = createRouter(scenario.models, routerOptions)
  const watched = isWatched ? watch(router, scenario, routerOptions) : undefined
  const collector = new Collector(scenario)
  const world = new World(scenario, seed, watched ?? router, collector, observer)
  world.run()
  watched?.checkQuiet()
  return {
    scenario: scenario.name,
    seed,
    traceHash: world.trace.digest(),
    events: world.events,
    endedMs: world.nowMs,
    ...reportOf(scenario, collector, world.models),
  }
}

function watch(router: RouterPort, { models }: Scenario, options: RouterOptions): WatchedRouter {
  if (isWatchable(router)) return new WatchedRouter(router, models, options)
  throw new LoadstarError(
    'OPTION_INVALID',
    'create_router',
    'must give a router that tells its counts',
    router,
  )
}

function isWatchable(router: RouterPort): router is WatchableRouter {
  return 'counters' in router && 'loads' in router
}
