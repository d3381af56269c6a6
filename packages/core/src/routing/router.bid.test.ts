import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RoutedModel } from '../catalog/model.js'
import type { RouterOptions } from './options.js'
import { Router } from './router.js'
import type { RouteRequest, Submission } from './submission.js'

type Named = Partial<RoutedModel> & { readonly id: string }

const model = (named: Named): RoutedModel => ({
  maxConcurrent: 10,
  maxQueue: 100,
  targetUtilization: 1,
  ...named,
})
const routerOf = (models: readonly Named[], options: RouterOptions = {}) =>
  new Router(models.map(model), options)

function request(scores: Record<string, number>, more: Partial<RouteRequest> = {}): RouteRequest {
  const candidates = Object.entries(scores).map(([modelId, score]) => ({ modelId, score }))
  return { requestId: 'r', candidates, ...more }
}

function given(submission: Submission): string {
  if (submission.kind !== 'admitted') throw new Error(`was ${submission.kind}`)
  return submission.lease.modelId
}

/** Lets a model answer so many requests, each of so many milliseconds and tokens. */
function teach(router: Router, id: string, serviceMs: number, outputTokens = 100, times = 20): number {
  let nowMs = router.counters().submitted * 1e5
  for (let i = 0; i < times; i++) {
    const submission = router.submit(request({ [id]: 50 }), nowMs)
    if (submission.kind !== 'admitted') throw new Error(submission.kind)
    nowMs += serviceMs
    router.settle(submission.lease.id, 'completed', nowMs, { outputTokens })
  }
  return nowMs
}

describe('a bid', () => {
  it('goes to the better model while nothing is known of speed', () => {
    const router = routerOf([{ id: 'a' }, { id: 'b' }])
    expect(given(router.submit(request({ a: 70, b: 71 }), 0))).toBe('b')
  })

  it('goes to the faster model when the time it saves is worth more than what the better one adds', () => {
    const router = routerOf([{ id: 'slow' }, { id: 'fast' }])
    teach(router, 'slow', 20_000)
    const nowMs = teach(router, 'fast', 2_000)
    // 18 s at a point each: 15 points more are not worth it, 20 are.
    expect(given(router.submit(request({ slow: 85, fast: 70 }), nowMs))).toBe('fast')
    expect(given(router.submit(request({ slow: 90, fast: 70 }), nowMs))).toBe('slow')
  })

  it('counts the price of the tokens it expects', () => {
    const dear = { inputUsdPerMTok: 10, outputUsdPerMTok: 40 }
    const router = routerOf([{ id: 'dear', price: dear }, { id: 'free' }])
    // 1,000 × 10 + 500 × 40 dollars per million tokens are 3 cents, 3 points.
    const asked = { inputTokens: 1_000, outputTokens: 500 }
    expect(given(router.submit(request({ dear: 72.9, free: 70 }, asked), 0))).toBe('free')
    expect(given(router.submit(request({ dear: 73.1, free: 70 }, asked), 0))).toBe('dear')
  })

  it('knows a model by its pace until its answers have told', () => {
    const router = routerOf([
      { id: 'a', pace: { firstTokenMs: 100, outputTokenMs: 40 } },
      { id: 'b', pace: { firstTokenMs: 1_000, outputTokenMs: 10 } },
    ])
    const of = (outputTokens: number) => given(router.submit(request({ a: 50, b: 50 }, { outputTokens }), 0))
    expect([of(10), of(100)]).toEqual(['a', 'b'])
  })

  it('expects answers as long as those of its kind were', () => {
    const router = routerOf([
      { id: 'a', pace: { firstTokenMs: 100, outputTokenMs: 40 } },
      { id: 'b', pace: { firstTokenMs: 1_000, outputTokenMs: 10 } },
    ])
    for (const [kind, outputTokens] of [
      ['chat', 10],
      ['report', 1_000],
    ] as const) {
      const submission = router.submit(request({ a: 50, b: 50 }, { kind }), 0)
      if (submission.kind === 'admitted') router.settle(submission.lease.id, 'completed', 1, { outputTokens })
    }
    const of = (kind: string) => given(router.submit(request({ a: 50, b: 50 }, { kind }), 1))
    expect([of('chat'), of('report')]).toEqual(['a', 'b'])
  })

  it('does not find a model fast because it fails fast', () => {
    const router = routerOf([{ id: 'a' }, { id: 'b' }], { health: { breaker: { consecutiveFailures: 0 } } })
    for (const id of ['a', 'b']) teach(router, id, 1_000)
    const nowMs = 1e7
    for (let i = 0; i < 5; i++) {
      const submission = router.submit(request({ a: 50 }), nowMs)
      if (submission.kind === 'admitted') router.settle(submission.lease.id, 'upstream_error', nowMs + 5)
    }
    expect(given(router.submit(request({ a: 50.5, b: 50 }), nowMs + 10))).toBe('b')
  })

  it('takes a model whose load is unknown as busy', () => {
    const router = routerOf([{ id: 'a' }, { id: 'b' }], { staleAfterMs: 10 })
    router.reportLoad('a', { activeRequests: 0 }, 0)
    const scores = { a: 50.5, b: 50 }
    expect(given(router.submit(request(scores), 5))).toBe('a')
    expect(given(router.submit(request(scores), 50))).toBe('b')
  })
})

describe('holding back', () => {
  it('waits for the better model when little waits and much would be lost, until the loss is outweighed', () => {
    const router = routerOf([
      { id: 'good', maxConcurrent: 1 },
      { id: 'poor', maxConcurrent: 30 },
    ])
    const nowMs = teach(router, 'good', 1_000)
    expect(given(router.submit(request({ good: 50 }), nowMs))).toBe('good')
    const submission = router.submit(request({ good: 90, poor: 10 }), nowMs)
    expect(submission).toMatchObject({ kind: 'queued', ticket: { homeModelId: 'good' } })
    // Being served there takes a second, the one before it another: 80 points are worth more than two seconds' wait.
    const wakeMs = router.nextWakeMs() ?? NaN
    expect(router.wake(wakeMs).admitted).toEqual([])
    const later = router.nextWakeMs() ?? NaN
    expect(later).toBeGreaterThan(nowMs + 1_000)
  })

  it('takes what is free once a tenth of the slots has somebody waiting', () => {
    const router = routerOf([
      { id: 'good', maxConcurrent: 1 },
      { id: 'poor', maxConcurrent: 19 },
    ])
    router.submit(request({ good: 50 }), 0)
    const scores = { good: 90, poor: 10 }
    expect(router.submit(request(scores), 0).kind).toBe('queued')
    // The second one makes two of twenty: nobody holds back any longer, first come first.
    const second = router.submit(request(scores), 0)
    expect(second.kind).toBe('queued')
    const { admitted } = router.wake(router.nextWakeMs() ?? NaN)
    expect(admitted.map(({ lease }) => lease.modelId)).toEqual(['poor'])
    expect(admitted[0]?.ticket?.id).toBe(1)
  })

  it('never keeps a request that may not wait', () => {
    const router = routerOf([
      { id: 'good', maxConcurrent: 1 },
      { id: 'poor', maxConcurrent: 30 },
    ])
    router.submit(request({ good: 50 }), 0)
    expect(given(router.submit(request({ good: 90, poor: 10 }, { maxWaitMs: 0 }), 0))).toBe('poor')
  })

  it('takes what is free rather than be turned away for want of room to wait', () => {
    const router = routerOf(
      [
        { id: 'good', maxConcurrent: 1 },
        { id: 'poor', maxConcurrent: 30 },
      ],
      {
        queue: { maxBytes: 10 },
      },
    )
    router.submit(request({ good: 50 }), 0)
    expect(given(router.submit(request({ good: 90, poor: 10 }, { bytes: 11 }), 0))).toBe('poor')
  })
})

describe('a freed slot', () => {
  it('goes to the kind of request that loses least by taking it, not to who came first', () => {
    const router = routerOf([
      { id: 'good', maxConcurrent: 1 },
      { id: 'plain', maxConcurrent: 1 },
    ])
    const running = ['good', 'plain'].map((id) => router.submit(request({ [id]: 50 }), 0))
    router.submit(request({ good: 90, plain: 20 }, { requestId: 'choosy' }), 1)
    router.submit(request({ good: 60, plain: 59 }, { requestId: 'easy' }), 2)
    const [, onPlain] = running
    if (onPlain?.kind !== 'admitted') return expect.unreachable()
    const { admitted } = router.settle(onPlain.lease.id, 'completed', 3)
    expect(admitted.map(({ lease }) => lease.requestId)).toEqual(['easy'])
  })

  it('goes to who came first among requests of one kind, and those of more kinds than have lines of their own', () => {
    const router = routerOf([{ id: 'a', maxConcurrent: 1 }], { bid: { holdShare: 0 } })
    let lease = router.submit(request({ a: 50 }), 0)
    for (let i = 0; i < 100; i++) {
      // Each is a kind of its own, the last eighty-four share a line.
      const name = `r${i}`
      router.submit(request({ a: 10 + i / 2 }, { requestId: name }), i)
    }
    const names: string[] = []
    for (let nowMs = 200; lease.kind === 'admitted'; nowMs++) {
      const [next] = router.settle(lease.lease.id, 'completed', nowMs).admitted
      if (next === undefined) break
      names.push(next.lease.requestId)
      lease = { kind: 'admitted', lease: next.lease }
    }
    expect(names).toHaveLength(100)
    const shared = names.filter((name) => Number(name.slice(1)) >= 16)
    expect(shared).toEqual(Array.from({ length: 84 }, (_, i) => `r${i + 16}`))
  })
})

describe('prices', () => {
  /** Requests that each take a second come faster than the good model can serve them. */
  function crowded(): Router {
    const router = routerOf([
      { id: 'good', maxConcurrent: 4 },
      { id: 'plain', maxConcurrent: 20 },
    ])
    const running: { id: number; endMs: number }[] = []
    for (let nowMs = 0; nowMs < 30_000; nowMs += 100) {
      for (const due of running.filter(({ endMs }) => endMs <= nowMs)) {
        running.splice(running.indexOf(due), 1)
        for (const { lease } of router.settle(due.id, 'completed', nowMs, { outputTokens: 50 }).admitted) {
          running.push({ id: lease.id, endMs: nowMs + 1_000 })
        }
      }
      if ((router.nextWakeMs() ?? Infinity) <= nowMs) {
        for (const { lease } of router.wake(nowMs).admitted)
          running.push({ id: lease.id, endMs: nowMs + 1_000 })
      }
      const submission = router.submit(request({ good: 60, plain: 50 }, { outputTokens: 50 }), nowMs)
      if (submission.kind === 'admitted') running.push({ id: submission.lease.id, endMs: nowMs + 1_000 })
    }
    return router
  }

  it('rise for the slots that more requests want than there are, and for no others', () => {
    const [good, plain] = crowded().loads(30_000)
    expect(good?.slotPrice).toBeGreaterThan(1)
    expect(plain?.slotPrice).toBe(0)
  })

  it('begin with those of an assignment, spread over the time a request takes, and are charged by the slots in use', () => {
    const router = routerOf([{ id: 'a', maxConcurrent: 10 }, { id: 'b' }])
    const nowMs = teach(router, 'a', 4_000)
    router.seedPrices(new Map([['a', 24]]), nowMs)
    expect(router.loads(nowMs).map(({ slotPrice }) => slotPrice)).toEqual([6, 0])
    expect(given(router.submit(request({ a: 51, b: 50 }), nowMs))).toBe('a')
    for (let i = 0; i < 4; i++) router.submit(request({ a: 50 }), nowMs)
    // Half of its slots are in use: 4 s at 3 points and at one for the time itself are 16; at b 4 s, as elsewhere, at one.
    expect(given(router.submit(request({ a: 61, b: 50 }), nowMs))).toBe('b')
    expect(given(router.submit(request({ a: 63, b: 50 }), nowMs))).toBe('a')
  })
})

describe('a counterfactual', () => {
  it('is right: with that change another model is given the request', () => {
    const scores = fc.tuple(
      fc.double({ min: 1, max: 99, noNaN: true }),
      fc.double({ min: 1, max: 99, noNaN: true }),
    )
    fc.assert(
      fc.property(scores, ([a, b]) => {
        const ask = (a: number, b: number) => {
          const router = routerOf([{ id: 'a' }, { id: 'b' }])
          const submission = router.submit(request({ a, b }, { explain: true }), 0)
          return submission.kind === 'admitted' ? submission.decision : undefined
        }
        const decision = ask(a, b)
        const change = decision?.counterfactual
        if (change === undefined) throw new Error('there is always a score that would have been enough')
        expect(change.modelId).not.toBe(decision?.modelId)
        expect(change).toMatchObject({ term: 'score', when: 'above' })
        const enough = change.value + 1e-6
        const flipped = change.modelId === 'a' ? ask(enough, b) : ask(a, enough)
        expect(flipped?.modelId).toBe(change.modelId)
      }),
    )
  })

  it('of the mission’s formula tells below which utilization the other would have won', () => {
    const router = routerOf([{ id: 'a' }, { id: 'b' }], { policy: 'weighted_load' })
    for (let i = 0; i < 8; i++) router.submit(request({ a: 50 }), 0)
    // a: 90 × (1 − 0.3 × 0.8) = 68.4; b: 70 × 1. a would be worth 70 at a utilization of 0.741.
    const submission = router.submit(request({ a: 90, b: 70 }, { explain: true }), 0)
    const { decision } = submission as { decision?: unknown }
    expect(decision).toMatchObject({
      policy: 'weighted_load',
      modelId: 'b',
      margin: expect.closeTo(1.6, 6) as number,
      counterfactual: { modelId: 'a', term: 'utilization', when: 'below' },
    })
    const { value } = (decision as { counterfactual: { value: number } }).counterfactual
    expect(value).toBeCloseTo((1 - 70 / 90) / 0.3, 9)
  })

  it('says that a better model would have won with a slot', () => {
    const router = routerOf([{ id: 'a', maxConcurrent: 1 }, { id: 'b' }])
    router.submit(request({ a: 50 }), 0)
    const submission = router.submit(request({ a: 90, b: 89 }, { explain: true, maxWaitMs: 0 }), 0)
    expect(submission).toMatchObject({
      decision: {
        modelId: 'b',
        margin: null,
        considered: [{ modelId: 'a', filteredBecause: 'overloaded' }, { modelId: 'b' }],
        counterfactual: { modelId: 'a', term: 'utilization', when: 'below', value: 1 },
      },
    })
  })
})

describe('the record of decisions', () => {
  it('holds the latest without being asked to, those from the queue as well, and forgets the oldest', () => {
    const router = routerOf([{ id: 'a', maxConcurrent: 1 }])
    const first = router.submit(request({ a: 50 }), 0)
    if (first.kind !== 'admitted') return expect.unreachable()
    expect(Object.keys(first)).toEqual(['kind', 'lease'])
    expect(router.decision(first.lease.id)).toMatchObject({ modelId: 'a', atMs: 0, margin: null })
    router.submit(request({ a: 50 }), 1)
    const [second] = router.settle(first.lease.id, 'completed', 7).admitted
    expect(router.decision(second?.lease.id ?? 0)).toMatchObject({ modelId: 'a', atMs: 7 })
    let { id } = second?.lease ?? { id: 0 }
    for (let i = 0; i < 5_000; i++) {
      router.settle(id, 'completed', 8)
      const next = router.submit(request({ a: 50 }), 8)
      if (next.kind === 'admitted') id = next.lease.id
    }
    expect(router.decision(first.lease.id)).toBeUndefined()
    expect(router.decision(id)?.modelId).toBe('a')
    expect(router.decision(id + 1)).toBeUndefined()
  })
})
