import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LoadTracker } from './tracker.js'

const model = (id: string, maxConcurrent: number, targetUtilization = 0.8) => ({
  id,
  maxConcurrent,
  maxQueue: 5,
  targetUtilization,
})

function tracking(maxConcurrent: number, targetUtilization?: number): LoadTracker {
  const tracker = new LoadTracker({ staleAfterMs: 60_000 })
  tracker.setModel(model('a', maxConcurrent, targetUtilization))
  return tracker
}

describe('LoadTracker', () => {
  it('counts as many in flight as were acquired and not released, and never below zero', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (steps) => {
        const tracker = tracking(10)
        let expected = 0
        steps.forEach((isAcquire, now) => {
          if (isAcquire) {
            tracker.acquire('a', now)
            expected++
          } else {
            expect(tracker.release('a', now)).toBe(expected > 0)
            expected = Math.max(0, expected - 1)
          }
          expect(tracker.load('a', now)).toMatchObject({ inFlight: expected, utilization: expected / 10 })
        })
      }),
    )
  })

  it('is over target exactly when in-flight / max_concurrent is greater than the target, read as decimals', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 200 }),
        fc.nat(200),
        (percent, maxConcurrent, inFlight) => {
          const tracker = tracking(maxConcurrent, percent / 100)
          for (let i = 0; i < Math.min(inFlight, maxConcurrent); i++) tracker.acquire('a', 0)
          const active = Math.min(inFlight, maxConcurrent)
          expect(tracker.load('a', 0)?.isOverTarget).toBe(active * 100 > percent * maxConcurrent)
        },
      ),
    )
  })

  it('reads the utilization of a model without capacity as 0, and as overloaded', () => {
    const tracker = tracking(0)
    expect(tracker.load('a', 0)).toMatchObject({ utilization: 0, isOverloaded: true, isOverTarget: false })
  })

  it('averages service times with the newest counting one tenth', () => {
    const tracker = tracking(5)
    const serve = (serviceMs?: number) => {
      tracker.acquire('a', 0)
      tracker.release('a', 1, serviceMs)
      return tracker.load('a', 1)?.avgLatencyMs
    }
    expect(serve()).toBeNull()
    expect(serve(100)).toBe(100)
    expect(serve(200)).toBeCloseTo(110)
    expect(serve()).toBeCloseTo(110)
    expect(serve(0)).toBeCloseTo(99)
  })

  it('counts what a report exceeds our own as others’ until the next one, and goes stale after it', () => {
    const tracker = tracking(10)
    tracker.acquire('a', 0)
    expect(tracker.reportLoad('a', { activeRequests: 4 }, 5)).toBe(true)
    tracker.acquire('a', 6)
    expect(tracker.load('a', 6)).toMatchObject({ activeRequests: 5, inFlight: 2, lastUpdatedMs: 6 })
    expect(tracker.load('a', 60_005)).toMatchObject({ isStale: false, utilization: 0.5 })
    expect(tracker.load('a', 60_006)).toMatchObject({ isStale: true, utilization: null, isOverTarget: true })
    expect(tracker.reportLoad('b', { activeRequests: 4 }, 5)).toBe(false)
  })

  it('lists models in the order they were added, without those removed, whose requests can still be released', () => {
    const tracker = tracking(1)
    tracker.setModel(model('b', 1))
    tracker.acquire('a', 0)
    expect(tracker.removeModel('a')).toBe(true)
    expect(tracker.removeModel('a')).toBe(false)
    expect(tracker.loads(0).map((load) => load.modelId)).toEqual(['b'])
    expect(tracker.load('a', 0)).toBeUndefined()
    expect(() => tracker.acquire('a', 1)).toThrow(expect.objectContaining({ code: 'UNKNOWN_MODEL' }))
    expect(tracker.release('a', 1)).toBe(true)
    expect(() => tracker.release('a', 2)).toThrow(expect.objectContaining({ code: 'UNKNOWN_MODEL' }))
  })

  it.each([NaN, -1])('refuses times of %d and changes nothing', (ms) => {
    const tracker = tracking(1)
    const refusal = expect.objectContaining({ code: 'OPTION_INVALID' }) as Error
    expect(() => tracker.acquire('a', ms)).toThrow(refusal)
    tracker.acquire('a', 0)
    expect(() => tracker.release('a', ms)).toThrow(refusal)
    expect(() => tracker.release('a', 1, ms)).toThrow(refusal)
    expect(() => tracker.reportLoad('a', { activeRequests: 1 }, ms)).toThrow(refusal)
    expect(() => new LoadTracker({ staleAfterMs: ms })).toThrow(refusal)
    expect(tracker.load('a', 0)).toMatchObject({ inFlight: 1, avgLatencyMs: null })
  })
})
