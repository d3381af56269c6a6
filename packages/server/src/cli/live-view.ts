import type { LiveView } from '../api/live.js'
import type { HedgeCounters } from '../gateway/hedging.js'
import type { Ledger } from './ledger.js'

interface Sources {
  readonly ledger: Ledger
  readonly hedges: () => HedgeCounters
  readonly clock: () => number
  readonly isDraining: () => boolean
}

/** What the REST API sees of the live path. */
export function liveView({ ledger, hedges, clock, isDraining }: Sources): LiveView {
  const { router, admission, decisionIds } = ledger
  return {
    loads: () => router.loads(clock()),
    counters: () => router.counters(),
    hedges,
    decision: (id) => {
      const leaseId = decisionIds.leaseOf(id)
      return leaseId === undefined ? undefined : router.decision(leaseId)
    },
    seedPrices: (prices) => admission.apply(router.seedPrices(prices, clock())),
    // A report can free slots that others held: whoever waits for them must hear of it.
    reportLoad: (modelId, report) => admission.apply(router.reportLoad(modelId, report, clock())),
    isDraining,
  }
}
