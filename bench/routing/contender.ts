import {
  POLICIES,
  type RouterFactory,
  type RouterOptions,
  simulate,
  type SimulationReport,
  type Scenario,
} from '@loadstar/core'
import { boundAtArrival } from './bound-at-arrival.js'

/** Somebody who routes the requests of a scenario. */
export interface Contender {
  readonly name: string
  /** Of the router that ships; the scenario's own where it says nothing else. */
  readonly options?: RouterOptions
  /** Instead of the router that ships. */
  readonly createRouter?: RouterFactory
}

/** Every policy of the router that ships: all keep one queue and bind a request when a slot is free for it. */
export const SHIPPED: readonly Contender[] = POLICIES.map((policy) => ({ name: policy, options: { policy } }))

export const BID: Contender = { name: 'bid', options: { policy: 'bid' } }

/** Routers that send a request on as it comes, to wait at the model: what most balancers do. */
export const BOUND_AT_ARRIVAL: readonly Contender[] = (
  ['least_utilization', 'round_robin', 'random'] as const
).map((choice) => ({ name: `${choice}, bound at arrival`, createRouter: boundAtArrival(choice) }))

/** One run of the world, the scenario's router options and the contender's taken together. */
export function run(
  { options, createRouter }: Contender,
  scenario: Scenario,
  seed: number,
): SimulationReport {
  const router: RouterOptions = { ...scenario.router, ...options }
  const bid = { ...scenario.router?.bid, ...options?.bid }
  return simulate(
    { ...scenario, router: { ...router, bid } },
    createRouter === undefined ? { seed } : { seed, createRouter },
  )
}

/** The same scenario with models that let requests beyond their slots wait, as a router that binds at arrival needs. */
export function queueingAtModels(scenario: Scenario): Scenario {
  return { ...scenario, models: scenario.models.map((model) => ({ ...model, whenFull: 'queue' as const })) }
}
