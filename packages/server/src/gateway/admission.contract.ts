import { Router, type Candidate, type Lease } from '@loadstar/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Admission, Entry, Verdict } from './admission.js'
import { LocalAdmission } from './local-admission.js'

const MODEL = { id: 'm', maxConcurrent: 1, maxQueue: 2, targetUtilization: 1 }
const CANDIDATES: readonly Candidate[] = [{ modelId: 'm', score: 50 }]

/** What an implementation has to bring: a door to the one that sits at the router, and a way to wait for what is under way. */
interface DoorTo {
  readonly admission: Admission
  /** Resolves when everything said through the door so far has arrived at either end. */
  readonly arrived: () => Promise<void>
}

/** One suite for every way to the router. @param doorTo - opens the implementation's door to a router's own. */
export function admissionContract(name: string, doorTo: (local: LocalAdmission) => DoorTo): void {
  beforeEach(() => vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] }))
  afterEach(() => vi.useRealTimers())

  function world(model = MODEL) {
    // Without bids: their prices would be reckoned by a timer of their own.
    const router = new Router([model], { policy: 'weighted_load' })
    const local = new LocalAdmission(router, Date.now)
    return { router, local, ...doorTo(local) }
  }

  describe(`admission ${name}`, () => {
    it('hands a freed slot to the one who waits longest, never to a newcomer', async () => {
      const { router, admission, arrived } = world()
      const first = await lease(enter(admission))
      const second = enter(admission)
      const third = watch(enter(admission))
      admission.settle(first, 'completed')
      await arrived()
      expect(router.counters()).toMatchObject({ inFlight: 1, waiting: 1 })
      const next = await lease(second)
      expect(third.current).toBeUndefined()
      admission.settle(next, 'completed')
      await arrived()
      expect(third.current?.kind).toBe('granted')
    })

    it('refuses at once when the queue is full, and does not let wait who will not', async () => {
      const { admission } = world()
      await lease(enter(admission))
      expect(await enter(admission, 0).verdict).toMatchObject({
        kind: 'refused',
        outcome: 'expired_in_queue',
      })
      enter(admission)
      enter(admission)
      expect(await enter(admission).verdict).toMatchObject({
        kind: 'refused',
        outcome: 'rejected_queue_full',
      })
    })

    it('refuses each who waits at its own deadline, however they are ordered', async () => {
      const { admission, arrived } = world()
      await lease(enter(admission))
      const late = watch(enter(admission, 500))
      const soon = watch(enter(admission, 100))
      await arrived()
      await vi.advanceTimersByTimeAsync(99)
      await arrived()
      expect([soon.current, late.current]).toEqual([undefined, undefined])
      await vi.advanceTimersByTimeAsync(2)
      await arrived()
      expect(soon.current).toMatchObject({ kind: 'refused', outcome: 'expired_in_queue' })
      expect(late.current).toBeUndefined()
      await vi.advanceTimersByTimeAsync(400)
      await arrived()
      expect(late.current).toMatchObject({ kind: 'refused', outcome: 'expired_in_queue' })
      expect(vi.getTimerCount()).toBe(0)
    })

    it('lets go of who leaves the queue, and only of who waits', async () => {
      const { router, admission, arrived } = world()
      const running = enter(admission)
      const held = await lease(running)
      const waiting = enter(admission)
      waiting.leave()
      waiting.leave()
      expect(await waiting.verdict).toEqual({ kind: 'left' })
      running.leave()
      await arrived()
      expect(router.counters()).toMatchObject({ inFlight: 1, waiting: 0 })
      admission.settle(held, 'completed')
      await arrived()
      expect(router.counters()).toMatchObject({ inFlight: 0, waiting: 0 })
    })

    it('keeps a slot that was handed over before its taker left, until it is settled', async () => {
      const { router, admission, arrived } = world()
      const first = await lease(enter(admission))
      const second = enter(admission)
      await arrived()
      admission.settle(first, 'completed')
      second.leave()
      await arrived()
      expect(router.counters()).toMatchObject({ inFlight: 1 })
      admission.settle(await lease(second), 'client_gone')
      await arrived()
      expect(router.counters()).toMatchObject({ inFlight: 0 })
    })

    it('frees a slot once, however often its lease is settled', async () => {
      const { router, admission, arrived } = world({ ...MODEL, maxConcurrent: 2 })
      const first = await lease(enter(admission))
      await lease(enter(admission))
      admission.settle(first, 'completed')
      admission.settle(first, 'upstream_error')
      await arrived()
      expect(router.counters()).toMatchObject({ inFlight: 1, duplicateSettles: 1 })
    })

    it('gives those who wait what a change of limits sets free', async () => {
      const { router, local, admission, arrived } = world()
      await lease(enter(admission))
      const second = enter(admission)
      const third = enter(admission)
      await arrived()
      local.apply(router.setModel({ ...MODEL, maxConcurrent: 3 }, Date.now()))
      expect([(await second.verdict).kind, (await third.verdict).kind]).toEqual(['granted', 'granted'])
    })

    it('refuses newcomers and those who wait once closed, and lets running requests end', async () => {
      const { router, admission, arrived } = world()
      const held = await lease(enter(admission))
      const waiting = enter(admission)
      admission.close()
      expect(await waiting.verdict).toMatchObject({ kind: 'refused', outcome: 'rejected_draining' })
      expect(await enter(admission).verdict).toMatchObject({ kind: 'refused', outcome: 'rejected_draining' })
      await arrived()
      expect(router.counters()).toMatchObject({ inFlight: 1, waiting: 0 })
      admission.settle(held, 'completed')
      await arrived()
      expect(router.counters()).toMatchObject({ inFlight: 0 })
    })

    it('takes a slot that is free at once, and counts nothing when there is none', async () => {
      const { router, admission, arrived } = world()
      const request = { requestId: 'r', candidates: CANDIDATES }
      const taken = await admission.take(request)
      expect(taken?.lease).toMatchObject({ modelId: 'm', requestId: 'r', waitedMs: 0 })
      expect(await admission.take(request)).toBeUndefined()
      await arrived()
      expect(router.counters()).toMatchObject({ inFlight: 1, submitted: 1 })
    })

    it('tells the terms of a decision to who asks for them', async () => {
      const { admission } = world()
      const asked = admission.enter({ requestId: 'r', candidates: CANDIDATES, explain: true })
      expect(await asked.verdict).toMatchObject({
        kind: 'granted',
        decision: { policy: 'weighted_load', modelId: 'm', considered: [{ modelId: 'm', score: 50 }] },
      })
      const refused = admission.enter({ requestId: 'r', candidates: CANDIDATES, maxWaitMs: 0, explain: true })
      expect(await refused.verdict).toMatchObject({ kind: 'refused', decision: { margin: null } })
    })

    it('says how long a request waited', async () => {
      const { admission, arrived } = world()
      const held = await lease(enter(admission))
      const waiting = enter(admission)
      await arrived()
      vi.advanceTimersByTime(30)
      admission.settle(held, 'completed')
      expect((await lease(waiting)).waitedMs).toBe(30)
    })

    it('fails on what the router does not take, and goes on', async () => {
      const { admission } = world()
      const wrong = async () =>
        admission.enter({ requestId: 'r', candidates: [{ modelId: 'm', score: -1 }] }).verdict
      await expect(wrong()).rejects.toThrow('candidates[0].score must be a finite number ≥ 0, got -1')
      expect(await enter(admission).verdict).toMatchObject({ kind: 'granted' })
    })
  })
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
  void Promise.resolve(verdict).then((decided) => (seen.current = decided))
  return seen
}
