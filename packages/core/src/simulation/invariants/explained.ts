import type { Decision } from '../../routing/decision.js'
import { BrokenInvariant } from './broken-invariant.js'
import type { Mirror } from './mirror.js'
import type { Promises } from './promises.js'

/**
 * What is told of a decision is what was decided: the model given is one that was free, and of those the one of greatest
 * worth, unless it was to be learned of; I7: where a model's load is unknown, it says so.
 *
 * @param isHandedOver - to somebody who waited: `bid` then goes by who loses least.
 */
export function checkDecision(
  mirror: Mirror,
  { considered, modelId, isExplored }: Decision,
  givenId: string,
  isHandedOver: boolean,
  { policy, staleAfterMs }: Promises,
): void {
  const given = considered.find((other) => other.modelId === givenId)
  if (modelId !== givenId || given === undefined || given.filteredBecause !== undefined) {
    throw new BrokenInvariant(
      'explained',
      mirror.clockMs,
      `${givenId} was given, and is explained as ${modelId}`,
    )
  }
  for (const { modelId: id, utilization, worth, filteredBecause } of considered) {
    const reportedMs = mirror.there(id)?.reportedMs
    const isStale = reportedMs !== undefined && mirror.clockMs - reportedMs > staleAfterMs
    if (isStale && utilization !== null) {
      throw new BrokenInvariant(
        'I7',
        mirror.clockMs,
        `${id} is stale, and was decided about as used ${utilization}`,
      )
    }
    if (isExplored === true || (policy === 'bid' && isHandedOver) || filteredBecause !== undefined) continue
    if ((worth ?? -Infinity) > (given.worth ?? -Infinity)) {
      const what = `${givenId} was given, and ${id} was free and worth more`
      throw new BrokenInvariant('explained', mirror.clockMs, what)
    }
  }
}
