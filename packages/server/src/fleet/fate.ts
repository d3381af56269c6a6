import { drawLogNormal, type RandomSource } from '@loadstar/core'
import { FAULT_KINDS, type FaultKind } from './record.js'
import type { ModelServerSpec } from './spec.js'

/** What chance decides about one request, before the slow-down of a busy server. */
export interface Fate {
  readonly fault: FaultKind | null
  /** Milliseconds of work until the first token. */
  readonly firstTokenMs: number
  /** Milliseconds of work per token after the first. */
  readonly tokenMs: number
  /** In [0, 1): how far into the answer a `cut` falls, and which nonsense a `nonsense` is. */
  readonly share: number
}

/**
 * Draws one request's fate.
 *
 * Always takes four numbers of the source, so that request n gets the same draws whatever befell those before it.
 */
export function drawFate(random: RandomSource, spec: ModelServerSpec): Fate {
  const fault = pickFault(random(), spec)
  const latencyMs = drawLogNormal(random, spec.latency.medianMs, spec.latency.sigma)
  const factor = fault === 'slow' ? spec.faults.slowFactor : 1
  return {
    fault,
    firstTokenMs: latencyMs * factor,
    tokenMs: (1000 / spec.tokensPerSecond) * factor,
    share: random(),
  }
}

function pickFault(draw: number, spec: ModelServerSpec): FaultKind | null {
  let upTo = 0
  for (const kind of FAULT_KINDS) {
    upTo += spec.faults[kind]
    if (draw < upTo) return kind
  }
  return null
}

/**
 * How many times longer everything takes with `active` requests held: 1 up to the knee, then straight up to
 * `factorAtLimit` with every slot taken.
 */
export function slowdown(active: number, spec: ModelServerSpec): number {
  const { knee, factorAtLimit } = spec.slowdown
  const utilization = active / spec.maxConcurrent
  if (utilization <= knee) return 1
  return 1 + ((factorAtLimit - 1) * (utilization - knee)) / (1 - knee)
}
