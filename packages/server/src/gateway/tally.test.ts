import { describe, expect, it } from 'vitest'
import type { AttemptRecord } from './record.js'
import { Tally } from './tally.js'

const attempt = (fields: Partial<AttemptRecord> = {}): AttemptRecord => ({
  modelId: 'm',
  leaseId: 1,
  score: 80,
  outcome: 'completed',
  queueMs: 10,
  serviceMs: 90,
  firstByteMs: 20,
  inputTokens: undefined,
  outputTokens: undefined,
  costUsd: undefined,
  ...fields,
})

describe('the tally', () => {
  it('counts every ended request of a client under its outcome, once', () => {
    const tally = new Tally(() => 0)
    for (const outcome of ['completed', 'completed', 'client_gone', 'refused_at_door'] as const)
      tally.ended(outcome)
    const { completed, client_gone, refused_at_door, ...others } = tally.endedRequests()
    expect([completed, client_gone, refused_at_door]).toEqual([2, 1, 1])
    expect(Object.values(others).every((count) => count === 0)).toBe(true)
  })

  it('counts calls per model: failures by the model’s fault, times of whole answers with their wait', () => {
    const tally = new Tally(() => 0)
    tally.add(attempt())
    tally.add(attempt({ outcome: 'upstream_error' }))
    tally.add(attempt({ outcome: 'client_gone' }))
    expect(tally.read('m')).toMatchObject({ requests: 3, failures: 1, latency: { count: 1, max: 100 } })
    expect(tally.read('other')).toMatchObject({ requests: 0, failures: 0 })
  })

  it('adds up tokens and cost, also of answers that were not whole, and forgets them with their model', () => {
    const tally = new Tally(() => 0)
    tally.add(attempt({ inputTokens: 100, outputTokens: 50, costUsd: 0.25 }))
    tally.add(attempt({ outcome: 'client_gone', outputTokens: 7 }))
    tally.add(attempt({ modelId: 'n', inputTokens: 1, outputTokens: 2, costUsd: 0.5 }))
    expect(tally.read('m')).toMatchObject({ inputTokens: 100, outputTokens: 57, costUsd: 0.25 })
    expect(tally.usage()).toEqual({ inputTokens: 101, outputTokens: 59, costUsd: 0.75 })
    tally.forget('m')
    expect(tally.usage()).toEqual({ inputTokens: 1, outputTokens: 2, costUsd: 0.5 })
  })
})
