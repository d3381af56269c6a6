import { isDeepStrictEqual } from 'node:util'
import type { Assignment, AssignmentResult } from '@loadstar/core'
import type { AssignmentEntry } from '../registry/entry.js'
import type { Registry } from '../registry/registry.js'
import type { ApiDeps } from './deps.js'
import { seatPrices } from './seat-prices.js'

/** Puts the result of a run in the place of the last automatic one. Where it stands already nothing is written. */
export async function storeRun(
  result: AssignmentResult,
  { registry, live }: Pick<ApiDeps, 'registry' | 'live'>,
): Promise<void> {
  const made = result.assignments.filter(({ method }) => method !== 'manual')
  if (!isStored(made, registry)) await registry.replaceAutomatic(made)
  if (result.strategy === 'optimal') live.seedPrices(seatPrices(result))
}

function isStored(made: readonly Assignment[], registry: Registry): boolean {
  const standing = registry.activeAssignments().filter(({ method }) => method !== 'manual')
  return (
    standing.length === made.length &&
    made.every((pairing) => isSame(pairing, registry.assignmentOf(pairing.agentId)))
  )
}

function isSame(pairing: Assignment, standing: AssignmentEntry | undefined): boolean {
  if (standing === undefined) return false
  return (Object.keys(pairing) as (keyof Assignment)[]).every((field) =>
    isDeepStrictEqual(pairing[field], standing[field]),
  )
}
