import type { Logger } from 'pino'
import { AlertDesk } from '../alerts/alert-desk.js'
import type { AlertStore } from '../alerts/store.js'
import type { LiveView } from '../api/live.js'
import type { Solver } from '../api/solver/solver.js'
import type { Config } from '../config/config.js'
import type { Registry } from '../registry/registry.js'
import type { Ledger } from './ledger.js'

interface Alerting {
  readonly config: Config
  readonly store: AlertStore
  readonly registry: Registry
  readonly ledger: Ledger
  readonly live: LiveView
  readonly solver: Solver
  readonly clock: () => number
  readonly log: Logger
}

/** Wires alerts and capacity rules to the live path. Where workers serve, their records and the router are here as well. */
export async function openAlertDesk(parts: Alerting): Promise<AlertDesk> {
  const { config, store, registry, ledger, live, solver, clock, log } = parts
  for (const { id, modelIds = [] } of config.capacityRules) {
    const unknown = modelIds.filter((modelId) => registry.model(modelId) === undefined)
    if (unknown.length > 0) log.warn({ id, unknown }, 'a capacity rule names models that are not defined')
  }
  const desk = await AlertDesk.open({
    config,
    store,
    registry,
    loads: () => live.loads(),
    setQueueOpen: (modelId, isOpen) => void ledger.router.setQueueOpen(modelId, isOpen),
    solve: async (input) => {
      const { result } = await solver.solve({ input, wantsResult: true })
      if (result === null) throw new Error('the solver gave no result')
      return result
    },
    clock,
    log,
  })
  ledger.onEnded((record) => desk.ended(record))
  return desk
}
