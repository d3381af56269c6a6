import type { ConsideredModel, Counterfactual, Decision } from '@loadstar/core'

/** Clients refuse answers whose headers are too long; Node's own allows 16 KiB for all of them. */
const LONGEST = 8_192

/**
 * Why a decision was made as one header value: JSON with the policy, the model chosen, the margin, what would have
 * changed it, and an entry for each candidate in the order they were considered.
 *
 * Of very many the best are told, those that had a free slot before those that were left out.
 */
export function explanationOf(decision: Decision): string {
  const { policy, modelId, isExplored, margin, counterfactual, considered } = decision
  const head = JSON.stringify({
    policy,
    model: modelId ?? null,
    ...(isExplored === true ? { explored: true } : {}),
    margin: margin === null ? null : rounded(margin),
    ...(counterfactual === undefined ? {} : { counterfactual: changeOf(counterfactual) }),
  })
  const entries = considered.map((model) => ({ model, text: JSON.stringify(termsOf(model)) }))
  let length = head.length + ',"considered":[]'.length
  const told = new Set<string>()
  for (const { text } of entries.toSorted((a, b) => byWorth(a.model, b.model))) {
    length += text.length + 1
    if (length > LONGEST) break
    told.add(text)
  }
  const texts = entries.map(({ text }) => text).filter((text) => told.has(text))
  return `${head.slice(0, -1)},"considered":[${texts.join(',')}]}`
}

function byWorth(a: ConsideredModel, b: ConsideredModel): number {
  const isLeftOut = Number(a.filteredBecause !== undefined) - Number(b.filteredBecause !== undefined)
  return isLeftOut || (b.worth ?? -Infinity) - (a.worth ?? -Infinity)
}

function termsOf({ modelId, score, utilization, terms, worth, filteredBecause }: ConsideredModel) {
  return {
    model: modelId,
    score: rounded(score),
    utilization: utilization === null ? null : rounded(utilization),
    ...(terms.loadFactor === undefined ? {} : { load_factor: rounded(terms.loadFactor) }),
    ...(terms.costUsd === undefined ? {} : { cost_usd: Number(terms.costUsd.toPrecision(3)) }),
    ...(terms.serviceMs === undefined ? {} : { service_ms: rounded(terms.serviceMs) }),
    ...(terms.slotPrice === undefined ? {} : { slot_price: rounded(terms.slotPrice) }),
    worth: worth === null ? null : rounded(worth),
    ...(filteredBecause ? { filtered: filteredBecause } : {}),
  }
}

function changeOf({ modelId, term, when, value }: Counterfactual) {
  return { model: modelId, term, [when]: rounded(value) }
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
