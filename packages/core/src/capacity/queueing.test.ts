import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { erlangC, expectedWaitMs, offeredLoad, slotsForWait } from './queueing.js'

const pool = { arrivalsPerS: 10, serviceMs: 1_000, arrivalCv2: 1, serviceCv2: 1 }

describe('Erlang C', () => {
  it('has the values of its tables', () => {
    expect(erlangC(1, 0.5)).toBeCloseTo(0.5, 12)
    expect(erlangC(2, 1)).toBeCloseTo(1 / 3, 12)
    expect(erlangC(10, 8)).toBeCloseTo(0.4092, 4)
    expect(erlangC(8, 8)).toBe(1)
  })

  it('is the sum it is defined by, where that can be computed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (slots, share) => {
          const load = share * slots
          let term = 1
          let sum = 1
          for (let n = 1; n < slots; n++) sum += term *= load / n
          const all = (term * (load / slots)) / (1 - load / slots)
          expect(erlangC(slots, load)).toBeCloseTo(all / (sum + all), 9)
        },
      ),
    )
  })
})

describe('the expected wait', () => {
  it('is that of M/M/1 for one slot', () => {
    const single = { arrivalsPerS: 0.8, serviceMs: 1_000, arrivalCv2: 1, serviceCv2: 1 }
    expect(expectedWaitMs(single, 1)).toBeCloseTo(4_000, 6)
    // Pollaczek and Khinchine: half of it where all take equally long.
    expect(expectedWaitMs({ ...single, serviceCv2: 0 }, 1)).toBeCloseTo(2_000, 6)
  })

  it('has no end where more comes than can be served', () => {
    expect(expectedWaitMs(pool, 10)).toBe(Infinity)
    expect(offeredLoad(pool)).toBe(10)
  })

  it('the advised slots are the fewest that reach the target', () => {
    const pools = fc.record({
      arrivalsPerS: fc.double({ min: 0.1, max: 200, noNaN: true }),
      serviceMs: fc.double({ min: 1, max: 20_000, noNaN: true }),
      arrivalCv2: fc.double({ min: 0, max: 9, noNaN: true }),
      serviceCv2: fc.double({ min: 0, max: 9, noNaN: true }),
    })
    fc.assert(
      fc.property(pools, fc.double({ min: 1, max: 5_000, noNaN: true }), (some, targetMs) => {
        const slots = slotsForWait(some, targetMs)
        expect(expectedWaitMs(some, slots)).toBeLessThanOrEqual(targetMs)
        if (slots > 1) expect(expectedWaitMs(some, slots - 1)).toBeGreaterThan(targetMs)
      }),
    )
  })
})
