import type { TrackedModel } from '../load/tracked.js'
import type { Expectation } from './expectation.js'
import { PRIORITIES } from './priority.js'

/** Milliseconds after which a balancer in front has noticed that this instance drains. */
export const DRAINING_RETRY_MS = 1_000
/** The least urgent: everybody who waits comes before or with it. */
const LAST_RANK = PRIORITIES.length - 1

/**
 * Milliseconds before which none of the models can be given a request because breakers or the models themselves keep it
 * away; 0 when one can.
 */
export function heldMs(models: readonly TrackedModel[], inPanic: boolean, nowMs: number): number {
  let held = Infinity
  for (const { maxConcurrent, health } of models) {
    if (maxConcurrent > 0) held = Math.min(held, health.heldMs(inPanic, nowMs))
    if (held === 0) break
  }
  return held === Infinity ? 0 : held
}

/**
 * Milliseconds until a request coming now would be served: those that wait for these models before it, and it, at the rate
 * the models drain (Little's law: slots / mean service). `Infinity` when none of the models has capacity.
 *
 * @param rank - of the request: those of less urgent ones do not count.
 */
export function drainMs(
  models: readonly TrackedModel[],
  expectation: Expectation,
  rank: number = LAST_RANK,
): number {
  let waiting = 0
  let servedPerMs = 0
  for (const model of models) {
    if (model.maxConcurrent === 0) continue
    waiting += model.externalQueue
    for (let other = 0; other <= rank; other++) waiting += model.queuedOf[other] as number
    servedPerMs += model.ownSlots / expectation.meanMs(model)
  }
  return servedPerMs === 0 ? Infinity : (waiting + 1) / servedPerMs
}
