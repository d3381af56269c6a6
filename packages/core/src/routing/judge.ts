import type { Verdict } from '../health/breaker.js'
import type { AnswerTimes } from '../health/gradient.js'
import { checkNotNegative, checkPositive, checkWhole } from '../health/check.js'
import type { Running } from './leases.js'
import { isModelFailure, type LeaseOutcome } from './outcome.js'
import type { AnswerResult } from './submission.js'

/** Tokens a request is taken to have while nobody counted them: a short conversation. */
const ASSUMED_TOKENS = 1_000

/** When nothing but the outcome is known. */
export const NO_RESULT: AnswerResult = Object.freeze({})
const NO_TIMES: AnswerTimes = Object.freeze({})

/**
 * What the end of a lease says about the model's health. To be called before the lease is released, while the request
 * still counts in the model's in-flight.
 */
export function judge(running: Running, outcome: LeaseOutcome, result: AnswerResult, nowMs: number): void {
  const { lease, model, firstTokenMs } = running
  const { health } = model
  const { outputTokens, retryAfterMs, rateLimits } = result
  if (outcome === 'completed') {
    const times =
      firstTokenMs === undefined ? NO_TIMES : answerTimes(lease.acquiredMs, firstTokenMs, nowMs, outputTokens)
    health.answered(times, model.inFlight + model.external, nowMs)
  }
  if (rateLimits !== undefined) {
    const counted = (result.inputTokens ?? 0) + (outputTokens ?? 0)
    const tokens = counted > 0 ? counted : ASSUMED_TOKENS
    const serviceMs = Math.max(1, model.latencyMs ?? nowMs - lease.acquiredMs)
    health.told(rateLimits, { serviceMs, tokens }, nowMs)
  }
  const isTurnedAway = outcome !== 'completed' && retryAfterMs !== undefined
  if (isTurnedAway) health.close(retryAfterMs, nowMs)
  health.ended(running.breakerEpoch, isTurnedAway ? 'none' : verdictOf(outcome), nowMs)
}

function verdictOf(outcome: LeaseOutcome): Verdict {
  if (outcome === 'completed') return 'success'
  return isModelFailure(outcome) ? 'failure' : 'none'
}

function answerTimes(startMs: number, firstMs: number, endMs: number, outputTokens: number | undefined) {
  const firstTokenMs = firstMs - startMs
  if (outputTokens === undefined || outputTokens < 2) return { firstTokenMs }
  return { firstTokenMs, outputTokenMs: (endMs - firstMs) / (outputTokens - 1) }
}

/** @throws {LoadstarError} `OPTION_INVALID` naming the number outside its range. */
export function checkResult({ inputTokens, outputTokens, retryAfterMs, rateLimits }: AnswerResult): void {
  if (inputTokens !== undefined) checkWhole(inputTokens, 0, 'result.input_tokens')
  if (outputTokens !== undefined) checkWhole(outputTokens, 0, 'result.output_tokens')
  if (retryAfterMs !== undefined) checkNotNegative(retryAfterMs, 'result.retry_after_ms')
  if (rateLimits === undefined) return
  for (const kind of ['requests', 'tokens'] as const) {
    const allowance = rateLimits[kind]
    if (allowance === undefined) continue
    checkPositive(allowance.limit, `result.rate_limits.${kind}.limit`)
    checkNotNegative(allowance.remaining, `result.rate_limits.${kind}.remaining`)
    checkNotNegative(allowance.resetMs, `result.rate_limits.${kind}.reset_ms`)
  }
}
