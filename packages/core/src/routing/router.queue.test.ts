import { describe, expect, it } from 'vitest'
import type { RoutedModel } from '../catalog/model.js'
import type { RouterOptions } from './options.js'
import { Router } from './router.js'
import type { Admission, RouteRequest, Submission, Transition } from './submission.js'

const model = (id: string, more: Partial<RoutedModel> = {}): RoutedModel => ({
  id,
  maxConcurrent: 1,
  maxQueue: 1_000,
  targetUtilization: 1,
  ...more,
})
const routerOf = (models: readonly RoutedModel[], options: RouterOptions = {}) => new Router(models, options)

function request(name: string, more: Partial<RouteRequest> = {}, ids = 'a'): RouteRequest {
  return { requestId: name, candidates: [...ids].map((modelId) => ({ modelId, score: 50 })), ...more }
}

function leaseOf(submission: Submission): number {
  if (submission.kind !== 'admitted') throw new Error(`was ${submission.kind}`)
  return submission.lease.id
}

const namesOf = ({ admitted }: Transition) => admitted.map(({ lease }) => lease.requestId)

/** Serves everyone who waits one after the other, each for a millisecond. */
function order(router: Router, running: number, fromMs: number): string[] {
  const names: string[] = []
  let lease: number | undefined = running
  for (let nowMs = fromMs; lease !== undefined; nowMs++) {
    const [next]: readonly Admission[] = router.settle(lease, 'completed', nowMs).admitted
    if (next !== undefined) names.push(next.lease.requestId)
    lease = next?.lease.id
  }
  return names
}

describe('the target', () => {
  it('is a cap: what would go above it waits', () => {
    const router = routerOf([model('a', { maxConcurrent: 10, targetUtilization: 0.8 })])
    const kinds = Array.from({ length: 10 }, (_, i) => router.submit(request(`r${i}`), 0).kind)
    expect(kinds.filter((kind) => kind === 'admitted')).toHaveLength(8)
    expect(router.submit(request('told', { explain: true, maxWaitMs: 0 }), 0)).toMatchObject({
      outcome: 'expired_in_queue',
      decision: { considered: [{ filteredBecause: 'over_target' }] },
    })
  })

  it('leaves one slot to a model that has but one', () => {
    const router = routerOf([model('a', { targetUtilization: 0.5 })])
    expect(router.submit(request('r'), 0).kind).toBe('admitted')
  })

  it('may be passed by the priorities that are named, up to the limit', () => {
    const router = routerOf([model('a', { maxConcurrent: 5, targetUtilization: 0.8 })])
    for (let i = 0; i < 4; i++) leaseOf(router.submit(request(`r${i}`), 0))
    expect(router.submit(request('urgent', { priority: 'interactive' }), 0).kind).toBe('queued')
    expect(router.submit(request('system', { priority: 'system' }), 0).kind).toBe('admitted')
    expect(router.submit(request('more', { priority: 'system' }), 0).kind).toBe('queued')
  })

  it('may be passed by a queue that would otherwise expire, first come first', () => {
    const router = routerOf([model('a', { maxConcurrent: 5, targetUtilization: 0.8 })], {
      queue: { rescueMs: 1_000 },
    })
    for (let i = 0; i < 4; i++) leaseOf(router.submit(request(`r${i}`), 0))
    router.submit(request('patient', { maxWaitMs: 60_000 }), 0)
    router.submit(request('hasty', { maxWaitMs: 5_000 }), 0)
    expect(router.nextWakeMs()).toBeLessThanOrEqual(4_000)
    expect(namesOf(router.wake(3_999))).toEqual([])
    expect(namesOf(router.wake(4_000))).toEqual(['patient'])
    expect(router.loads(4_000)[0]?.inFlight).toBe(5)
  })
})

describe('priorities', () => {
  it('are served before lower ones that came as long ago, and after those that have aged past them', () => {
    const router = routerOf([model('a')], { queue: { ageingMs: 1_000 }, maxWaitMs: 1e6 })
    const running = leaseOf(router.submit(request('running'), 0))
    router.submit(request('bulk', { priority: 'bulk' }), 0)
    router.submit(request('default'), 500)
    router.submit(request('interactive', { priority: 'interactive' }), 900)
    router.submit(request('system', { priority: 'system' }), 2_800)
    router.submit(request('late interactive', { priority: 'interactive' }), 2_100)
    // In order of arrival plus a second for each step below system: 1900, 2500, 2800, 3000, 3800.
    expect(order(router, running, 3_000)).toEqual([
      'interactive',
      'default',
      'system',
      'bulk',
      'late interactive',
    ])
  })

  it('never starve: bulk is served however many of higher priority keep coming', () => {
    const router = routerOf([model('a')], { queue: { ageingMs: 100 }, maxWaitMs: 1e6 })
    let running = leaseOf(router.submit(request('running'), 0))
    router.submit(request('bulk', { priority: 'bulk' }), 0)
    for (let nowMs = 1; nowMs < 1_000; nowMs++) {
      router.submit(request('interactive', { priority: 'interactive' }), nowMs)
      const [next] = router.settle(running, 'completed', nowMs).admitted
      if (next?.lease.requestId === 'bulk') return expect(nowMs).toBeLessThanOrEqual(201)
      running = next?.lease.id ?? NaN
    }
    expect.unreachable('bulk was never served')
  })

  it('have slots kept for them by floors, which others cannot use', () => {
    const router = routerOf([model('a', { maxConcurrent: 10 })], { queue: { floors: { interactive: 0.3 } } })
    const kinds = Array.from({ length: 8 }, (_, i) => router.submit(request(`r${i}`), 0).kind)
    expect(kinds.filter((kind) => kind === 'admitted')).toHaveLength(7)
    const told = router.submit(request('told', { explain: true, maxWaitMs: 0 }), 0)
    expect(told).toMatchObject({ decision: { considered: [{ filteredBecause: 'reserved' }] } })
    for (let i = 0; i < 3; i++) {
      expect(router.submit(request(`i${i}`, { priority: 'interactive' }), 0).kind).toBe('admitted')
    }
    expect(router.submit(request('i3', { priority: 'interactive' }), 0).kind).toBe('queued')
  })
})

describe('tenants', () => {
  it('share a line by tokens served, whoever has filled it', () => {
    const router = routerOf([model('a')], { maxWaitMs: 1e6 })
    const running = leaseOf(router.submit(request('running'), 0))
    const of = (tenant: string) => ({ tenant, inputTokens: 100, outputTokens: 100 })
    for (let i = 0; i < 6; i++) router.submit(request(`greedy ${i}`, of('greedy')), 1)
    for (let i = 0; i < 2; i++) router.submit(request(`polite ${i}`, of('polite')), 2)
    expect(order(router, running, 10).slice(0, 4)).toEqual(['greedy 0', 'polite 0', 'greedy 1', 'polite 1'])
  })

  it('are charged what answers really had', () => {
    const router = routerOf([model('a')], { maxWaitMs: 1e6 })
    const of = (tenant: string) => ({ tenant, inputTokens: 0, outputTokens: 100 })
    let running = leaseOf(router.submit(request('running'), 0))
    for (let i = 0; i < 3; i++) {
      for (const tenant of ['long', 'short']) router.submit(request(`${tenant} ${i}`, of(tenant)), 1)
    }
    const names: string[] = []
    for (let nowMs = 2; nowMs < 8; nowMs++) {
      const isLong = names.at(-1)?.startsWith('long') === true
      const [next] = router.settle(running, 'completed', nowMs, { outputTokens: isLong ? 250 : 100 }).admitted
      if (next === undefined) break
      names.push(next.lease.requestId)
      running = next.lease.id
    }
    expect(names.slice(0, 5)).toEqual(['long 0', 'short 0', 'short 1', 'short 2', 'long 1'])
  })

  it('share models with those of other kinds of request, once they are ahead by more than the slack', () => {
    const router = routerOf([model('a')], { maxWaitMs: 1e6, queue: { shareSlack: 250 } })
    const running = leaseOf(router.submit(request('running'), 0))
    const of = (tenant: string, score: number): Partial<RouteRequest> => ({
      tenant,
      inputTokens: 100,
      outputTokens: 0,
      candidates: [{ modelId: 'a', score }],
    })
    for (let i = 0; i < 8; i++) router.submit(request(`greedy ${i}`, of('greedy', 50)), 1)
    for (let i = 0; i < 3; i++) router.submit(request(`polite ${i}`, of('polite', 60)), 2)
    const names = order(router, running, 10)
    // Three are 300 tokens; from then on whoever is no more than 250 ahead comes first.
    expect(names.slice(0, 5)).toEqual(['greedy 0', 'greedy 1', 'greedy 2', 'polite 0', 'greedy 3'])
  })

  it('save nothing up by being idle', () => {
    const router = routerOf([model('a')], { maxWaitMs: 1e6 })
    const of = (tenant: string) => ({ tenant, inputTokens: 100, outputTokens: 0 })
    let running = leaseOf(router.submit(request('running'), 0))
    for (let i = 0; i < 10; i++) router.submit(request(`busy ${i}`, of('busy')), 1)
    for (let i = 0; i < 5; i++) running = router.settle(running, 'completed', 2).admitted[0]?.lease.id ?? NaN
    for (let i = 0; i < 5; i++) router.submit(request(`idle ${i}`, of('idle')), 3)
    const names = order(router, running, 4).slice(0, 4)
    expect(names.filter((name) => name.startsWith('idle'))).toHaveLength(2)
  })
})

describe('a full queue', () => {
  const filled = () => {
    const router = routerOf([model('a', { maxQueue: 3 })])
    leaseOf(router.submit(request('running'), 0))
    for (const i of [0, 1, 2]) router.submit(request(`greedy ${i}`, { tenant: 'greedy' }), 1)
    return router
  }

  it('takes in one of a tenant with fewer, for the newest of the tenant with most', () => {
    const router = filled()
    const polite = router.submit(request('polite', { tenant: 'polite' }), 2)
    expect(polite).toMatchObject({
      kind: 'queued',
      displaced: { outcome: 'rejected_queue_full', ticket: { requestId: 'greedy 2' } },
    })
    expect(router.counters()).toMatchObject({ waiting: 3, outcomes: { rejected_queue_full: 1 } })
    // Two against one: another one more would only turn it round.
    expect(router.submit(request('more', { tenant: 'polite' }), 3)).toMatchObject({ kind: 'rejected' })
  })

  it('takes in a more urgent one, for the newest of the least urgent', () => {
    const router = filled()
    expect(router.submit(request('urgent', { priority: 'interactive' }), 2)).toMatchObject({
      displaced: { ticket: { requestId: 'greedy 2' } },
    })
    expect(router.submit(request('bulk', { priority: 'bulk' }), 2)).toMatchObject({ kind: 'rejected' })
  })
})

describe('deadlines', () => {
  const taught = (options: RouterOptions = {}) => {
    const router = routerOf([model('a')], options)
    for (let i = 0; i < 20; i++) {
      const lease = leaseOf(router.submit(request('teach'), i * 1_000))
      router.settle(lease, 'completed', i * 1_000 + 1_000, { outputTokens: 100 })
    }
    return router
  }

  it('turn away at the door what could not be answered in time, and tell when it could', () => {
    const router = taught()
    leaseOf(router.submit(request('running'), 20_000))
    // A second for who runs before it, a second for itself.
    expect(router.submit(request('late', { deadlineMs: 1_500, outputTokens: 100 }), 20_000)).toEqual({
      kind: 'rejected',
      outcome: 'rejected_deadline',
      retryAfterMs: 500,
    })
    const fits = router.submit(request('fits', { deadlineMs: 2_500, outputTokens: 100 }), 20_000)
    expect(fits).toMatchObject({ kind: 'queued', ticket: { expiresMs: 21_500 } })
  })

  it('are looked at again before a slot is given', () => {
    const router = taught()
    const running = leaseOf(router.submit(request('running'), 20_000))
    router.submit(request('fits', { deadlineMs: 2_500, outputTokens: 100 }), 20_000)
    const { admitted, dropped } = router.settle(running, 'completed', 21_600)
    expect(admitted).toEqual([])
    expect(dropped).toMatchObject([{ outcome: 'expired_in_queue', ticket: { requestId: 'fits' } }])
  })

  it('do not count those who are less urgent', () => {
    const router = taught()
    leaseOf(router.submit(request('running'), 20_000))
    for (let i = 0; i < 5; i++) router.submit(request(`bulk ${i}`, { priority: 'bulk' }), 20_000)
    const ask = { deadlineMs: 2_500, outputTokens: 100 }
    expect(router.submit(request('default', ask), 20_000).kind).toBe('queued')
    expect(router.submit(request('last', { ...ask, priority: 'bulk' }), 20_000).kind).toBe('rejected')
  })

  it('do not keep out what has a slot', () => {
    const router = taught()
    expect(router.submit(request('hopeful', { deadlineMs: 1 }), 20_000).kind).toBe('admitted')
  })
})

describe('the bytes of those who wait', () => {
  it('are bounded, and given back when one leaves', () => {
    const router = routerOf([model('a')], { queue: { maxBytes: 100 } })
    leaseOf(router.submit(request('running', { bytes: 1_000 }), 0))
    const first = router.submit(request('first', { bytes: 60 }), 0)
    expect(router.submit(request('second', { bytes: 60 }), 0)).toMatchObject({
      outcome: 'rejected_queue_full',
    })
    if (first.kind === 'queued') router.cancel(first.ticket.id, 0)
    expect(router.submit(request('third', { bytes: 100 }), 0).kind).toBe('queued')
  })
})

describe('asking whether there is a slot', () => {
  it('tells what submit would do without waiting, and counts nothing', () => {
    const router = routerOf([model('a'), model('b')])
    expect(router.hasSlotFor(request('r', {}, 'a'))).toBe(true)
    leaseOf(router.submit(request('r', {}, 'a'), 0))
    expect([router.hasSlotFor(request('r', {}, 'a')), router.hasSlotFor(request('r', {}, 'ab'))]).toEqual([
      false,
      true,
    ])
    router.close(0)
    expect(router.hasSlotFor(request('r', {}, 'ab'))).toBe(false)
    expect(router.counters()).toMatchObject({ submitted: 1, outcomes: { expired_in_queue: 0 } })
  })
})

describe('models that come and go', () => {
  it('are gained by those who wait and name them, in order', () => {
    const router = routerOf([model('a')])
    leaseOf(router.submit(request('running'), 0))
    for (const name of ['first', 'second']) router.submit(request(name, {}, 'ab'), 0)
    expect(namesOf(router.setModel(model('b'), 5))).toEqual(['first'])
  })

  it('take their queue with them to others', () => {
    const router = routerOf([model('a'), model('b')])
    for (const id of ['a', 'b']) leaseOf(router.submit(request(`on ${id}`, {}, id), 0))
    const scores = [
      { modelId: 'a', score: 90 },
      { modelId: 'b', score: 10 },
    ]
    router.submit({ requestId: 'r', candidates: scores }, 0)
    expect(router.loads(0).map(({ queueDepth }) => queueDepth)).toEqual([1, 0])
    router.removeModel('a', 1)
    expect(router.loads(1).map(({ queueDepth }) => queueDepth)).toEqual([1])
  })
})

describe('what cannot be meant', () => {
  it.each([
    ['priority', { priority: 'urgent' as never }, 'one of system, interactive, default, bulk'],
    ['deadline_ms', { deadlineMs: 0 }, 'a finite number > 0'],
    ['input_tokens', { inputTokens: 1.5 }, 'an integer ≥ 0'],
    ['output_tokens', { outputTokens: NaN }, 'a finite number ≥ 0'],
    ['bytes', { bytes: -1 }, 'an integer ≥ 0'],
    ['max_wait_ms', { maxWaitMs: -1 }, 'milliseconds ≥ 0'],
  ] as const)('%s is refused by name, and does not count as submitted', (field, wrong, rule) => {
    const router = routerOf([model('a')])
    expect(() => router.submit(request('r', wrong), 0)).toThrow(field)
    expect(() => router.submit(request('r', wrong), 0)).toThrow(rule)
    expect(router.counters().submitted).toBe(0)
  })

  it.each([
    ['policy', { policy: 'best' as never }],
    ['bid.time_value', { bid: { timeValue: -1 } }],
    ['bid.price_target', { bid: { priceTarget: 0 } }],
    ['bid.price_window', { bid: { priceWindow: 0.5 } }],
    ['queue.ageing_ms', { queue: { ageingMs: 0 } }],
    ['queue.above_target', { queue: { aboveTarget: ['vip' as never] } }],
    ['queue.floors', { queue: { floors: { system: 0.6, bulk: 0.6 } } }],
    ['queue.floors.bulk', { queue: { floors: { bulk: 2 } } }],
  ] as const)('option %s', (field, options) => {
    expect(() => routerOf([model('a')], options)).toThrow(field)
  })
})

describe('a closed queue', () => {
  it('turns newcomers away with a hint, lets those who wait be served, and gives free slots as before', () => {
    const router = routerOf([model('a')])
    const running = leaseOf(router.submit(request('first'), 0))
    expect(router.submit(request('second'), 0).kind).toBe('queued')
    expect(router.setQueueOpen('a', false)).toBe(true)
    expect(router.loads(0)).toMatchObject([{ isQueueClosed: true, queueDepth: 1 }])
    const refused = router.submit(request('third'), 1)
    expect(refused).toMatchObject({ kind: 'rejected', outcome: 'rejected_queue_closed', retryAfterMs: 2_000 })
    const { admitted } = router.settle(running, 'completed', 10)
    expect(admitted.map(({ lease }) => lease.requestId)).toEqual(['second'])
    router.settle(admitted[0]?.lease.id ?? 0, 'completed', 20)
    expect(router.submit(request('fourth'), 20).kind).toBe('admitted')
    expect(router.setQueueOpen('a', true)).toBe(true)
    expect(router.submit(request('fifth'), 21).kind).toBe('queued')
  })

  it('sends newcomers to the other models they accept, and displaces nobody', () => {
    const router = routerOf([model('a', { maxQueue: 1 }), model('b')])
    leaseOf(router.submit(request('a1', {}, 'a'), 0))
    leaseOf(router.submit(request('b1', {}, 'b'), 0))
    expect(router.submit(request('bulk', { priority: 'bulk' }, 'a'), 0).kind).toBe('queued')
    router.setQueueOpen('a', false)
    expect(router.submit(request('urgent', { priority: 'interactive' }, 'a'), 0)).toMatchObject({
      outcome: 'rejected_queue_closed',
    })
    expect(router.submit(request('either', {}, 'ab'), 0)).toMatchObject({
      kind: 'queued',
      ticket: { homeModelId: 'b' },
    })
  })

  it('is known to be closed or open already, and unknown models are none', () => {
    const router = routerOf([model('a')])
    expect([router.setQueueOpen('a', true), router.setQueueOpen('ghost', false)]).toEqual([false, false])
    router.setQueueOpen('a', false)
    router.removeModel('a', 0)
    router.setModel(model('a'), 0)
    expect(router.loads(0)).toMatchObject([{ isQueueClosed: false }])
  })
})
