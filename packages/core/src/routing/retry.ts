import type { TrackedModel } from '../load/tracked.js'

/**
 * Milliseconds before which none of the models can be given a request because breakers or the models themselves keep it
 * away; 0 when one can.
 *
 * @param count - how many of `models`, from the first, are meant.
 */
export function heldMs(
  models: readonly TrackedModel[],
  count: number,
  inPanic: boolean,
  nowMs: number,
): number {
  let held = Infinity
  for (let i = 0; i < count && held > 0; i++) {
    const model = models[i] as TrackedModel
    if (model.maxConcurrent > 0) held = Math.min(held, model.health.heldMs(inPanic, nowMs))
  }
  return held === Infinity ? 0 : held
}

/** Assumed milliseconds a request takes while nothing has been measured or reported: a short completion. */
const ASSUMED_LATENCY_MS = 1_000
/** Milliseconds after which a balancer in front has noticed that this instance drains. */
export const DRAINING_RETRY_MS = 1_000

/**
 * Milliseconds until a request coming now would be served: those that wait for these models, and it, at the rate the
 * models drain (Little's law: slots / average latency). At least 1; `null` when none of the models has capacity.
 *
 * @param count - how many of `models`, from the first, are meant.
 */
export function retryAfterMs(models: readonly TrackedModel[], count: number): number | null {
  let waiting = 0
  let servedPerMs = 0
  for (let i = 0; i < count; i++) {
    const model = models[i] as TrackedModel
    if (model.maxConcurrent === 0) continue
    waiting += model.queued + model.externalQueue
    const slots = Math.max(1, model.maxConcurrent - model.external)
    servedPerMs += slots / Math.max(1, model.latencyMs ?? ASSUMED_LATENCY_MS)
  }
  return servedPerMs === 0 ? null : Math.max(1, Math.ceil((waiting + 1) / servedPerMs))
}
