import type { ConsideredModel } from '@loadstar/core'

/** Clients refuse answers whose headers are too long; Node's own allows 16 KiB for all of them. */
const LONGEST = 8_192

/**
 * The terms of a decision as one header value: JSON, one entry for each candidate in the order they were considered.
 *
 * Of very many the best are told, those that had a free slot before those that were left out.
 */
export function explanationOf(considered: readonly ConsideredModel[]): string {
  const entries = considered.map((model) => ({ model, text: JSON.stringify(termsOf(model)) }))
  let length = 2
  const told = new Set<string>()
  for (const { text } of entries.toSorted((a, b) => byWorth(a.model, b.model))) {
    length += text.length + 1
    if (length > LONGEST) break
    told.add(text)
  }
  const texts = entries.map(({ text }) => text).filter((text) => told.has(text))
  return `[${texts.join(',')}]`
}

function byWorth(a: ConsideredModel, b: ConsideredModel): number {
  const isLeftOut = Number(a.filteredBecause !== undefined) - Number(b.filteredBecause !== undefined)
  return isLeftOut || b.weightedScore - a.weightedScore
}

function termsOf(model: ConsideredModel) {
  return {
    model: model.modelId,
    score: rounded(model.score),
    utilization: model.utilization === null ? null : rounded(model.utilization),
    load_factor: rounded(model.loadFactor),
    weighted_score: rounded(model.weightedScore),
    ...(model.filteredBecause ? { filtered: model.filteredBecause } : {}),
  }
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
