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
const WIDTH = 6
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
  isExplored: boolean
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
  note(leaseId: number, slate: Slate, chosen: number, isExplored: boolean, nowMs: number): void {
    if (this.#numbers.length === 0) this.#numbers = new Float64Array(NUMBERS)
    const from = this.#write(slate, nowMs)
    if (from === NONE) return
    const place = leaseId % DECISIONS
    const entry = this.#entries[place]
    if (entry === undefined) {
      this.#entries[place] = { leaseId, atMs: nowMs, choice: slate.choice, from, chosen, isExplored }
      return
    }
    entry.leaseId = leaseId
    entry.atMs = nowMs
    entry.choice = slate.choice
    entry.from = from
    entry.chosen = chosen
    entry.isExplored = isExplored
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
    return this.#tell({
      leaseId: NONE,
      atMs: nowMs,
      choice: slate.choice,
      from,
      chosen: NONE,
      isExplored: false,
    })
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
    const { free, worth, loadFactor, costUsd, serviceMs, slotPrice, count } = slate
    for (let i = 0; i < count; i++, at += WIDTH) {
      numbers[at] = worth[i] as number
      numbers[at + 1] = slate.model(i).utilization(nowMs) ?? NaN
      numbers[at + 2] = (free[i] as number) > 0 ? 0 : REASONS.indexOf(filterReason(slate, i, nowMs))
      if (this.#policy === 'weighted_load') numbers[at + 3] = loadFactor[i] as number
      if (this.#policy !== 'bid') continue
      numbers[at + 3] = costUsd[i] as number
      numbers[at + 4] = serviceMs[i] as number
      numbers[at + 5] = slotPrice[i] as number
    }
    this.#written += width
    return from
  }

  #tell({ atMs, choice, from, chosen, isExplored }: Entry): Decision {
    const { candidates, models } = choice
    const considered: ConsideredModel[] = []
    let winner: ConsideredModel | undefined
    let next = -Infinity
    // Models stand in the order of the candidates, without those that are not known.
    let i = 0
    for (const { modelId, score } of candidates) {
      if (from === NONE || models[i]?.id !== modelId) {
        considered.push(unknown(modelId, score))
        continue
      }
      const model = this.#considered(modelId, score, (from % NUMBERS) + i * WIDTH)
      considered.push(model)
      if (i === chosen) winner = model
      else if (model.filteredBecause === undefined) next = Math.max(next, model.worth ?? -Infinity)
      i++
    }
    if (winner === undefined) return { policy: this.#policy, atMs, considered, margin: null }
    const decision = {
      policy: this.#policy,
      modelId: winner.modelId,
      atMs,
      considered,
      margin: next === -Infinity ? null : (winner.worth ?? 0) - next,
    }
    if (isExplored) return Object.assign(decision, { isExplored: true as const })
    const counterfactual = counterfactualOf(this.#policy, winner, considered, this.#loadWeight)
    return counterfactual === undefined ? decision : Object.assign(decision, { counterfactual })
  }

  #considered(modelId: string, score: number, at: number): ConsideredModel {
    const numbers = this.#numbers
    const worth = numbers[at] as number
    const used = numbers[at + 1] as number
    const utilization = Number.isNaN(used) ? null : used
    const filteredBecause = REASONS[numbers[at + 2] as number]
    const terms = this.#terms(at)
    // Written out twice: spreading costs more than the rest.
    if (filteredBecause === undefined) return { modelId, score, utilization, terms, worth: told(worth) }
    const isNone = filteredBecause === 'no_capacity'
    return { modelId, score, utilization, terms, worth: isNone ? null : told(worth), filteredBecause }
  }

  #terms(at: number): Terms {
    const numbers = this.#numbers
    switch (this.#policy) {
      case 'weighted_load':
        return { loadFactor: numbers[at + 3] as number }
      case 'bid':
        return {
          costUsd: numbers[at + 3] as number,
          serviceMs: numbers[at + 4] as number,
          slotPrice: numbers[at + 5] as number,
        }
      case 'least_utilization':
      case 'power_of_two':
      case 'round_robin':
      case 'random':
        return NO_TERMS
    }
  }
}

const NO_TERMS: Terms = Object.freeze({})

/** A model that was not drawn has none. */
function told(worth: number): number | null {
  return worth === -Infinity ? null : worth
}

function unknown(modelId: string, score: number): ConsideredModel {
  return { modelId, score, utilization: null, terms: NO_TERMS, worth: null, filteredBecause: 'unknown_model' }
}
