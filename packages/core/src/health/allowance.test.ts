import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { refillMs, slotsWithin } from './allowance.js'

const allowance = fc
  .record({ limit: fc.integer({ min: 1, max: 10_000 }), used: fc.nat(10_000), resetMs: fc.nat(60_000) })
  .map(({ limit, used, resetMs }) => ({ limit, remaining: Math.max(0, limit - used), resetMs }))
const perRequest = fc.integer({ min: 1, max: 20_000 })

describe('slotsWithin', () => {
  it('lets through no more until the reset than the limit, or one request at a time', () => {
    fc.assert(
      fc.property(allowance, perRequest, fc.integer({ min: 1, max: 30_000 }), (told, each, serviceMs) => {
        fc.pre(told.resetMs > 0)
        const slots = slotsWithin(told, each, serviceMs)
        expect(slots).toBeGreaterThanOrEqual(1)
        const used = (slots * each * told.resetMs) / serviceMs
        if (slots > 1) expect(used).toBeLessThanOrEqual(told.limit * (1 + 1e-9))
      }),
    )
  })

  it('is 30 where 600 requests a minute take three seconds each, and no limit while nothing is used', () => {
    expect(slotsWithin({ limit: 600, remaining: 0, resetMs: 60_000 }, 1, 3_000)).toBe(30)
    expect(slotsWithin({ limit: 600, remaining: 600, resetMs: 0 }, 1, 3_000)).toBe(Infinity)
    expect(slotsWithin({ limit: 90_000, remaining: 1, resetMs: 60_000 }, 1_500, 10_000)).toBe(10)
  })
})

describe('refillMs', () => {
  it('waits for nothing that is there, and never longer than until it is full again', () => {
    fc.assert(
      fc.property(allowance, perRequest, (told, each) => {
        const ms = refillMs(told, each)
        if (told.remaining >= each) expect(ms).toBe(0)
        expect(ms).toBeGreaterThanOrEqual(0)
        expect(ms).toBeLessThanOrEqual(told.resetMs)
      }),
    )
  })

  it('waits for one request’s worth at the even rate', () => {
    expect(refillMs({ limit: 60, remaining: 0, resetMs: 60_000 }, 1)).toBe(1_000)
    expect(refillMs({ limit: 1_000, remaining: 400, resetMs: 30_000 }, 700)).toBe(15_000)
    expect(refillMs({ limit: 1_000, remaining: 400, resetMs: 30_000 }, 5_000)).toBe(30_000)
  })
})
