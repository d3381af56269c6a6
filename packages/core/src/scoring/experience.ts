import type { Demand } from '../catalog/capability.js'
import { taskTypeOf, TASK_TYPES, type TaskType } from '../catalog/task-type.js'
import { invalid } from '../health/check.js'
import {
  adapted,
  checkPerformance,
  resolveAdaptive,
  type AdaptiveOptions,
  type AdaptiveRules,
  type AdaptiveScore,
} from './adaptive.js'
import { explainCapability, type CapabilityScore, type ModelProfile } from './capability.js'
import type { Performance } from './performance.js'
import type { CapabilityWeights } from './weights.js'

/** What is known of models besides what was declared of them. Plain maps, so that it can be sent elsewhere. */
export interface Experience {
  /** How what was measured feeds into scores; not at all when left out. */
  readonly adaptive?: AdaptiveOptions
  /** By model id. */
  readonly performance?: ReadonlyMap<string, Performance>
  /** By model id, then agent id, where more is known than of the model alone. */
  readonly pairs?: ReadonlyMap<string, ReadonlyMap<string, Performance>>
  /** By model id, then task type: what feedback adds to the declared strength, −1..1. */
  readonly strengthShifts?: ReadonlyMap<string, ReadonlyMap<TaskType, number>>
}

/** Who asks for what; the agent's pair is looked up by its id. */
interface Asker extends Demand {
  readonly id?: string | undefined
}

/** A pairing scored by all that is known. */
export interface ExperiencedScore extends AdaptiveScore {
  readonly capability: CapabilityScore
  /** What was measured, whether or not it was enough to count. */
  readonly performance: Performance | undefined
}

/** `Experience` with its rules checked once, for many scores. */
export class Judgement {
  readonly #experience: Experience
  readonly #rules: AdaptiveRules | undefined

  /** @throws {LoadstarError} naming the first offending field. */
  constructor(experience: Experience = {}) {
    const { adaptive, performance, pairs, strengthShifts } = experience
    this.#experience = experience
    this.#rules = adaptive === undefined ? undefined : resolveAdaptive(adaptive)
    for (const [id, known] of performance ?? []) checkPerformance(known, `performance[${JSON.stringify(id)}]`)
    for (const known of pairs?.values() ?? []) {
      for (const [id, pair] of known) checkPerformance(pair, `pairs[${JSON.stringify(id)}]`)
    }
    for (const shifts of strengthShifts?.values() ?? []) checkShifts(shifts)
  }

  /** Whether scores are the capability scores, whatever was measured. */
  get isPlain(): boolean {
    return this.#rules === undefined && this.#experience.strengthShifts === undefined
  }

  /** @param task - of the demand when left out. */
  shift(modelId: string, demand: Demand, task?: TaskType): number {
    const shifts = this.#experience.strengthShifts?.get(modelId)
    return shifts?.get(task ?? taskTypeOf(demand)) ?? 0
  }

  /** By model, what feedback adds for a demand; `undefined` where it adds nothing anywhere. */
  shiftsOf(demand: Demand, modelIds: readonly string[]): readonly number[] | undefined {
    if (this.#experience.strengthShifts === undefined) return undefined
    const task = taskTypeOf(demand)
    return modelIds.map((id) => this.shift(id, demand, task))
  }

  performance(modelId: string, agentId: string | undefined): Performance | undefined {
    const { performance, pairs } = this.#experience
    const pair = agentId === undefined ? undefined : pairs?.get(modelId)?.get(agentId)
    return pair ?? performance?.get(modelId)
  }

  /** The capability score with what was measured. */
  adapt(capabilityScore: number, performance: Performance | undefined): AdaptiveScore {
    return this.#rules === undefined
      ? { score: capabilityScore, performanceScore: null, adjustment: null }
      : adapted(capabilityScore, performance, this.#rules)
  }

  /** Of checked input. @param task - of the demand when left out. */
  score(
    asker: Asker,
    model: ModelProfile & { readonly id: string },
    weights: CapabilityWeights,
    task?: TaskType,
  ): ExperiencedScore {
    const capability = explainCapability(asker, model, weights, this.shift(model.id, asker, task))
    const performance = this.performance(model.id, asker.id)
    return { capability, performance, ...this.adapt(capability.score, performance) }
  }
}

function checkShifts(shifts: ReadonlyMap<TaskType, number>): void {
  for (const [task, shift] of shifts) {
    if (!TASK_TYPES.includes(task)) {
      throw invalid('strength_shifts', `must be of task types (${TASK_TYPES.join(', ')})`, task)
    }
    if (!(shift >= -1 && shift <= 1)) throw invalid(`strength_shifts.${task}`, 'must be within -1..1', shift)
  }
}
