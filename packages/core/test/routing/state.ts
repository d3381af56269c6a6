import { LEASE_OUTCOMES, UNLEASED_OUTCOMES } from '../../src/routing/outcome.js'
import type { Router } from '../../src/routing/router.js'
import type { NaiveRouter } from './naive-router.js'

/** What both routers tell of themselves between two steps. */
interface State {
  readonly counters: readonly number[]
  readonly outcomes: Readonly<Record<string, number>>
  readonly nextWakeMs: number | undefined
  readonly loads: readonly LoadState[]
}

interface LoadState {
  readonly modelId: string
  readonly inFlight: number
  readonly activeRequests: number
  readonly queueDepth: number
  readonly isOverloaded: boolean
  readonly slotPrice: number
  readonly breaker: string
  readonly breakerUntilMs: number | null
  readonly closedUntilMs: number | null
  readonly usableSlots: number
}

export function stateOf(router: Router): State {
  const { submitted, duplicateSettles, inFlight, waiting, outcomes } = router.counters()
  return {
    counters: [submitted, duplicateSettles, inFlight, waiting],
    outcomes,
    nextWakeMs: router.nextWakeMs(),
    loads: router.loads(0).map((load): LoadState => {
      const { modelId, inFlight, activeRequests, queueDepth, isOverloaded, slotPrice } = load
      const { breaker, breakerUntilMs, closedUntilMs, usableSlots } = load
      const traffic = { inFlight, activeRequests, queueDepth, isOverloaded, slotPrice }
      return { modelId, ...traffic, breaker, breakerUntilMs, closedUntilMs, usableSlots }
    }),
  }
}

export function naiveStateOf(naive: NaiveRouter): State {
  const { fleet, submitted, duplicateSettles, ended } = naive
  const count = (outcome: string) => [outcome, ended.filter((name) => name === outcome).length] as const
  const there = fleet.models.filter(({ isThere }) => isThere)
  return {
    counters: [submitted, duplicateSettles, fleet.leases.length, fleet.tickets.length],
    outcomes: Object.fromEntries([...LEASE_OUTCOMES, ...UNLEASED_OUTCOMES].map(count)),
    nextWakeMs: naive.nextWakeMs(),
    loads: there.map((model): LoadState => {
      const { id, health, maxConcurrent, externalQueue, slotPrice } = model
      return {
        modelId: id,
        inFlight: fleet.own(id),
        activeRequests: fleet.inUse(model),
        queueDepth: fleet.homed(id).length + externalQueue,
        isOverloaded: fleet.inUse(model) >= maxConcurrent,
        slotPrice,
        breaker: health.kind,
        breakerUntilMs: health.kind === 'open' ? health.untilMs : null,
        closedUntilMs: fleet.now < health.closedUntilMs ? health.closedUntilMs : null,
        usableSlots: maxConcurrent === 0 ? 0 : health.usableSlots(maxConcurrent),
      }
    }),
  }
}
