import { LoadstarError } from '../error.js'
import { isPanic } from '../health/panic.js'
import type { TrackedModel } from '../load/tracked.js'
import type { LoadTracker } from '../load/tracker.js'
import type { Candidate } from './submission.js'

/**
 * The candidates of one decision, resolved to live records. One slate is reused for all decisions of a router, so
 * that deciding allocates nothing per candidate; entries from `count` on are left over from earlier decisions.
 */
export class Slate {
  count = 0
  readonly models: TrackedModel[] = []
  readonly scores: number[] = []
  /** Whether breakers are ignored in this decision. */
  inPanic = false
  #decision = 0

  /**
   * Takes every candidate that names a known model.
   *
   * @throws {LoadstarError} `SCORES_INVALID` for a score that is not a finite number ≥ 0, `DUPLICATE_ID` for a
   * model named twice.
   */
  fill(candidates: readonly Candidate[], tracker: LoadTracker): void {
    this.count = 0
    const decision = ++this.#decision
    for (let i = 0; i < candidates.length; i++) {
      const candidate = candidates[i] as Candidate
      if (!(candidate.score >= 0 && candidate.score < Infinity)) throw invalidScore(candidate, i)
      const model = tracker.find(candidate.modelId)
      if (model === undefined) {
        refuseEarlierTwin(candidates, i)
        continue
      }
      if (model.lastDecision === decision) throw duplicate(candidate, i)
      model.lastDecision = decision
      this.#push(model, candidate.score)
    }
  }

  /** Takes only those of the candidates that are among `accepted`, from a request that was filled before. */
  refill(candidates: readonly Candidate[], accepted: readonly TrackedModel[], tracker: LoadTracker): void {
    this.count = 0
    const decision = ++this.#decision
    for (const model of accepted) model.lastDecision = decision
    for (const candidate of candidates) {
      const model = tracker.find(candidate.modelId)
      if (model !== undefined && this.has(model)) this.#push(model, candidate.score)
    }
  }

  /** Whether the model is a candidate of the current decision. */
  has(model: TrackedModel): boolean {
    return model.lastDecision === this.#decision
  }

  /** Whether the current candidates are exactly these. */
  isSameSet(models: readonly TrackedModel[]): boolean {
    return models.length === this.count && models.every((model) => this.has(model))
  }

  /** Requests the i-th candidate may be given now; none when ≤ 0. */
  freeSlots(i: number): number {
    const model = this.models[i] as TrackedModel
    return this.inPanic ? model.freeSlotsInPanic : model.freeSlots
  }

  #push(model: TrackedModel, score: number): void {
    this.models[this.count] = model
    this.scores[this.count] = score
    this.count++
  }
}

/** Unknown models have no record to mark; they are rare enough to be compared one by one. */
function refuseEarlierTwin(candidates: readonly Candidate[], index: number): void {
  const candidate = candidates[index] as Candidate
  for (let i = 0; i < index; i++) {
    if (candidates[i]?.modelId === candidate.modelId) throw duplicate(candidate, index)
  }
}

function duplicate(candidate: Candidate, index: number): LoadstarError {
  const field = `candidates[${index}].model_id`
  return new LoadstarError('DUPLICATE_ID', field, 'must not be named twice', candidate.modelId)
}

function invalidScore(candidate: Candidate, index: number): LoadstarError {
  const field = `candidates[${index}].score`
  return new LoadstarError('SCORES_INVALID', field, 'must be a finite number ≥ 0', candidate.score)
}

/**
 * Whether a request that accepts these models ignores their breakers; see `isPanic`. Never where there is nothing to
 * choose from: a breaker on the only model spares its callers the wait.
 *
 * @param count - how many of `models`, from the first, are meant.
 */
export function isPanicAmong(models: readonly TrackedModel[], count: number, share: number): boolean {
  let shut = 0
  let all = 0
  let choices = 0
  for (let i = 0; i < count; i++) {
    const { maxConcurrent, health } = models[i] as TrackedModel
    if (maxConcurrent === 0) continue
    choices++
    all += maxConcurrent
    if (health.isShut) shut += maxConcurrent
  }
  return choices > 1 && isPanic(shut, all, share)
}
