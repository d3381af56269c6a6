import {
  DEFAULT_CAPABILITY_WEIGHTS,
  declaredStrength,
  estimateQuality,
  Judgement,
  NO_VOTES,
  taskTypeOf,
  type Candidate,
  type Demand,
  type Experience,
  type TaskType,
} from '@loadstar/core'
import type { ScoringConfig } from '../config/config.js'
import type { Asker, Scorer } from '../gateway/scorer.js'
import type { ModelEntry } from '../registry/entry.js'
import { NOTHING_LEARNED, strengthKey, type LearnedSnapshot, type LearnedStrength } from './snapshot.js'

/** The scores of live requests, by the snapshot that was loaded last; one in every process that serves. */
export class LearnedScores implements Scorer {
  readonly #config: ScoringConfig
  /** Points per unit of strength. */
  readonly #pointsOfStrength: number
  #judgement: Judgement
  #strengths: ReadonlyMap<string, LearnedStrength> = new Map()
  #version = 0

  constructor(config: ScoringConfig, snapshot: LearnedSnapshot = NOTHING_LEARNED) {
    this.#config = config
    const { capability = 1 } = config.adaptive === 'everywhere' ? config.rules.weights : {}
    this.#pointsOfStrength = 100 * DEFAULT_CAPABILITY_WEIGHTS.required * capability
    this.#judgement = this.#judged(snapshot)
  }

  get version(): number {
    return this.#version
  }

  load(snapshot: LearnedSnapshot): void {
    this.#judgement = this.#judged(snapshot)
    this.#version++
  }

  score(demand: Demand, model: ModelEntry, { agentId, task = taskTypeOf(demand) }: Asker): Candidate {
    const asker = { ...demand, id: agentId }
    const { score } = this.#judgement.score(asker, model, DEFAULT_CAPABILITY_WEIGHTS, task)
    if (this.#config.explorationShare === 0) return { modelId: model.id, score }
    return { modelId: model.id, score, spread: this.#pointsOfStrength * this.#deviation(model, task) }
  }

  #deviation(model: ModelEntry, task: TaskType): number {
    const learned = this.#strengths.get(strengthKey({ modelId: model.id, task }))
    if (learned !== undefined) return learned.deviation
    return estimateQuality(declaredStrength(model.capabilities, task), NO_VOTES, this.#config.quality)
      .deviation
  }

  #judged(snapshot: LearnedSnapshot): Judgement {
    this.#strengths = new Map(snapshot.strengths.map((learned) => [strengthKey(learned), learned]))
    const { adaptive, rules } = this.#config
    return new Judgement({
      ...(adaptive === 'everywhere' ? { adaptive: rules } : {}),
      ...experienceOf(snapshot),
    })
  }
}

/** A snapshot as core reads it. */
export function experienceOf({ performance, pairs, strengths }: LearnedSnapshot): Experience {
  const strengthShifts = new Map<string, Map<TaskType, number>>()
  for (const { modelId, task, shift } of strengths) {
    const shifts = strengthShifts.get(modelId) ?? new Map<TaskType, number>()
    strengthShifts.set(modelId, shifts.set(task, shift))
  }
  return {
    performance: new Map(performance),
    pairs: new Map(pairs.map(([modelId, known]) => [modelId, new Map(known)])),
    ...(strengths.length === 0 ? {} : { strengthShifts }),
  }
}
