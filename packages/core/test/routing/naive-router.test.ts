import { describe, expect, it } from 'vitest'
import type { RoutedModel } from '../../src/catalog/model.js'
import type { RouteRequest } from '../../src/routing/submission.js'
import { HEALTH } from './naive-health.js'
import { NaiveRouter } from './naive-router.js'
import type { NaiveOptions } from './naive-records.js'

/** Reckoned by hand from docs/concepts/routing.md, for a reference nobody holds against anything proves little. */

const OPTIONS: NaiveOptions = {
  policy: 'bid',
  bid: {
    timeValue: 1,
    costWeight: 100,
    holdShare: 0.9,
    holdSlack: 0,
    priceTarget: 0.92,
    repriceMs: 2_000,
    priceWindow: 2,
  },
  queue: {
    ageingMs: 5_000,
    aboveTarget: ['system'],
    floors: {},
    rescueMs: 1_000,
    maxBytes: 100,
    outputWeight: 2,
    shareSlack: 8_000,
  },
  loadWeight: 0.3,
  maxWaitMs: 30_000,
  staleAfterMs: 60_000,
  health: HEALTH,
  seed: 1,
}

/** A second of service for everybody, unless a pace is given. */
const model = (id: string, maxConcurrent: number, more: Partial<RoutedModel> = {}): RoutedModel => ({
  id,
  maxConcurrent,
  maxQueue: 8,
  targetUtilization: 1,
  ...more,
})
const paced = (firstTokenMs: number) => ({ pace: { firstTokenMs, outputTokenMs: 0 } })

const ask = (scores: Record<string, number>, more: Partial<RouteRequest> = {}): RouteRequest => ({
  requestId: 'r',
  candidates: Object.entries(scores).map(([modelId, score]) => ({ modelId, score })),
  ...more,
})

const router = (models: RoutedModel[], more: Partial<NaiveOptions> = {}) =>
  new NaiveRouter(models, { ...OPTIONS, ...more })

describe('the naive router', () => {
  it('holds a slot back while waiting for the better model costs less, and no longer', () => {
    const naive = router([model('fast', 1, paced(1_000)), model('slow', 1, paced(9_000))], {
      bid: { ...OPTIONS.bid, repriceMs: 1e6 },
    })
    expect(naive.submit(ask({ fast: 80, slow: 80 }), 0)).toMatchObject({ modelId: 'fast' })
    // Worth 79 − 1 after one mean service of the fast one, 71 at once at the slow one: a loss of 7, and nobody waits.
    const second = naive.submit(ask({ fast: 80, slow: 80 }), 0)
    expect(second).toMatchObject({ kind: 'queued', homeModelId: 'fast' })
    // Offered again at once. Two ahead now, so 79 − 2 − 71 = 6 is lost; patience is 1 request at (2 − 2/20)/s.
    expect(naive.nextWakeMs()).toBe(0)
    expect(naive.wake(0).admitted).toEqual([])
    expect(naive.nextWakeMs()).toBeCloseTo(6_000 - 1_000 / 1.9, 6)
    expect(naive.wake(5_000).admitted).toEqual([])
    expect(naive.wake(6_000).admitted).toMatchObject([{ ticketId: 1, modelId: 'slow', waitedMs: 6_000 }])
  })

  it('holds nothing back once as many wait as a share of the slots', () => {
    const naive = router([model('fast', 1, paced(1_000)), model('slow', 1, paced(9_000))], {
      bid: { ...OPTIONS.bid, holdShare: 0.5 },
    })
    naive.submit(ask({ fast: 80, slow: 80 }), 0)
    expect(naive.submit(ask({ fast: 80, slow: 80 }), 0)).toMatchObject({ kind: 'queued' })
    expect(naive.wake(0).admitted).toMatchObject([{ modelId: 'slow' }])
  })

  it('serves by order, which ageing moves', () => {
    const naive = router([model('a', 1)], { policy: 'round_robin' })
    naive.submit(ask({ a: 1 }), 0)
    naive.submit(ask({ a: 1 }, { priority: 'bulk' }), 0)
    naive.submit(ask({ a: 1 }, { priority: 'system' }), 14_999)
    naive.submit(ask({ a: 1 }, { priority: 'system' }), 15_001)
    expect(naive.settle(1, 'completed', 15_001).admitted).toMatchObject([{ ticketId: 2 }])
    expect(naive.settle(2, 'completed', 15_001).admitted).toMatchObject([{ ticketId: 1 }])
  })

  it('serves the tenant that was served least, by expected and then by true tokens', () => {
    const naive = router([model('a', 1)], { policy: 'round_robin' })
    const from = (tenant: string) => naive.submit(ask({ a: 1 }, { tenant, outputTokens: 100 }), 0)
    for (const tenant of ['x', 'x', 'x', 'x', 'y', 'y']) from(tenant)
    const next = (lease: number, outputTokens = 100) =>
      naive.settle(lease, 'completed', 0, { outputTokens }).admitted.map(({ ticketId }) => ticketId)
    // The first was admitted before anybody waited, and is not on the account.
    expect(next(1)).toEqual([1])
    expect(next(2)).toEqual([4])
    // 700 each, the earlier of equals; then a long answer of y, for which x is served twice.
    expect(next(3, 1_000)).toEqual([2])
    expect(next(4)).toEqual([3])
    expect(next(5)).toEqual([5])
  })

  it('keeps slots above the target for those that may use them, and floors for their priority', () => {
    const naive = router([model('a', 4, { targetUtilization: 0.5 })], {
      policy: 'round_robin',
      queue: { ...OPTIONS.queue, floors: { interactive: 0.5 } },
    })
    expect(naive.submit(ask({ a: 1 }), 0)).toMatchObject({ kind: 'admitted' })
    expect(naive.submit(ask({ a: 1 }), 0)).toMatchObject({ kind: 'queued' })
    expect(naive.submit(ask({ a: 1 }, { priority: 'interactive' }), 0)).toMatchObject({ kind: 'admitted' })
    expect(naive.submit(ask({ a: 1 }, { priority: 'interactive' }), 0)).toMatchObject({ kind: 'queued' })
    expect(naive.submit(ask({ a: 1 }, { priority: 'system' }), 0)).toMatchObject({ kind: 'admitted' })
    expect(naive.nextWakeMs()).toBe(29_000)
    expect(naive.wake(29_000).admitted).toMatchObject([{ ticketId: 2 }])
  })

  it('turns away who would start too late for its deadline, and drops who has not started by then', () => {
    const naive = router([model('a', 1)])
    naive.submit(ask({ a: 1 }), 0)
    expect(naive.submit(ask({ a: 1 }, { deadlineMs: 1_999 }), 0)).toMatchObject({
      kind: 'rejected',
      outcome: 'rejected_deadline',
    })
    expect(naive.submit(ask({ a: 1 }, { deadlineMs: 2_500 }), 0)).toMatchObject({ expiresMs: 1_500 })
    expect(naive.wake(1_500).dropped).toMatchObject([{ outcome: 'expired_in_queue' }])
  })

  it('reckons prices once requests have come, when it is woken for it', () => {
    const naive = router([model('a', 1, paced(1_000))])
    naive.submit(ask({ a: 80 }), 0)
    expect(naive.nextWakeMs()).toBe(2_000)
    naive.wake(2_000)
    expect(naive.nextWakeMs()).toBeUndefined()
    naive.seedPrices(new Map([['a', 3]]), 2_000)
    expect(naive.fleet.model('a')?.slotPrice).toBe(3)
  })
})
