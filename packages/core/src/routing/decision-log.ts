import type { Choice } from './choice.js'
import { counterfactualOf } from './counterfactual.js'
import type { ConsideredModel, Decision, FilterReason, Terms } from './decision.js'
import { filterReason } from './filter.js'
import type { PolicyName } from './options.js'
import { NONE } from './pick.js'
import type { Slate } from './slate.js'

/** Decisions kept. */
const DECISIONS = 4_096
/** Numbers kept of all decisions together (4 MiB): what bounds them where candidates are many. */
const NUMBERS = 524_288
/** Numbers kept of a candidate. */
const WIDTH = 7
const REASONS: readonly (FilterReason | undefined)[] = [
  undefined,
  'no_capacity',
  'overloaded',
  'over_target',
  'reserved',
  'closed_until',
  'breaker_open',
  'slow_start',
  'discovered_limit',
]

interface Entry {
  leaseId: number
  atMs: number
  choice: Choice
  /** Index among all numbers ever written. */
  from: number
  chosen: number
}

/**
 * The latest decisions with all their terms, in rings of fixed size: noting one is a few numbers per candidate and
 * allocates nothing, so that it can always be on.
 */
export class DecisionLog {
  readonly #policy: PolicyName
  readonly #loadWeight: number
  readonly #entries: Entry[] = []
  #numbers = new Float64Array(0)
  #written = 0

  /** @param loadWeight - of `weighted_load`, to tell what less utilization would have changed. */
  constructor(policy: PolicyName, loadWeight: number) {
    this.#policy = policy
    this.#loadWeight = loadWeight
  }

  /** What the slate holds was decided for a lease. */
  note(leaseId: number, slate: Slate, chosen: number, nowMs: number): void {
    if (this.#numbers.length === 0) this.#numbers = new Float64Array(NUMBERS)
    const from = this.#write(slate, nowMs)
    if (from === NONE) return
    const place = leaseId % DECISIONS
    const entry = this.#entries[place]
    if (entry === undefined) {
      this.#entries[place] = { leaseId, atMs: nowMs, choice: slate.choice, from, chosen }
      return
    }
    entry.leaseId = leaseId
    entry.atMs = nowMs
    entry.choice = slate.choice
    entry.from = from
    entry.chosen = chosen
  }

  /** `undefined` for a lease that was never given, or so long ago that it is forgotten. */
  decisionOf(leaseId: number): Decision | undefined {
    const entry = this.#entries[leaseId % DECISIONS]
    if (entry?.leaseId !== leaseId || entry.from + NUMBERS < this.#written) return undefined
    return this.#tell(entry)
  }

  /** What the slate holds, where nothing was chosen. */
  undecided(slate: Slate, nowMs: number): Decision {
    if (this.#numbers.length === 0) this.#numbers = new Float64Array(NUMBERS)
    const from = this.#write(slate, nowMs)
    return this.#tell({ leaseId: NONE, atMs: nowMs, choice: slate.choice, from, chosen: NONE })
  }

  /** @returns where it was written; `NONE` when there are more candidates than the ring holds. */
  #write(slate: Slate, nowMs: number): number {
    const width = slate.count * WIDTH
    if (width > NUMBERS) return NONE
    // A decision is never split over the end of the ring.
    const left = NUMBERS - (this.#written % NUMBERS)
    if (left < width) this.#written += left
    const from = this.#written
    let at = from % NUMBERS
    const numbers = this.#numbers
    for (let i = 0; i < slate.count; i++) {
      const model = slate.model(i)
      const isFree = (slate.free[i] as number) > 0
      numbers[at] = slate.worth[i] as number
      numbers[at + 1] = model.utilization(nowMs) ?? NaN
      numbers[at + 2] = isFree ? 0 : REASONS.indexOf(filterReason(slate, i, nowMs))
      numbers[at + 3] = slate.loadFactor[i] as number
      numbers[at + 4] = slate.costUsd[i] as number
      numbers[at + 5] = slate.serviceMs[i] as number
      numbers[at + 6] = slate.slotPrice[i] as number
      at += WIDTH
    }
    this.#written += width
    return from
  }

  #tell({ atMs, choice, from, chosen }: Entry): Decision {
    const known = new Map(choice.models.map(({ id }, i) => [id, i]))
    const considered = choice.candidates.map(({ modelId, score }): ConsideredModel => {
      const i = known.get(modelId)
      if (i !== undefined && from !== NONE)
        return this.#considered(modelId, score, (from % NUMBERS) + i * WIDTH)
      return { modelId, score, utilization: null, terms: {}, worth: null, filteredBecause: 'unknown_model' }
    })
    const modelId = choice.models[chosen]?.id
    const winner = considered.find((model) => model.modelId === modelId)
    const rivals = considered.filter((model) => model !== winner && model.filteredBecause === undefined)
    const next = Math.max(...rivals.map(({ worth }) => worth ?? -Infinity))
    const common = { policy: this.#policy, atMs, considered }
    if (winner === undefined) return { ...common, margin: null }
    const margin = next === -Infinity ? null : (winner.worth ?? 0) - next
    const counterfactual = counterfactualOf(this.#policy, winner, considered, this.#loadWeight)
    return {
      ...common,
      modelId: winner.modelId,
      margin,
      ...(counterfactual === undefined ? {} : { counterfactual }),
    }
  }

  #considered(modelId: string, score: number, at: number): ConsideredModel {
    const number = (offset: number) => this.#numbers[at + offset] as number
    const worth = number(0)
    const utilization = number(1)
    const filteredBecause = REASONS[number(2)]
    return {
      modelId,
      score,
      utilization: Number.isNaN(utilization) ? null : utilization,
      terms: this.#terms(number),
      worth: filteredBecause === 'no_capacity' || worth === -Infinity ? null : worth,
      ...(filteredBecause === undefined ? {} : { filteredBecause }),
    }
  }

  #terms(number: (offset: number) => number): Terms {
    switch (this.#policy) {
      case 'weighted_load':
        return { loadFactor: number(3) }
      case 'bid':
        return { costUsd: number(4), serviceMs: number(5), slotPrice: number(6) }
      case 'least_utilization':
      case 'power_of_two':
      case 'round_robin':
      case 'random':
        return {}
    }
  }
}
