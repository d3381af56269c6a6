import type { LeaseOutcome } from '@loadstar/core'
import { describe, expect, it } from 'vitest'
import { heardAttempt, type AttemptRecord } from './record.js'

const attempt = (outcome: LeaseOutcome, leaseId: number): AttemptRecord => ({
  modelId: 'm',
  leaseId,
  score: 80,
  outcome,
  queueMs: 0,
  serviceMs: 1,
  firstByteMs: undefined,
  inputTokens: undefined,
  outputTokens: undefined,
  costUsd: undefined,
})

describe('the call that was heard', () => {
  it.each<[string, readonly LeaseOutcome[], number | undefined]>([
    ['none where no model was called', [], undefined],
    ['the last of several tries', ['upstream_error', 'upstream_timeout', 'completed'], 2],
    ['the last where all failed', ['upstream_error', 'upstream_timeout'], 1],
    ['the first of two, whose race the second lost', ['upstream_cut', 'hedge_lost'], 0],
    ['the second of two, whose race the first lost', ['hedge_lost', 'client_gone'], 1],
    ['the first of two, beside which the second had failed', ['completed', 'upstream_error'], 0],
    ['one that lost where there is no other', ['hedge_lost'], 0],
  ])('is %s', (_name, outcomes, place) => {
    expect(heardAttempt(outcomes.map(attempt))?.leaseId).toBe(place)
  })
})
