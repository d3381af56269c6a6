import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DiscoveredLimit } from './discovered.js'

const allowance = fc.record({
  limit: fc.integer({ min: 1, max: 1_000 }),
  remaining: fc.nat(1_000),
  resetMs: fc.nat(60_000),
})
const size = fc.record({
  serviceMs: fc.integer({ min: 1, max: 60_000 }),
  tokens: fc.integer({ min: 1, max: 9_000 }),
})
const SIZE = { serviceMs: 3_000, tokens: 1_000 }

describe('DiscoveredLimit', () => {
  it('proposes from its least (or the cap, where that is less) to the cap, whatever it is told', () => {
    const event = fc.record({
      gapMs: fc.nat(90_000),
      limits: fc.record({ requests: allowance, tokens: allowance }, { requiredKeys: [] }),
      size,
      times: fc.record({ firstTokenMs: fc.nat(3_000), outputTokenMs: fc.nat(100) }, { requiredKeys: [] }),
    })
    fc.assert(
      fc.property(fc.array(event), fc.nat(50), fc.integer({ min: 1, max: 9 }), (events, cap, least) => {
        const limit = new DiscoveredLimit()
        let now = 0
        for (const { gapMs, limits, size, times } of events) {
          now += gapMs
          expect(limit.told(limits, size, now)).toBeLessThanOrEqual(60_000)
          if (cap > 0) limit.answered(times, cap, cap)
          const slots = limit.slots(cap, least, now)
          expect(slots).toBeGreaterThanOrEqual(Math.min(least, cap))
          expect(slots).toBeLessThanOrEqual(cap)
        }
      }),
    )
  })

  it('holds what the headers said until they are full again, and follows the scarcer allowance', () => {
    const limit = new DiscoveredLimit()
    const requests = { limit: 600, remaining: 10, resetMs: 60_000 }
    expect(limit.told({ requests }, SIZE, 0)).toBe(0)
    expect(limit.slots(100, 1, 59_999)).toBe(30)
    expect(limit.risesMs(59_999)).toBe(60_000)
    expect(limit.slots(100, 1, 60_000)).toBe(100)
    expect(limit.risesMs(60_000)).toBe(Infinity)
    const tokens = { limit: 200_000, remaining: 0, resetMs: 60_000 }
    expect(limit.told({ requests, tokens }, SIZE, 70_000)).toBe(300)
    expect(limit.slots(100, 1, 70_000)).toBe(10)
  })
})
