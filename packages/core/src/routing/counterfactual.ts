import type { ConsideredModel, Counterfactual } from './decision.js'
import type { PolicyName } from './options.js'

const MOST_POINTS = 100

/** A considered model that has a worth. */
type Weighed = ConsideredModel & { readonly worth: number }

/**
 * The least change of one term with which the best of the other models would have been given the request: less
 * utilization, a lower price of its slots, a higher score. `undefined` where there is no such model, no single change
 * would do, or the policy looks at none of them.
 */
export function counterfactualOf(
  policy: PolicyName,
  winner: ConsideredModel,
  considered: readonly ConsideredModel[],
  loadWeight: number,
): Counterfactual | undefined {
  if (!isWeighed(winner)) return undefined
  let rival: Weighed | undefined
  for (const model of considered) {
    if (model === winner || !isWeighed(model) || !isInReach(model, winner)) continue
    if (rival === undefined || model.worth > rival.worth) rival = model
  }
  if (rival === undefined) return undefined
  // A better one that had no slot would have won with one.
  if (rival.filteredBecause !== undefined) return emptier(rival, rival.utilization)
  switch (policy) {
    case 'weighted_load':
      return lighter(rival, winner, loadWeight) ?? better(rival, winner)
    case 'bid':
      return cheaper(rival, winner) ?? better(rival, winner)
    case 'least_utilization':
      return emptier(rival, winner.utilization)
    case 'power_of_two':
    case 'round_robin':
    case 'random':
      return undefined
  }
}

function isWeighed(model: ConsideredModel): model is Weighed {
  return model.worth !== null
}

/** Free, or better and only without a slot for it. */
function isInReach({ filteredBecause, worth }: Weighed, winner: Weighed): boolean {
  if (filteredBecause === undefined) return true
  const isBusy =
    filteredBecause === 'overloaded' || filteredBecause === 'over_target' || filteredBecause === 'reserved'
  return isBusy && worth > winner.worth
}

function emptier({ modelId }: Weighed, value: number | null): Counterfactual | undefined {
  return value === null || value === 0 ? undefined : { modelId, term: 'utilization', when: 'below', value }
}

/** Where `score × (1 − loadWeight × utilization)` is the winner's worth; a model above target has more than that against it. */
function lighter(rival: Weighed, winner: Weighed, loadWeight: number): Counterfactual | undefined {
  const { modelId, score, utilization, terms } = rival
  if (loadWeight === 0 || utilization === null || score <= winner.worth) return undefined
  const isAbove = (terms.loadFactor ?? 0) < 1 - loadWeight * utilization
  const value = (1 - winner.worth / score) / loadWeight
  return isAbove ? undefined : { modelId, term: 'utilization', when: 'below', value }
}

function cheaper(rival: Weighed, winner: Weighed): Counterfactual | undefined {
  const { slotPrice = 0, serviceMs = 0 } = rival.terms
  if (serviceMs === 0 || slotPrice === 0) return undefined
  const value = slotPrice - (winner.worth - rival.worth) / (serviceMs / 1_000)
  return value < 0 ? undefined : { modelId: rival.modelId, term: 'slot_price', when: 'below', value }
}

function better(rival: Weighed, winner: Weighed): Counterfactual | undefined {
  const factor = rival.terms.loadFactor ?? 1
  if (factor === 0) return undefined
  const value = rival.score + (winner.worth - rival.worth) / factor
  return value > MOST_POINTS ? undefined : { modelId: rival.modelId, term: 'score', when: 'above', value }
}
