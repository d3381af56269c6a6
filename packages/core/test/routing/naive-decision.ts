import type { Decision } from '../../src/routing/decision.js'
import type { PolicyName } from '../../src/routing/options.js'
import type { NaiveFleet } from './naive-fleet.js'
import type { NaivePolicy } from './naive-policy.js'
import type { NaiveModel, NaiveRequest } from './naive-records.js'

interface NaiveConsidered {
  readonly modelId: string
  readonly score: number
  readonly utilization: number | null
  readonly isFree: boolean
  /** `null` where nothing is to be compared: no capacity, or chance decided. */
  readonly worth: number | null
  readonly serviceMs: number | null
  readonly costUsd: number | null
  readonly slotPrice: number | null
}

/** Why a request was given a model, or none, as far as both routers tell it alike. */
export interface NaiveDecision {
  readonly modelId: string | undefined
  readonly considered: readonly NaiveConsidered[]
  readonly margin: number | null
}

const BY_CHANCE: readonly PolicyName[] = ['random', 'power_of_two']

/** As it is before the request is given anything. */
export function explain(
  fleet: NaiveFleet,
  policy: NaivePolicy,
  asked: NaiveRequest,
  isUrgent: boolean,
  chosen: NaiveModel | undefined,
): NaiveDecision {
  const byChance = BY_CHANCE.includes(fleet.options.policy)
  const considered = asked.request.candidates.map(({ modelId, score }): NaiveConsidered => {
    const model = fleet.model(modelId)
    const worth =
      model === undefined || model.maxConcurrent === 0 || byChance
        ? null
        : policy.worth(asked, { model, score })
    const isBid = model !== undefined && worth !== null && fleet.options.policy === 'bid'
    return {
      modelId,
      score,
      utilization: model === undefined ? null : utilization(fleet, model),
      isFree: model !== undefined && fleet.room(model, asked, isUrgent) > 0,
      worth,
      serviceMs: isBid ? fleet.serviceMs(model, asked) : null,
      costUsd: isBid ? fleet.costUsd(model, asked) : null,
      slotPrice: isBid ? fleet.chargedPrice(model) : null,
    }
  })
  const rivals = considered.filter(({ modelId, isFree }) => isFree && modelId !== chosen?.id)
  const own = considered.find(({ modelId }) => modelId === chosen?.id)?.worth ?? null
  const margin =
    own === null || rivals.length === 0 ? null : own - Math.max(...rivals.map(({ worth }) => worth ?? NaN))
  return { modelId: chosen?.id, considered, margin }
}

function utilization(fleet: NaiveFleet, model: NaiveModel): number | null {
  if (fleet.isStale(model)) return null
  return model.maxConcurrent === 0 ? 0 : fleet.inUse(model) / model.maxConcurrent
}

/** A decision of the router, in the same words. */
export function readDecision(decision: Decision | undefined): NaiveDecision | undefined {
  if (decision === undefined) return undefined
  const byChance = BY_CHANCE.includes(decision.policy)
  const considered = decision.considered.map((model): NaiveConsidered => {
    const worth = byChance ? null : model.worth
    const { serviceMs = null, costUsd = null, slotPrice = null } = worth === null ? {} : model.terms
    const { modelId, score, utilization } = model
    const isFree = model.filteredBecause === undefined
    return { modelId, score, utilization, isFree, worth, serviceMs, costUsd, slotPrice }
  })
  return { modelId: decision.modelId, considered, margin: byChance ? null : decision.margin }
}
