import { ServiceTime } from '../load/service-time.js'
import type { TrackedModel } from '../load/tracked.js'
import { AnswerLengths } from './answer-lengths.js'
import type { Size } from './line.js'
import type { RouteRequest } from './submission.js'

/** Milliseconds a request takes while nothing has been measured or reported: a short completion. */
const ASSUMED_SERVICE_MS = 1_000
/** Tokens of a request that nobody counted: a short conversation. */
const ASSUMED_INPUT_TOKENS = 500
/** Seconds a pair is reckoned to take at least, so that no price is without bound. */
const LEAST_SECONDS = 0.001

/** What is expected of a request at a model before it is given to it: tokens, time and cost. */
export class Expectation {
  readonly #lengths = new AnswerLengths()
  readonly #fleet = new ServiceTime()

  sizeOf({ inputTokens = ASSUMED_INPUT_TOKENS, outputTokens, kind }: RouteRequest): Size {
    return { inputTokens, outputTokens: outputTokens ?? this.#lengths.expected(kind) }
  }

  /** A request was answered whole. */
  learn(kind: string | undefined, serviceMs: number, outputTokens: number | undefined): void {
    this.#fleet.observe(serviceMs, outputTokens)
    if (outputTokens !== undefined) this.#lengths.observe(kind, outputTokens)
  }

  /** Mean milliseconds ≥ 1 of a request at the model; of all models, else a second, while nothing is known of it. */
  meanMs(model: TrackedModel): number {
    return Math.max(1, model.meanMs ?? this.#fleet.meanMs ?? ASSUMED_SERVICE_MS)
  }

  /** Milliseconds a request of that size takes at the model, what failures add included; where its load is unknown, a turn more. */
  serviceMs(model: TrackedModel, size: Size, nowMs: number): number {
    const { service, health } = model
    const expected = service.interceptMs + service.slopeMs * size.outputTokens
    const isStale = model.isStale(nowMs)
    // Of most models answers have told, none has failed of late, and what is known is fresh.
    if (expected >= 0 && !isStale && !health.isPenalised) return expected
    const mean = this.meanMs(model)
    return (expected >= 0 ? expected : mean) + health.penaltyMs(mean, nowMs) + (isStale ? mean : 0)
  }

  /** Seconds of a slot that a request of that size takes. */
  slotSeconds(model: TrackedModel, size: Size): number {
    const serviceMs = model.service.expectedMs(size.outputTokens) ?? this.meanMs(model)
    return Math.max(LEAST_SECONDS, serviceMs / 1_000)
  }
}

/** US dollars, with the request's tokens as that model counts them. */
export function costUsd(model: TrackedModel, { inputTokens, outputTokens }: Size): number {
  const counted = inputTokens * model.inputTokens.factor
  return (counted * model.inputUsdPerMTok + outputTokens * model.outputUsdPerMTok) / 1e6
}
