import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rampExceedsMs, rampSlots, type SlowStart } from './slow-start.js'

const ramp: fc.Arbitrary<SlowStart> = fc.record({
  windowMs: fc.integer({ min: 0, max: 100_000 }),
  minShare: fc.double({ min: 0, max: 1, noNaN: true }),
  aggression: fc.double({ min: 0.1, max: 10, noNaN: true }),
})
const full = fc.integer({ min: 1, max: 300 })

describe('slow start', () => {
  it('gives from one slot to all of them, never fewer than before, and all at the end', () => {
    fc.assert(
      fc.property(ramp, full, fc.nat(100_000), fc.nat(1_000), (config, slots, atMs, laterMs) => {
        const early = rampSlots(slots, atMs, config)
        expect(early).toBeGreaterThanOrEqual(1)
        expect(early).toBeLessThanOrEqual(slots)
        expect(rampSlots(slots, atMs + laterMs, config)).toBeGreaterThanOrEqual(early)
        expect(rampSlots(slots, config.windowMs, config)).toBe(slots)
      }),
    )
  })

  it('has grown by the time it says it will, and does not say so long after', () => {
    fc.assert(
      fc.property(ramp, full, fc.nat(100_000), (config, slots, atMs) => {
        const early = rampSlots(slots, atMs, config)
        fc.pre(early < slots)
        const growsMs = rampExceedsMs(early, slots, config)
        expect(growsMs).toBeGreaterThan(atMs)
        expect(rampSlots(slots, growsMs, config)).toBeGreaterThan(early)
        expect(rampSlots(slots, Math.max(0, growsMs - 1.001), config)).toBeLessThanOrEqual(early)
      }),
    )
  })

  it('starts with its least share and grows evenly at aggression 1, earlier above it', () => {
    const even = { windowMs: 1_000, minShare: 0.1, aggression: 1 }
    expect([0, 100, 199, 200, 500, 999, 1_000].map((ms) => rampSlots(10, ms, even))).toEqual([
      1, 1, 1, 2, 5, 9, 10,
    ])
    expect(rampSlots(10, 250, { ...even, aggression: 2 })).toBe(5)
  })
})
