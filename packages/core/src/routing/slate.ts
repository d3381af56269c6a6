import { isPanic } from '../health/panic.js'
import type { TrackedModel } from '../load/tracked.js'
import type { Choice } from './choice.js'
import type { Size } from './line.js'

const NOBODY: Choice = { candidates: [], models: [], scores: [], spreads: [], setKey: 0, scoreKey: 0 }
const NO_SIZE: Size = { inputTokens: 0, outputTokens: 0 }

/**
 * One decision: the candidates of a request, what each has free for it, and what a policy finds them worth. One slate is
 * reused for all decisions of a router, so that deciding allocates nothing; entries from `count` on are left over.
 */
export class Slate {
  choice: Choice = NOBODY
  size: Size = NO_SIZE
  rank = 0
  /** Whether slots above target may be used. */
  isAbove = false
  /** Whether breakers are ignored. */
  inPanic = false
  /** Slots of each candidate that the request may be given now; none when ≤ 0. */
  free = new Float64Array(0)
  /** What candidates are compared by, the greatest wins; written by the policy. */
  worth = new Float64Array(0)
  /** Terms of the worth, written by policies that have them. */
  loadFactor = new Float64Array(0)
  serviceMs = new Float64Array(0)
  costUsd = new Float64Array(0)
  slotPrice = new Float64Array(0)

  get count(): number {
    return this.choice.models.length
  }

  fill(choice: Choice, size: Size, rank: number, isAbove: boolean, inPanic: boolean): void {
    this.choice = choice
    this.size = size
    this.rank = rank
    this.isAbove = isAbove
    this.inPanic = inPanic
    if (this.count > this.free.length) this.#grow(this.count)
    const { models } = choice
    for (let i = 0; i < models.length; i++) {
      this.free[i] = (models[i] as TrackedModel).freeFor(rank, isAbove, inPanic)
    }
  }

  model(i: number): TrackedModel {
    return this.choice.models[i] as TrackedModel
  }

  /** Whether any candidate has a slot. */
  get hasFree(): boolean {
    for (let i = 0; i < this.count; i++) if ((this.free[i] as number) > 0) return true
    return false
  }

  #grow(count: number): void {
    const length = Math.max(16, 2 * count)
    this.free = new Float64Array(length)
    this.worth = new Float64Array(length)
    this.loadFactor = new Float64Array(length)
    this.serviceMs = new Float64Array(length)
    this.costUsd = new Float64Array(length)
    this.slotPrice = new Float64Array(length)
  }
}

/**
 * Whether a request that accepts these models ignores their breakers; see `isPanic`. Never where there is nothing to
 * choose from: a breaker on the only model spares its callers the wait.
 */
export function isPanicAmong(models: readonly TrackedModel[], share: number): boolean {
  let shut = 0
  let all = 0
  let choices = 0
  for (const { maxConcurrent, health } of models) {
    if (maxConcurrent === 0) continue
    choices++
    all += maxConcurrent
    if (health.isShut) shut += maxConcurrent
  }
  return choices > 1 && isPanic(shut, all, share)
}
