import type { LeaseOutcome } from '../routing/outcome.js'
import type { SimulatedModel } from './scenario.js'
import { firstTokenMs, type RequestSize, serviceMs } from './service-time.js'

/** What is going to come of a request at a model that serves it alone; faults bend it. */
export interface Plan {
  /** Milliseconds from its start there; `NaN` where no first token is told of. */
  firstTokenMs: number
  endMs: number
  outcome: LeaseOutcome
  /** What the model asks for with a 429 or 503. */
  retryAfterMs: number | undefined
}

/** The request is answered whole. */
export function planFor(model: SimulatedModel, classId: string, size: RequestSize): Plan {
  const slowness = model.slowness?.[classId] ?? 1
  return {
    firstTokenMs: firstTokenMs(model, slowness, size),
    endMs: serviceMs(model, slowness, size),
    outcome: 'completed',
    retryAfterMs: undefined,
  }
}
