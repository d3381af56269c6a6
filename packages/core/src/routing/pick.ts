import type { TrackedModel } from '../load/tracked.js'
import type { Slate } from './slate.js'

/** No candidate. */
export const NONE = -1

/**
 * The candidate with a free slot whose worth is greatest; `NONE` when none has a free slot.
 *
 * Exact ties go to the model that was given a request longest ago (then to the earliest candidate): a plain turn
 * counter would lock in step with alternating kinds of request and send each kind to one model for ever.
 */
export function pick(slate: Slate): number {
  const { free, worth, choice } = slate
  let best = NONE
  let bestWorth = -Infinity
  for (let i = 0; i < choice.models.length; i++) {
    if ((free[i] as number) <= 0) continue
    const own = worth[i] as number
    if (own < bestWorth || Number.isNaN(own)) continue
    const isTied = own === bestWorth && best !== NONE
    if (isTied && !isOlder(choice.models[i] as TrackedModel, choice.models[best] as TrackedModel)) continue
    best = i
    bestWorth = own
  }
  return best
}

function isOlder(model: TrackedModel, other: TrackedModel): boolean {
  return model.lastAcquire < other.lastAcquire
}

/** The best-scored candidate whose queue has room, the earlier at equal scores; `NONE` when no queue has. */
export function bestScored(slate: Slate): number {
  let best = NONE
  let bestScore = -Infinity
  for (let i = 0; i < slate.count; i++) {
    const score = slate.choice.scores[i] as number
    if (score <= bestScore || !hasQueueRoom(slate.model(i))) continue
    best = i
    bestScore = score
  }
  return best
}

export function hasQueueRoom({ maxConcurrent, queued, maxQueue, isQueueClosed }: TrackedModel): boolean {
  return maxConcurrent > 0 && queued < maxQueue && !isQueueClosed
}
