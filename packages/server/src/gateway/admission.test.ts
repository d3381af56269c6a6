import { Router, type Candidate, type Lease } from '@loadstar/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Admission, type Entry, type Verdict } from './admission.js'

const MODEL = { id: 'm', maxConcurrent: 1, maxQueue: 2, targetUtilization: 1 }
const CANDIDATES: readonly Candidate[] = [{ modelId: 'm', score: 50 }]

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

function world(model = MODEL) {
  // Without bids: their prices would be reckoned by a timer of their own.
  const router = new Router([model], { policy: 'weighted_load' })
  return { router, admission: new Admission(router, Date.now) }
}

let requests = 0
function enter(admission: Admission, maxWaitMs = 1_000): Entry {
  return admission.enter({ requestId: `r${++requests}`, candidates: CANDIDATES, maxWaitMs })
}

async function lease({ verdict }: Entry): Promise<Lease> {
  const decided = await verdict
  if (decided.kind !== 'granted') throw new Error(`not granted but ${decided.kind}`)
  return decided.lease
}

/** Follows a verdict without waiting for it. */
function watch({ verdict }: Entry): { current?: Verdict } {
  const seen: { current?: Verdict } = {}
  void verdict.then((decided) => (seen.current = decided))
  return seen
}

describe('admission', () => {
  it('hands a freed slot to the one who waits longest, never to a newcomer', async () => {
    const { router, admission } = world()
    const first = await lease(enter(admission))
    const second = enter(admission)
    const third = watch(enter(admission))
    admission.settle(first, 'completed')
    expect(router.counters()).toMatchObject({ inFlight: 1, waiting: 1 })
    const next = await lease(second)
    expect(third.current).toBeUndefined()
    admission.settle(next, 'completed')
    await vi.advanceTimersByTimeAsync(0)
    expect(third.current?.kind).toBe('granted')
  })

  it('refuses at once when the queue is full, and does not let wait who will not', async () => {
    const { admission } = world()
    await lease(enter(admission))
    expect(await enter(admission, 0).verdict).toMatchObject({ kind: 'refused', outcome: 'expired_in_queue' })
    enter(admission)
    enter(admission)
    expect(await enter(admission).verdict).toMatchObject({ kind: 'refused', outcome: 'rejected_queue_full' })
  })

  it('refuses each who waits at its own deadline, however they are ordered', async () => {
    const { admission } = world()
    await lease(enter(admission))
    const late = watch(enter(admission, 500))
    const soon = watch(enter(admission, 100))
    await vi.advanceTimersByTimeAsync(99)
    expect([soon.current, late.current]).toEqual([undefined, undefined])
    await vi.advanceTimersByTimeAsync(2)
    expect(soon.current).toMatchObject({ kind: 'refused', outcome: 'expired_in_queue' })
    expect(late.current).toBeUndefined()
    await vi.advanceTimersByTimeAsync(400)
    expect(late.current).toMatchObject({ kind: 'refused', outcome: 'expired_in_queue' })
    expect(vi.getTimerCount()).toBe(0)
  })

  it('lets go of who leaves the queue, and only of who waits', async () => {
    const { router, admission } = world()
    const running = enter(admission)
    const held = await lease(running)
    const waiting = enter(admission)
    waiting.leave()
    waiting.leave()
    expect(await waiting.verdict).toEqual({ kind: 'left' })
    running.leave()
    expect(router.counters()).toMatchObject({ inFlight: 1, waiting: 0 })
    admission.settle(held, 'completed')
    expect(router.counters()).toMatchObject({ inFlight: 0, waiting: 0 })
  })

  it('keeps a slot that was handed over before its taker left, until it is settled', async () => {
    const { router, admission } = world()
    const first = await lease(enter(admission))
    const second = enter(admission)
    admission.settle(first, 'completed')
    second.leave()
    expect(router.counters()).toMatchObject({ inFlight: 1 })
    admission.settle(await lease(second), 'client_gone')
    expect(router.counters()).toMatchObject({ inFlight: 0 })
  })

  it('frees a slot once, however often its lease is settled', async () => {
    const { router, admission } = world({ ...MODEL, maxConcurrent: 2 })
    const first = await lease(enter(admission))
    await lease(enter(admission))
    admission.settle(first, 'completed')
    admission.settle(first, 'upstream_error')
    expect(router.counters()).toMatchObject({ inFlight: 1, duplicateSettles: 1 })
  })

  it('gives those who wait what a change of limits sets free', async () => {
    const { router, admission } = world()
    await lease(enter(admission))
    const second = enter(admission)
    const third = enter(admission)
    admission.apply(router.setModel({ ...MODEL, maxConcurrent: 3 }, Date.now()))
    expect([(await second.verdict).kind, (await third.verdict).kind]).toEqual(['granted', 'granted'])
  })

  it('refuses newcomers and those who wait once closed, and lets running requests end', async () => {
    const { router, admission } = world()
    const held = await lease(enter(admission))
    const waiting = enter(admission)
    admission.close()
    expect(await waiting.verdict).toMatchObject({ kind: 'refused', outcome: 'rejected_draining' })
    expect(await enter(admission).verdict).toMatchObject({ kind: 'refused', outcome: 'rejected_draining' })
    expect(router.counters()).toMatchObject({ inFlight: 1, waiting: 0 })
    admission.settle(held, 'completed')
    expect(router.counters()).toMatchObject({ inFlight: 0 })
  })
})
