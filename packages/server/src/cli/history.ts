import type { Config } from '../config/config.js'
import { createHistory, type History } from '../history/history.js'
import type { Stores } from '../storage/stores.js'
import { historyFamilies } from '../telemetry/collectors/history.js'
import type { Collector } from '../telemetry/family.js'
import type { Ledger } from './ledger.js'
import type { Logger } from 'pino'

interface HistoryParts {
  readonly config: Pick<Config, 'history'>
  readonly ledger: Ledger
  readonly stores: Pick<Stores, 'openHistory'>
  readonly collectors: Collector[]
  readonly clock: () => number
  readonly log: Logger
}

/** Notes every request that ends, and stores it once started; `undefined` where that is switched off. @throws {StorageError} as `openStores`. */
export async function recordHistory(parts: HistoryParts): Promise<History | undefined> {
  const { config, ledger, stores, collectors, clock, log } = parts
  if (!config.history.isEnabled) return undefined
  const { router, decisionIds } = ledger
  const history = createHistory(config.history, {
    store: await stores.openHistory(),
    decisions: {
      nextLeaseId: () => router.nextLeaseId,
      decision: (leaseId) => router.decision(leaseId),
    },
    decisionId: (leaseId) => decisionIds.of(leaseId),
    clock,
    log,
  })
  ledger.onEnded(history.note)
  collectors.push(() => historyFamilies(history.counters()))
  return history
}
