import { describe, expect, it } from 'vitest'
import type { HealthOptions } from '../health/options.js'
import type { LeaseOutcome } from './outcome.js'
import { Router } from './router.js'
import type { AnswerResult, RouteRequest, Submission } from './submission.js'

const model = (id: string, maxConcurrent = 10) => ({ id, maxConcurrent, maxQueue: 20, targetUtilization: 1 })

function router(ids: readonly string[], health: HealthOptions = {}): Router {
  return new Router(
    ids.map((id) => model(id)),
    { health, policy: 'weighted_load' },
  )
}

function request(ids: string, more: Partial<RouteRequest> = {}): RouteRequest {
  return { requestId: 'r', candidates: [...ids].map((modelId) => ({ modelId, score: 50 })), ...more }
}

function leaseOf(submission: Submission): { id: number; modelId: string } {
  if (submission.kind !== 'admitted') throw new Error(`was ${submission.kind}`)
  return submission.lease
}

/** One request to one model, from submit to settle. */
function serve(
  subject: Router,
  id: string,
  outcome: LeaseOutcome,
  nowMs: number,
  result?: AnswerResult,
): void {
  subject.settle(leaseOf(subject.submit(request(id), nowMs)).id, outcome, nowMs, result)
}

function fail(subject: Router, id: string, nowMs: number): void {
  for (let i = 0; i < 5; i++) serve(subject, id, 'upstream_error', nowMs)
}

const loadOf = (subject: Router, id: string, nowMs: number) =>
  subject.loads(nowMs).find(({ modelId }) => modelId === id)

function wakeMs(subject: Router): number {
  return subject.nextWakeMs() ?? NaN
}

/** Opens the breaker, and lets a probe succeed at the first moment it may. */
function recover(subject: Router, id: string, nowMs: number): number {
  fail(subject, id, nowMs)
  const atMs = wakeMs(subject)
  subject.wake(atMs)
  serve(subject, id, 'completed', atMs)
  return atMs
}

describe('a breaker', () => {
  it('keeps requests from a model that failed five times in a row, for one to two seconds', () => {
    const subject = router(['a', 'b'])
    fail(subject, 'a', 0)
    const untilMs = loadOf(subject, 'a', 0)?.breakerUntilMs ?? NaN
    expect(untilMs).toBeGreaterThanOrEqual(1_000)
    expect(untilMs).toBeLessThanOrEqual(2_000)
    expect(loadOf(subject, 'a', 0)).toMatchObject({ breaker: 'open', usableSlots: 0 })
    for (let i = 0; i < 10; i++) expect(leaseOf(subject.submit(request('ab'), 500)).modelId).toBe('b')
    expect(subject.nextWakeMs()).toBe(untilMs)
  })

  it('lets one request through when its time has come, the one that waited longest', () => {
    const subject = router(['a'])
    fail(subject, 'a', 0)
    const waiting = [1, 2, 3].map(() => subject.submit(request('a'), 100))
    expect(waiting.map(({ kind }) => kind)).toEqual(['queued', 'queued', 'queued'])
    const atMs = wakeMs(subject)
    expect(subject.wake(atMs - 0.001).admitted).toEqual([])
    const { admitted } = subject.wake(atMs)
    expect(admitted.map(({ ticket }) => ticket?.id)).toEqual([1])
    const probe = admitted[0]?.lease.id ?? NaN
    expect(subject.wake(atMs + 5_000).admitted).toEqual([])
    expect(loadOf(subject, 'a', atMs)).toMatchObject({ breaker: 'half_open', usableSlots: 1 })
    const freed = subject.settle(probe, 'completed', atMs + 5_000)
    expect(freed.admitted.map(({ ticket }) => ticket?.id)).toEqual([2])
  })

  it('does not keep its probe waiting for streams that began before it opened', () => {
    const subject = router(['a'])
    for (let i = 0; i < 9; i++) subject.submit(request('a'), 0)
    fail(subject, 'a', 0)
    expect(subject.submit(request('a'), 0).kind).toBe('queued')
    expect(subject.wake(wakeMs(subject)).admitted).toHaveLength(1)
    expect(loadOf(subject, 'a', 0)?.inFlight).toBe(10)
  })

  it('never exceeds the limit of its model for a probe', () => {
    const subject = router(['a'])
    const streams = Array.from({ length: 10 }, () => leaseOf(subject.submit(request('a'), 0)).id)
    for (const id of streams.slice(0, 5)) subject.settle(id, 'upstream_error', 0)
    subject.setModel(model('a', 5), 0)
    expect(subject.submit(request('a'), 0).kind).toBe('queued')
    expect(subject.wake(wakeMs(subject)).admitted).toEqual([])
    expect(subject.settle(streams[9] as number, 'completed', 3_000).admitted).toHaveLength(1)
  })

  it('counts neither the caller’s faults, nor clients that left, nor lost instances', () => {
    const subject = router(['a'])
    for (const outcome of ['refused_by_model', 'client_gone', 'instance_lost'] as const) {
      for (let i = 0; i < 30; i++) serve(subject, 'a', outcome, 0)
    }
    expect(loadOf(subject, 'a', 0)).toMatchObject({ breaker: 'closed', penaltyMs: 0 })
  })

  it('is told with its time to those who may not wait that long', () => {
    const subject = router(['a'])
    fail(subject, 'a', 0)
    const answer = subject.submit(request('a', { maxWaitMs: 900 }), 0)
    expect(answer).toMatchObject({ kind: 'rejected', outcome: 'expired_in_queue' })
    expect(answer.kind === 'rejected' && answer.retryAfterMs).toBeGreaterThanOrEqual(1_000)
  })
})

describe('a model that says when to come back', () => {
  it('is given nothing until then, and what waits for it goes at that moment', () => {
    const subject = router(['a'])
    serve(subject, 'a', 'refused_by_model', 0, { retryAfterMs: 7_000 })
    expect(loadOf(subject, 'a', 0)).toMatchObject({ closedUntilMs: 7_000, usableSlots: 0, breaker: 'closed' })
    expect(subject.submit(request('a'), 1).kind).toBe('queued')
    expect(subject.nextWakeMs()).toBe(7_000)
    expect(subject.wake(6_999).admitted).toEqual([])
    expect(subject.wake(7_000).admitted).toHaveLength(1)
    expect(loadOf(subject, 'a', 7_000)).toMatchObject({ closedUntilMs: null, usableSlots: 10 })
  })

  it('has not failed, however often it says so', () => {
    const subject = router(['a'])
    for (let i = 0; i < 30; i++) {
      serve(subject, 'a', 'upstream_error', i * 10, { retryAfterMs: 10 })
      subject.wake((i + 1) * 10)
    }
    expect(loadOf(subject, 'a', 300)).toMatchObject({ breaker: 'closed', penaltyMs: 0 })
  })

  it('is closed for five minutes at most', () => {
    const subject = router(['a'])
    serve(subject, 'a', 'refused_by_model', 0, { retryAfterMs: 86_400_000 })
    expect(loadOf(subject, 'a', 0)?.closedUntilMs).toBe(300_000)
  })

  it('stays closed also where breakers are ignored', () => {
    const subject = router(['a', 'b', 'c'])
    serve(subject, 'a', 'refused_by_model', 0, { retryAfterMs: 60_000 })
    fail(subject, 'b', 0)
    fail(subject, 'c', 0)
    const given = Array.from({ length: 4 }, () => leaseOf(subject.submit(request('abc'), 0)).modelId)
    expect(given.sort()).toEqual(['b', 'b', 'c', 'c'])
  })
})

describe('slow start', () => {
  it('gives a model that recovered a tenth of its slots, and all of them after half a minute', () => {
    const subject = router(['a'])
    const atMs = recover(subject, 'a', 0)
    const usable = (afterMs: number) => {
      subject.wake(atMs + afterMs)
      return loadOf(subject, 'a', atMs + afterMs)?.usableSlots
    }
    expect([0, 6_000, 15_000, 29_000, 30_000].map(usable)).toEqual([1, 2, 5, 9, 10])
    expect(subject.nextWakeMs()).toBeUndefined()
  })

  it('hands each new slot over as it comes', () => {
    const subject = router(['a'])
    const atMs = recover(subject, 'a', 0)
    for (let i = 0; i < 4; i++) subject.submit(request('a', { maxWaitMs: 60_000 }), atMs)
    const grown = []
    for (let i = 0; i < 3; i++) {
      const dueMs = wakeMs(subject)
      grown.push([Math.round(dueMs - atMs), subject.wake(dueMs).admitted.length])
    }
    expect(grown).toEqual([
      [6_000, 1],
      [9_000, 1],
      [12_000, 1],
    ])
  })

  it('is for added models only when asked for', () => {
    const usable = (whenAdded: boolean) => {
      const subject = router(['a'], { slowStart: { whenAdded } })
      subject.setModel(model('b'), 1_000)
      return [loadOf(subject, 'a', 1_000)?.usableSlots, loadOf(subject, 'b', 1_000)?.usableSlots]
    }
    expect(usable(false)).toEqual([10, 10])
    expect(usable(true)).toEqual([10, 1])
  })
})

describe('panic', () => {
  const shares = (subject: Router, ids: string, count: number) => {
    const given = Array.from({ length: count }, () => leaseOf(subject.submit(request(ids), 0)).modelId)
    return [...ids].map((id) => given.filter((modelId) => modelId === id).length)
  }

  it('spreads as if no breaker were open when more than half of the slots are shut', () => {
    const subject = router(['a', 'b', 'c'])
    fail(subject, 'a', 0)
    expect(shares(subject, 'abc', 6)).toEqual([0, 3, 3])
    const outage = router(['a', 'b', 'c'])
    fail(outage, 'a', 0)
    fail(outage, 'b', 0)
    expect(shares(outage, 'abc', 6)).toEqual([2, 2, 2])
  })

  it('sends those who waited at once when the breaker that starts it opens', () => {
    const subject = router(['a', 'b', 'c'])
    const last = [1, 2, 3, 4, 5].map(() => leaseOf(subject.submit(request('b'), 0)).id)
    for (let i = 0; i < 10; i++) subject.submit(request('c'), 0)
    fail(subject, 'a', 0)
    for (let i = 0; i < 5; i++) subject.submit(request('b'), 0)
    for (let i = 0; i < 2; i++) expect(subject.submit(request('abc'), 0).kind).toBe('queued')
    const moved = last.map((id) =>
      subject.settle(id, 'upstream_error', 0).admitted.map(({ lease }) => lease.modelId),
    )
    expect(moved.flat()).toHaveLength(2)
  })

  it('is not for a request that has nothing to choose from', () => {
    const subject = router(['a', 'b'])
    fail(subject, 'a', 0)
    expect(subject.submit(request('a'), 0).kind).toBe('queued')
  })

  it('finds a model back that answers while its breaker is open', () => {
    const subject = router(['a', 'b'])
    fail(subject, 'a', 0)
    fail(subject, 'b', 0)
    const { id, modelId } = leaseOf(subject.submit(request('ab'), 10))
    subject.settle(id, 'completed', 20)
    expect(loadOf(subject, modelId, 20)?.breaker).toBe('half_open')
  })
})

describe('a failure', () => {
  it('makes a model look slower than its answers were, and leaves their average as it was', () => {
    const subject = router(['a'])
    const { id } = leaseOf(subject.submit(request('a'), 0))
    subject.settle(id, 'completed', 2_000)
    serve(subject, 'a', 'upstream_error', 2_000)
    const load = loadOf(subject, 'a', 2_000)
    expect(load?.avgLatencyMs).toBe(2_000)
    expect(load?.penaltyMs).toBeCloseTo(0.2 * 4_000)
  })
})

describe('a discovered limit', () => {
  const slowAnswers = (apply: boolean) => {
    const subject = router(['a'], { limits: { apply } })
    let now = 0
    for (let round = 0; round < 60; round++) {
      const running = Array.from({ length: 10 }, () => subject.submit(request('a'), now)).flatMap((one) =>
        one.kind === 'admitted' ? [one.lease.id] : [],
      )
      const firstMs = round < 50 ? 100 : 900
      for (const id of running) subject.firstToken(id, now + firstMs)
      for (const id of running) subject.settle(id, 'completed', now + firstMs)
      subject.wake((now += firstMs + 60_000))
    }
    return loadOf(subject, 'a', now)
  }

  it('is shown but not applied unless that is asked for', () => {
    const load = slowAnswers(false)
    expect(load?.proposedSlots).toBeLessThan(8)
    expect(load?.usableSlots).toBe(10)
  })

  it('bounds what the model is given when it is applied', () => {
    const load = slowAnswers(true)
    expect(load?.proposedSlots).toBeLessThan(8)
    expect(load?.usableSlots).toBe(load?.proposedSlots)
  })

  it('follows what rate-limit headers say: the pace they allow, and a pause while nothing is left', () => {
    const subject = router(['a'], { limits: { apply: true } })
    const { id } = leaseOf(subject.submit(request('a'), 0))
    const requests = { limit: 60, remaining: 0, resetMs: 60_000 }
    subject.settle(id, 'completed', 3_000, { rateLimits: { requests } })
    expect(loadOf(subject, 'a', 3_000)).toMatchObject({
      proposedSlots: 3,
      usableSlots: 0,
      closedUntilMs: 4_000,
    })
    subject.wake(4_000)
    expect(loadOf(subject, 'a', 4_000)?.usableSlots).toBe(3)
    expect(subject.nextWakeMs()).toBe(63_000)
    subject.wake(63_000)
    expect(loadOf(subject, 'a', 63_000)).toMatchObject({ proposedSlots: 10, usableSlots: 10 })
  })
})

describe('the reason a candidate was left out', () => {
  it('names what holds it back', () => {
    const subject = router(['a', 'b', 'c', 'd', 'e'], { panicShare: 1 })
    const recoveredMs = recover(subject, 'c', 0)
    const nowMs = recoveredMs + 100
    subject.submit(request('c'), nowMs)
    fail(subject, 'a', nowMs)
    serve(subject, 'b', 'refused_by_model', nowMs, { retryAfterMs: 9_000 })
    for (let i = 0; i < 10; i++) subject.submit(request('d'), nowMs)
    const answer = subject.submit(request('abcde', { explain: true }), nowMs)
    const considered = answer.kind === 'admitted' ? answer.decision?.considered : undefined
    expect(considered?.map((terms) => terms.filteredBecause)).toEqual([
      'breaker_open',
      'closed_until',
      'slow_start',
      'overloaded',
      undefined,
    ])
  })
})

describe('a settle', () => {
  it.each<[AnswerResult, string]>([
    [{ retryAfterMs: -1 }, 'result.retry_after_ms'],
    [{ inputTokens: 1.5 }, 'result.input_tokens'],
    [{ outputTokens: -1 }, 'result.output_tokens'],
    [
      { rateLimits: { requests: { limit: 0, remaining: 0, resetMs: 1 } } },
      'result.rate_limits.requests.limit',
    ],
    [
      { rateLimits: { tokens: { limit: 1, remaining: NaN, resetMs: 1 } } },
      'result.rate_limits.tokens.remaining',
    ],
    [
      { rateLimits: { tokens: { limit: 1, remaining: 1, resetMs: -1 } } },
      'result.rate_limits.tokens.reset_ms',
    ],
  ])('refuses %o naming %s, and the lease goes on', (result, field) => {
    const subject = router(['a'])
    const { id } = leaseOf(subject.submit(request('a'), 0))
    const settle = () => subject.settle(id, 'completed', 1, result)
    expect(settle).toThrow(expect.objectContaining({ code: 'OPTION_INVALID', field }))
    expect(loadOf(subject, 'a', 1)?.inFlight).toBe(1)
  })
})
