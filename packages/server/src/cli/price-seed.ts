import type { Logger } from 'pino'
import type { LearningView } from '../api/learning-view.js'
import type { LiveView } from '../api/live.js'
import { registryField } from '../api/registry-field.js'
import { seatPrices } from '../api/seat-prices.js'
import type { Solver } from '../api/solver/solver.js'
import type { Config } from '../config/config.js'
import type { Registry } from '../registry/registry.js'

interface Seed {
  readonly config: Config
  readonly registry: Registry
  readonly live: LiveView
  readonly learning: LearningView
  readonly solver: Solver
  readonly signal: AbortSignal
  readonly log: Logger
}

/**
 * Lets bids begin with what slots were worth in the optimal assignment that is stored, as after the run that made it:
 * only its pairs are stored, so it is solved again, beside live traffic. Without one nothing is done.
 */
export async function seedFromAssignments({
  config,
  registry,
  live,
  learning,
  solver,
  signal,
  log,
}: Seed): Promise<void> {
  if (!registry.activeAssignments().some(({ method }) => method === 'optimal')) return
  const { loadBalancing } = config.assignment
  const input = {
    ...registryField({ registry, live, learning }),
    strategy: 'optimal' as const,
    loadBalancing,
    loadWeight: config.routing.loadWeight,
  }
  try {
    const { result } = await solver.solve({ input, wantsResult: true }, signal)
    if (result !== null && !signal.aborted) live.seedPrices(seatPrices(result))
  } catch (error) {
    if (!signal.aborted) log.warn({ error }, 'bids begin without the prices of the stored assignment')
  }
}
