import { LoadstarError } from '../error.js'
import type { TrackedModel } from '../load/tracked.js'
import type { LoadTracker } from '../load/tracker.js'
import type { Candidate } from './submission.js'

/** A list of candidates resolved to live records: those that name a known model, in their order. */
export interface Choice {
  readonly candidates: readonly Candidate[]
  readonly models: readonly TrackedModel[]
  readonly scores: readonly number[]
  readonly spreads: readonly number[]
  /** Hash of the set of models, equal for equal sets; and of models and scores. */
  readonly setKey: number
  readonly scoreKey: number
}

interface Kept extends Choice {
  readonly generation: number
}

/**
 * Resolves lists of candidates, and keeps the result for as long as the list and the set of models stay the same: a
 * caller that hands in the same list again and again has it looked up once.
 */
export class Choices {
  readonly #tracker: LoadTracker
  readonly #kept = new WeakMap<readonly Candidate[], Kept>()
  #generation = 0

  constructor(tracker: LoadTracker) {
    this.#tracker = tracker
  }

  /**
   * O(1) for a list that is known, else O(candidates).
   *
   * @throws {LoadstarError} `SCORES_INVALID` for a score or spread that is not a finite number ≥ 0, `DUPLICATE_ID` for a model
   * named twice.
   */
  of(candidates: readonly Candidate[]): Choice {
    const known = this.#kept.get(candidates)
    if (known?.generation === this.#generation) return known
    checkCandidates(candidates)
    const models: TrackedModel[] = []
    const scores: number[] = []
    const spreads: number[] = []
    let setKey = 0
    let scoreKey = 0
    for (const { modelId, score, spread = 0 } of candidates) {
      const model = this.#tracker.find(modelId)
      if (model === undefined) continue
      models.push(model)
      scores.push(score)
      spreads.push(spread)
      setKey ^= keyOf(model)
      scoreKey = Math.imul(scoreKey ^ keyOf(model), 0x9e3779b1) + Math.round(score * 1_024)
    }
    const choice = { candidates, models, scores, spreads, setKey, scoreKey, generation: this.#generation }
    this.#kept.set(candidates, choice)
    return choice
  }

  /** A model came or went. */
  forget(): void {
    this.#generation++
  }
}

/** Whether two choices, or a choice and a list, are of the same models. */
export function isSameSet(a: readonly TrackedModel[], b: readonly TrackedModel[]): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  return a.every((model, i) => b[i] === model) || a.every((model) => b.includes(model))
}

/** Whether two choices are of the same models in the same order, at the same scores. */
export function isSameChoice(a: Choice, b: Choice): boolean {
  if (a === b) return true
  if (a.models.length !== b.models.length) return false
  return a.models.every((model, i) => b.models[i] === model && b.scores[i] === a.scores[i])
}

/** Whether one of the models can ever serve anything. */
export function hasCapacity(models: readonly TrackedModel[]): boolean {
  return models.some((model) => model.maxConcurrent > 0)
}

function checkCandidates(candidates: readonly Candidate[]): void {
  const seen = new Set<string>()
  candidates.forEach(({ modelId, score, spread = 0 }, i) => {
    if (!(score >= 0 && score < Infinity)) {
      const rule = 'must be a finite number ≥ 0'
      throw new LoadstarError('SCORES_INVALID', `candidates[${i}].score`, rule, score)
    }
    if (!(spread >= 0 && spread < Infinity)) {
      const rule = 'must be a finite number ≥ 0'
      throw new LoadstarError('SCORES_INVALID', `candidates[${i}].spread`, rule, spread)
    }
    if (seen.has(modelId)) {
      const rule = 'must not be named twice'
      throw new LoadstarError('DUPLICATE_ID', `candidates[${i}].model_id`, rule, modelId)
    }
    seen.add(modelId)
  })
}

/**
 * A well mixed 32-bit number per model; the xor over a set does not depend on order (Zobrist hashing). Mixing as in
 * MurmurHash3's finalizer. Equal keys are still compared model by model.
 */
function keyOf(model: TrackedModel): number {
  let key = Math.imul(model.serial, 0x9e3779b1)
  key = Math.imul(key ^ (key >>> 16), 0x85ebca6b)
  key = Math.imul(key ^ (key >>> 13), 0xc2b2ae35)
  return key ^ (key >>> 16)
}
