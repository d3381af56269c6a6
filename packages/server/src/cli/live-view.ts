import type { Router } from '@loadstar/core'
import type { LiveView } from '../api/live.js'
import type { LocalAdmission } from '../gateway/local-admission.js'
import type { DecisionIds } from '../gateway/decision-ids.js'
import type { Hedging } from '../gateway/hedging.js'
import type { Tally } from '../gateway/tally.js'

interface Sources {
  readonly router: Router
  readonly admission: LocalAdmission
  readonly tally: Tally
  readonly hedging: Hedging
  readonly decisionIds: DecisionIds
  readonly clock: () => number
  readonly isDraining: () => boolean
}

/** What the REST API sees of the live path. */
export function liveView({
  router,
  admission,
  tally,
  hedging,
  decisionIds,
  clock,
  isDraining,
}: Sources): LiveView {
  return {
    loads: () => router.loads(clock()),
    counters: () => router.counters(),
    hedges: () => hedging.counters(),
    endedRequests: () => tally.endedRequests(),
    usage: () => tally.usage(),
    latency: (modelId) => tally.read(modelId).latency,
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
