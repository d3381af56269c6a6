import { describe, expect, it } from 'vitest'
import type { LeaseOutcome } from './outcome.js'
import type { RoutedModel } from '../catalog/model.js'
import type { RouterOptions } from './options.js'
import { Router } from './router.js'
import type { Lease, RouteRequest, Submission, Ticket } from './submission.js'

/** Judges by score and load alone, so that what each test is about can be read off its numbers. */
const routerOf = (models: readonly RoutedModel[], options: RouterOptions = {}) =>
  new Router(models, { policy: 'weighted_load', ...options })
const model = (id: string, maxConcurrent: number, maxQueue = 10, targetUtilization = 1) => ({
  id,
  maxConcurrent,
  maxQueue,
  targetUtilization,
})

function request(scores: Record<string, number>, more: Partial<RouteRequest> = {}): RouteRequest {
  const candidates = Object.entries(scores).map(([modelId, score]) => ({ modelId, score }))
  return { requestId: 'r', candidates, ...more }
}

function admitted(submission: Submission): Lease {
  if (submission.kind !== 'admitted') throw new Error(`was ${submission.kind}`)
  return submission.lease
}

function queued(submission: Submission): Ticket {
  if (submission.kind !== 'queued') throw new Error(`was ${submission.kind}`)
  return submission.ticket
}

const modelsOf = (submissions: readonly Submission[]) => submissions.map((one) => admitted(one).modelId)
const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, i) => make(i))
const loadOf = (router: Router, id: string, nowMs = 0) =>
  router.loads(nowMs).find((load) => load.modelId === id)

describe('choosing among free models', () => {
  it('follows the weighted score: a better model is left when its load costs more than the other lacks', () => {
    const router = routerOf([model('a', 10), model('b', 10)], { loadWeight: 0.3 })
    // a weighs 90, 87.3, 84.6, 81.9, 79.2; b weighs 80 while idle.
    expect(modelsOf(times(5, () => router.submit(request({ a: 90, b: 80 }), 0)))).toEqual([
      'a',
      'a',
      'a',
      'a',
      'b',
    ])
  })

  it('takes the best score whatever the load when the load weight is 0 and targets are 1', () => {
    const router = routerOf([model('a', 4), model('b', 4)], { loadWeight: 0 })
    const given = modelsOf(times(5, () => router.submit(request({ a: 90, b: 80 }), 0)))
    expect(given).toEqual(['a', 'a', 'a', 'a', 'b'])
  })

  it('pushes no model over its target while another of equal score is below, 40 of 50 being within 0.8', () => {
    const router = routerOf([model('a', 50, 10, 0.8), model('b', 50, 10, 0.8), model('c', 50, 10, 0.8)])
    times(100, () => router.submit(request({ a: 90, b: 85, c: 80 }), 0))
    const loads = router.loads(0)
    expect(loads.reduce((sum, load) => sum + load.inFlight, 0)).toBe(100)
    for (const load of loads) expect(load.inFlight).toBeLessThanOrEqual(40)
    times(20, () => router.submit(request({ a: 90, b: 85, c: 80 }), 0))
    expect(router.loads(0).map((load) => [load.inFlight, load.isOverTarget])).toEqual(
      times(3, () => [40, false]),
    )
  })

  it('rotates exact ties, each kind of request by itself', () => {
    const router = routerOf(
      ['a', 'b', 'c', 'd'].map((id) => model(id, 1_000)),
      { loadWeight: 0 },
    )
    const given = times(8, () => [
      admitted(router.submit(request({ a: 50, b: 50 }), 0)).modelId,
      admitted(router.submit(request({ c: 50, d: 50 }), 0)).modelId,
    ])
    expect(given.map(([first]) => first).join('')).toBe('abababab')
    expect(given.map(([, second]) => second).join('')).toBe('cdcdcdcd')
  })

  it('tells each candidate’s terms when asked, and nothing when not', () => {
    const router = routerOf([model('a', 2), model('b', 1), model('z', 0)])
    router.submit(request({ a: 50 }), 0)
    router.submit(request({ b: 50 }), 0)
    const scores = { ghost: 99, z: 95, b: 90, a: 60 }
    const submission = router.submit(request(scores, { explain: true }), 0)
    const unusable = { terms: { loadFactor: 0 }, worth: null }
    expect(submission).toMatchObject({
      kind: 'admitted',
      lease: { modelId: 'a' },
      decision: {
        modelId: 'a',
        considered: [
          { modelId: 'ghost', score: 99, utilization: null, worth: null, filteredBecause: 'unknown_model' },
          { modelId: 'z', score: 95, utilization: 0, ...unusable, filteredBecause: 'no_capacity' },
          { modelId: 'b', score: 90, utilization: 1, filteredBecause: 'overloaded' },
          { modelId: 'a', score: 60, utilization: 0.5, terms: { loadFactor: 0.85 }, worth: 51 },
        ],
      },
    })
    const plain = routerOf([model('a', 1)]).submit(request({ a: 1 }), 0)
    expect(Object.keys(plain)).toEqual(['kind', 'lease'])
  })
})

describe('waiting', () => {
  it('gives a freed slot to the one who came first, and a newcomer waits behind', () => {
    const router = routerOf([model('a', 1)])
    const lease = admitted(router.submit(request({ a: 1 }), 0))
    const first = queued(router.submit(request({ a: 1 }, { requestId: 'first' }), 1))
    const second = queued(router.submit(request({ a: 1 }, { requestId: 'second' }), 2))
    expect([first.position, second.position]).toEqual([0, 1])
    const handed = router.settle(lease.id, 'completed', 10)
    expect(handed.admitted).toHaveLength(1)
    expect(handed.admitted[0]).toMatchObject({
      ticket: { id: first.id },
      lease: { requestId: 'first', modelId: 'a', acquiredMs: 10, waitedMs: 9 },
    })
    expect(router.submit(request({ a: 1 }, { requestId: 'newcomer' }), 10).kind).toBe('queued')
  })

  it('binds late: any model it accepts may serve it, whichever frees a slot first', () => {
    const router = routerOf([model('a', 1), model('b', 1)])
    admitted(router.submit(request({ a: 1 }), 0))
    const onB = admitted(router.submit(request({ b: 1 }), 0))
    const ticket = queued(router.submit(request({ a: 90, b: 10 }), 0))
    expect(ticket.homeModelId).toBe('a')
    expect(router.settle(onB.id, 'completed', 5).admitted[0]?.lease.modelId).toBe('b')
    expect(loadOf(router, 'a')?.queueDepth).toBe(0)
  })

  it('lets a newcomer pass those who could not use the slot it takes', () => {
    const router = routerOf([model('a', 1), model('b', 1)])
    admitted(router.submit(request({ a: 1 }), 0))
    queued(router.submit(request({ a: 1 }), 0))
    expect(admitted(router.submit(request({ a: 90, b: 1 }), 0)).modelId).toBe('b')
  })

  it('hands over to the earliest of several sets that accept the model', () => {
    const router = routerOf([model('a', 1), model('b', 1), model('c', 1)])
    const [onA] = ['a', 'b', 'c'].map((id) => admitted(router.submit(request({ [id]: 1 }), 0)))
    queued(router.submit(request({ b: 1, c: 1 }), 1))
    const early = queued(router.submit(request({ a: 1, b: 1 }), 2))
    queued(router.submit(request({ a: 1 }), 3))
    expect(router.settle(onA?.id ?? 0, 'completed', 4).admitted.map(({ ticket }) => ticket?.id)).toEqual([
      early.id,
    ])
  })

  it('counts in the queue of its best candidate with room, the earlier of equals, else is refused', () => {
    const router = routerOf([model('a', 1, 1), model('b', 1, 1), model('c', 1, 0)])
    for (const id of ['a', 'b', 'c']) router.submit(request({ [id]: 1 }), 0)
    const scores = { c: 99, b: 80, a: 80 }
    expect(queued(router.submit(request(scores), 0)).homeModelId).toBe('b')
    expect(queued(router.submit(request(scores), 0)).homeModelId).toBe('a')
    expect(router.submit(request(scores), 0)).toMatchObject({
      kind: 'rejected',
      outcome: 'rejected_queue_full',
    })
  })

  it('says when to try again by the measured rate at which the queue drains', () => {
    const router = routerOf([model('a', 2, 2)])
    const [one, two] = times(2, () => admitted(router.submit(request({ a: 1 }), 0)))
    const retryMs = () => {
      const submission = router.submit(request({ a: 1 }), 400)
      return submission.kind === 'rejected' ? submission.retryAfterMs : undefined
    }
    times(2, () => queued(router.submit(request({ a: 1 }), 0)))
    // Nothing measured: a second each; two wait before it, two are served at a time.
    expect(retryMs()).toBe(1_500)
    router.settle(one?.id ?? 0, 'completed', 400)
    queued(router.submit(request({ a: 1 }), 400))
    expect(retryMs()).toBe(600)
    router.settle(two?.id ?? 0, 'upstream_error', 401)
    queued(router.submit(request({ a: 1 }), 401))
    expect(retryMs()).toBe(600)
  })

  it('refuses to wait at all when it may wait 0 ms', () => {
    const router = routerOf([model('a', 1)])
    router.submit(request({ a: 1 }), 0)
    const submission = router.submit(request({ a: 1 }, { maxWaitMs: 0 }), 0)
    expect(submission).toEqual({ kind: 'rejected', outcome: 'expired_in_queue', retryAfterMs: 1_000 })
  })

  it('is over at expiresMs: dropped by expire, and never given a slot freed at or after that time', () => {
    const router = routerOf([model('a', 1)], { maxWaitMs: 100, queue: { rescueMs: 0 } })
    const lease = admitted(router.submit(request({ a: 1 }), 0))
    const long = queued(router.submit(request({ a: 1 }, { maxWaitMs: 500 }), 0))
    const short = queued(router.submit(request({ a: 1 }, { maxWaitMs: 50 }), 0))
    const usual = queued(router.submit(request({ a: 1 }), 0))
    expect(router.nextWakeMs()).toBe(50)
    expect(router.wake(49).dropped).toEqual([])
    expect(router.wake(50).dropped).toMatchObject([{ ticket: short, outcome: 'expired_in_queue' }])
    expect(router.nextWakeMs()).toBe(100)
    const handed = router.settle(lease.id, 'completed', 100)
    expect(handed.dropped).toMatchObject([{ ticket: usual, outcome: 'expired_in_queue' }])
    expect(handed.admitted.map(({ ticket }) => ticket)).toEqual([long])
    expect(router.nextWakeMs()).toBeUndefined()
  })

  it('ends with cancel, once', () => {
    const router = routerOf([model('a', 1)])
    const lease = admitted(router.submit(request({ a: 1 }), 0))
    const [, gone] = times(3, () => queued(router.submit(request({ a: 1 }), 0)))
    expect(router.cancel(gone?.id ?? 0, 1)).toBe(true)
    expect(router.cancel(gone?.id ?? 0, 1)).toBe(false)
    expect(router.cancel(12_345, 1)).toBe(false)
    expect(router.counters()).toMatchObject({ waiting: 2, outcomes: { cancelled_in_queue: 1 } })
    expect(router.settle(lease.id, 'completed', 2).admitted).toHaveLength(1)
  })
})

describe('settling', () => {
  it('is done once; again it changes nothing but a counter', () => {
    const router = routerOf([model('a', 2)])
    const [lease] = times(2, () => admitted(router.submit(request({ a: 1 }), 0)))
    const id = lease?.id ?? 0
    expect(router.settle(id, 'client_gone', 5)).toEqual({ admitted: [], dropped: [], settled: true, lease })
    expect(router.settle(id, 'completed', 6)).toEqual({ admitted: [], dropped: [], settled: false })
    expect(router.counters()).toMatchObject({
      duplicateSettles: 1,
      inFlight: 1,
      outcomes: { client_gone: 1, completed: 0 },
    })
  })

  it('learns latency from whole answers only, and time to first token once per lease', () => {
    const router = routerOf([model('a', 5)])
    const [slow, fast, failed] = times(3, () => admitted(router.submit(request({ a: 1 }), 0)).id)
    expect(router.firstToken(slow ?? 0, 30)).toBe(true)
    expect(router.firstToken(slow ?? 0, 90)).toBe(false)
    router.settle(failed ?? 0, 'upstream_error', 31)
    expect(loadOf(router, 'a', 31)).toMatchObject({ avgLatencyMs: null, avgFirstTokenMs: 30 })
    router.settle(slow ?? 0, 'completed', 100)
    expect(loadOf(router, 'a', 100)).toMatchObject({ avgLatencyMs: 100 })
    router.settle(fast ?? 0, 'completed', 200)
    expect(loadOf(router, 'a', 200)?.avgLatencyMs).toBeCloseTo(110)
    expect(router.firstToken(fast ?? 0, 201)).toBe(false)
  })

  it('releases everything of a lost owner exactly once, and nobody else’s', () => {
    const router = routerOf([model('a', 2), model('b', 1)])
    const mine = admitted(router.submit(request({ a: 1 }, { owner: 'dead' }), 0))
    const other = admitted(router.submit(request({ a: 1 }, { owner: 'alive' }), 0))
    admitted(router.submit(request({ b: 1 }, { owner: 'dead' }), 0))
    const orphan = queued(router.submit(request({ a: 1 }, { owner: 'dead' }), 0))
    const heirs = [{ a: 1 }, { b: 1 }].map((scores) =>
      queued(router.submit(request(scores, { owner: 'alive' }), 0)),
    )
    const lost = router.ownerLost('dead', 7)
    expect(lost.dropped).toMatchObject([
      { ticket: orphan, outcome: 'cancelled_in_queue', retryAfterMs: null },
    ])
    expect(lost.admitted.map(({ ticket }) => ticket)).toEqual(heirs)
    expect(router.ownerLost('dead', 8)).toEqual({ admitted: [], dropped: [] })
    expect(router.settle(mine.id, 'completed', 9).settled).toBe(false)
    expect(router.settle(other.id, 'completed', 9).settled).toBe(true)
    expect(router.counters()).toMatchObject({ duplicateSettles: 1, outcomes: { instance_lost: 2 } })
  })
})

describe('changing models live', () => {
  it('hands the slots of a raised limit over at once', () => {
    const router = routerOf([model('a', 1)])
    router.submit(request({ a: 1 }), 0)
    const waiting = times(3, () => queued(router.submit(request({ a: 1 }), 0)))
    const raised = router.setModel(model('a', 3), 1)
    expect(raised.admitted.map(({ ticket }) => ticket)).toEqual(waiting.slice(0, 2))
  })

  it('starts nothing after a cut below in-flight until enough has drained', () => {
    const router = routerOf([model('a', 3)])
    const leases = times(3, () => admitted(router.submit(request({ a: 1 }), 0)))
    queued(router.submit(request({ a: 1 }), 0))
    router.setModel(model('a', 1), 1)
    expect(loadOf(router, 'a')).toMatchObject({ inFlight: 3, utilization: 3, isOverloaded: true })
    const handed = leases.map(({ id }) => router.settle(id, 'completed', 2).admitted.length)
    expect(handed).toEqual([0, 0, 1])
  })

  it('drops those left without capacity when a limit is cut to 0, and serves others when it is raised again', () => {
    const router = routerOf([model('a', 1), model('b', 1)])
    for (const id of ['a', 'b']) router.submit(request({ [id]: 1 }), 0)
    const only = queued(router.submit(request({ a: 1 }), 0))
    const either = queued(router.submit(request({ a: 2, b: 1 }), 0))
    expect(router.setModel(model('a', 0), 1).dropped).toMatchObject([
      { ticket: only, outcome: 'rejected_no_model', retryAfterMs: null },
    ])
    expect(router.submit(request({ a: 1 }), 1)).toMatchObject({ outcome: 'rejected_no_model' })
    expect(router.setModel(model('a', 2), 2).admitted).toMatchObject([
      { ticket: either, lease: { modelId: 'a' } },
    ])
  })

  it('serves new requests with an added model', () => {
    const router = routerOf([])
    expect(router.submit(request({ a: 1 }), 0)).toMatchObject({
      outcome: 'rejected_no_model',
      retryAfterMs: null,
    })
    router.setModel(model('a', 1), 1)
    expect(admitted(router.submit(request({ a: 1 }), 1)).modelId).toBe('a')
  })

  it('removes a model: leases finish, those waiting lose it, and keep their order among those they join', () => {
    const router = routerOf([model('a', 1), model('b', 1, 2)])
    const [onA, onB] = ['a', 'b'].map((id) => admitted(router.submit(request({ [id]: 1 }), 0)))
    const b1 = queued(router.submit(request({ b: 1 }), 1))
    const both = queued(router.submit(request({ a: 2, b: 1 }), 2))
    const onlyA = queued(router.submit(request({ a: 1 }), 3))
    const noRoom = queued(router.submit(request({ a: 2, b: 1 }), 4))
    expect(router.removeModel('a', 5).dropped).toMatchObject([
      { ticket: onlyA, outcome: 'rejected_no_model' },
      { ticket: noRoom, outcome: 'rejected_queue_full' },
    ])
    expect(router.loads(5).map((load) => [load.modelId, load.queueDepth])).toEqual([['b', 2]])
    const b2 = router.submit(request({ b: 1 }), 6)
    expect(b2).toMatchObject({ outcome: 'rejected_queue_full' })
    expect(router.settle(onA?.id ?? 0, 'completed', 7)).toMatchObject({ settled: true, admitted: [] })
    const next = router.settle(onB?.id ?? 0, 'completed', 8).admitted[0]
    expect(next?.ticket?.id).toBe(b1.id)
    const last = router.settle(next?.lease.id ?? 0, 'completed', 9).admitted[0]
    expect(last?.ticket).toEqual({ ...both, homeModelId: 'b' })
    expect(router.removeModel('never', 10)).toEqual({ admitted: [], dropped: [] })
  })

  it('keeps counting the leases of a removed model that comes back before it has drained', () => {
    const router = routerOf([model('a', 1)])
    const lease = admitted(router.submit(request({ a: 1 }), 0))
    router.removeModel('a', 1)
    router.setModel(model('a', 1), 2)
    const ticket = queued(router.submit(request({ a: 1 }), 3))
    expect(router.settle(lease.id, 'completed', 4).admitted.map((one) => one.ticket)).toEqual([ticket])
  })

  it('closes for good: those waiting and all who come are told to go elsewhere, leases go on', () => {
    const router = routerOf([model('a', 1)])
    const lease = admitted(router.submit(request({ a: 1 }), 0))
    const waiting = times(2, () => queued(router.submit(request({ a: 1 }), 0)))
    const refusal = { outcome: 'rejected_draining', retryAfterMs: 1_000 }
    expect(router.close(1).dropped).toEqual(waiting.map((ticket) => ({ ticket, ...refusal })))
    expect(router.submit(request({ a: 1 }), 2)).toEqual({ kind: 'rejected', ...refusal })
    expect(router.close(3)).toEqual({ admitted: [], dropped: [] })
    expect(router.settle(lease.id, 'completed', 4).settled).toBe(true)
  })
})

describe('load seen at the model', () => {
  it('takes slots for the requests of others, and gives them back when they are gone', () => {
    const router = routerOf([model('a', 3)])
    admitted(router.submit(request({ a: 1 }), 0))
    router.reportLoad('a', { activeRequests: 3, queueDepth: 4, avgLatencyMs: 70 }, 1)
    expect(loadOf(router, 'a', 1)).toMatchObject({
      activeRequests: 3,
      inFlight: 1,
      queueDepth: 4,
      avgLatencyMs: 70,
      utilization: 1,
      isOverloaded: true,
    })
    const ticket = queued(router.submit(request({ a: 1 }), 2))
    expect(router.reportLoad('a', { activeRequests: 2 }, 3).admitted.map((one) => one.ticket)).toEqual([
      ticket,
    ])
    expect(router.reportLoad('never', { activeRequests: 2 }, 3)).toEqual({ admitted: [], dropped: [] })
  })

  it('reads a model that reports less than we sent as serving ours alone', () => {
    const router = routerOf([model('a', 3)])
    times(2, () => router.submit(request({ a: 1 }), 0))
    router.reportLoad('a', { activeRequests: 0 }, 1)
    expect(loadOf(router, 'a', 1)).toMatchObject({ activeRequests: 2, inFlight: 2 })
  })

  it('weighs a silent model as full, uses it all the same when nothing else is free, and only what was left', () => {
    const router = routerOf([model('a', 3), model('b', 1)], { staleAfterMs: 100 })
    router.reportLoad('a', { activeRequests: 1 }, 0)
    expect(loadOf(router, 'a', 100)).toMatchObject({ isStale: false })
    expect(loadOf(router, 'a', 101)).toMatchObject({ isStale: true, utilization: null, isOverTarget: true })
    const scores = { a: 90, b: 55 }
    const given = times(3, () => router.submit(request(scores), 101))
    expect(modelsOf(given)).toEqual(['b', 'a', 'a'])
    expect(router.submit(request(scores), 101).kind).toBe('queued')
    router.reportLoad('a', { activeRequests: 3 }, 102)
    expect(loadOf(router, 'a', 102)).toMatchObject({ isStale: false, utilization: 1 })
  })

  it('never goes stale for a model that has never reported', () => {
    const router = routerOf([model('a', 1)], { staleAfterMs: 1 })
    expect(loadOf(router, 'a', 1e12)).toMatchObject({ isStale: false, utilization: 0, lastUpdatedMs: null })
  })
})

/** Matches a `LoadstarError` by its code, and by its field when given. */
const refusal = (code: string, field?: string) =>
  expect.objectContaining(field === undefined ? { code } : { code, field }) as Error

describe('misuse', () => {
  const router = () => routerOf([model('a', 1)])
  const bad = (value: unknown) => value as never

  it.each([NaN, -1, Infinity])('is refused where time is %d, and changes nothing', (nowMs) => {
    const subject = router()
    const lease = admitted(subject.submit(request({ a: 1 }), 0))
    const before = JSON.stringify([subject.counters(), subject.loads(0)])
    const badTime = refusal('OPTION_INVALID', 'now_ms')
    for (const call of [
      () => subject.submit(request({ a: 1 }), nowMs),
      () => subject.firstToken(lease.id, nowMs),
      () => subject.settle(lease.id, 'completed', nowMs),
      () => subject.cancel(1, nowMs),
      () => subject.wake(nowMs),
      () => subject.ownerLost('', nowMs),
      () => subject.setModel(model('b', 1), nowMs),
      () => subject.removeModel('a', nowMs),
      () => subject.close(nowMs),
      () => subject.reportLoad('a', { activeRequests: 1 }, nowMs),
      () => subject.loads(nowMs),
    ]) {
      expect(call).toThrow(badTime)
    }
    expect(JSON.stringify([subject.counters(), subject.loads(0)])).toBe(before)
  })

  it.each([
    [[{ modelId: 'a', score: NaN }], 'SCORES_INVALID', 'candidates[0].score'],
    [[{ modelId: 'a', score: -1 }], 'SCORES_INVALID', 'candidates[0].score'],
    [[{ modelId: 'x', score: Infinity }], 'SCORES_INVALID', 'candidates[0].score'],
    [
      [
        { modelId: 'a', score: bad('9') },
        { modelId: 'a', score: 1 },
      ],
      'DUPLICATE_ID',
      'candidates[1].model_id',
    ],
    [['x', 'a', 'x'].map((modelId) => ({ modelId, score: 1 })), 'DUPLICATE_ID', 'candidates[2].model_id'],
  ])('refuses candidates %j', (candidates, code, field) => {
    const subject = router()
    expect(() => subject.submit({ requestId: 'r', candidates }, 0)).toThrow(refusal(code, field))
    expect(subject.counters().submitted).toBe(0)
  })

  it('refuses a wait, an outcome and a lease that cannot be', () => {
    const subject = router()
    expect(() => subject.submit(request({ a: 1 }, { maxWaitMs: NaN }), 0)).toThrow(refusal('OPTION_INVALID'))
    const { id } = admitted(subject.submit(request({ a: 1 }), 0))
    expect(() => subject.settle(id, bad('finished') as LeaseOutcome, 0)).toThrow(refusal('OPTION_INVALID'))
    for (const never of [0, id + 1, 0.5, NaN]) {
      expect(() => subject.settle(never, 'completed', 0)).toThrow(refusal('ID_INVALID'))
    }
    expect(subject.counters()).toMatchObject({ inFlight: 1, duplicateSettles: 0 })
  })

  it.each([
    [{ ...model('a', 1.5) }, 'CAPACITY_INVALID', 'models[0].max_concurrent'],
    [{ ...model('a', -1) }, 'CAPACITY_INVALID', 'models[0].max_concurrent'],
    [{ ...model('a', 1, NaN) }, 'CAPACITY_INVALID', 'models[0].max_queue'],
    [{ ...model('a', 1, 1, 0) }, 'CAPACITY_INVALID', 'models[0].target_utilization'],
    [{ ...model('a', 1, 1, 1.1) }, 'CAPACITY_INVALID', 'models[0].target_utilization'],
    [{ ...model('', 1) }, 'ID_INVALID', 'models[0].id'],
  ])('refuses the model %j', (one, code, field) => {
    expect(() => routerOf([one])).toThrow(refusal(code, field))
    const subject = router()
    const live = refusal(code, field.replace('models[0]', 'model'))
    expect(() => subject.setModel(one, 0)).toThrow(live)
    expect(loadOf(subject, 'a')).toMatchObject({ maxConcurrent: 1 })
  })

  it('refuses two models of one id, and options and reports out of range', () => {
    expect(() => routerOf([model('a', 1), model('a', 2)])).toThrow(refusal('DUPLICATE_ID', 'models[1].id'))
    expect(() => routerOf([], { loadWeight: 1.1 })).toThrow(refusal('OPTION_INVALID', 'load_weight'))
    expect(() => routerOf([], { maxWaitMs: -1 })).toThrow(refusal('OPTION_INVALID', 'max_wait_ms'))
    expect(() => routerOf([], { staleAfterMs: NaN })).toThrow(refusal('OPTION_INVALID', 'stale_after_ms'))
    const subject = router()
    for (const report of [
      { activeRequests: -1 },
      { activeRequests: 0.5 },
      { activeRequests: 0, queueDepth: NaN },
      { activeRequests: 0, avgLatencyMs: -1 },
    ]) {
      expect(() => subject.reportLoad('a', report, 0)).toThrow(/^load\./)
    }
    expect(loadOf(subject, 'a')).toMatchObject({ lastUpdatedMs: null })
  })

  it('reads a time that goes backwards as the latest one seen', () => {
    const subject = routerOf([model('a', 1)], { maxWaitMs: 50 })
    const lease = admitted(subject.submit(request({ a: 1 }), 100))
    expect(queued(subject.submit(request({ a: 1 }), 20))).toMatchObject({ enqueuedMs: 100, expiresMs: 150 })
    const handed = subject.settle(lease.id, 'completed', 5)
    expect(handed.admitted[0]?.lease).toMatchObject({ acquiredMs: 100, waitedMs: 0 })
    expect(loadOf(subject, 'a')).toMatchObject({ avgLatencyMs: 0, lastUpdatedMs: 100 })
  })
})
