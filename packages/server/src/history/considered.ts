import type { Decision } from '@loadstar/core'
import type { Considered } from './decision-row.js'

/** Candidates told of a decision: the one chosen, and the best of the others. */
const MOST_CANDIDATES = 8

/** A decision in short, as it is recorded. */
export function consideredOf({ policy, isExplored, margin, considered, modelId }: Decision): Considered {
  const models = considered.map(
    (model) =>
      [
        model.modelId,
        rounded(model.score),
        rounded(model.utilization),
        rounded(model.worth),
        model.filteredBecause ?? null,
      ] as const,
  )
  if (models.length > MOST_CANDIDATES) {
    const rank = ([id, , , worth, filtered]: (typeof models)[number]) =>
      id === modelId ? Infinity : filtered === null ? (worth ?? -Infinity) : -Infinity
    models.sort((a, b) => compare(rank(b), rank(a)))
  }
  return {
    policy,
    explored: isExplored === true,
    margin: rounded(margin),
    models: models.slice(0, MOST_CANDIDATES),
    omitted: Math.max(0, models.length - MOST_CANDIDATES),
  }
}

/** A difference of infinities is none. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1
}

function rounded(value: number): number
function rounded(value: number | null): number | null
function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1_000) / 1_000
}
