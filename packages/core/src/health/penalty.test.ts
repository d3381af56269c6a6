import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FailurePenalty, type PenaltyTerms } from './penalty.js'

const TERMS: PenaltyTerms = { factor: 2, leastMs: 1_000, halfLifeMs: 10_000 }

describe('FailurePenalty', () => {
  it('is nothing without failures, positive after one, and never more than one failure costs', () => {
    const end = fc.record({ failed: fc.boolean(), gapMs: fc.nat(1_000) })
    fc.assert(
      fc.property(fc.array(end, { maxLength: 100 }), fc.nat(20_000), (ends, typicalMs) => {
        const penalty = new FailurePenalty(TERMS)
        let now = 0
        let hasFailed = false
        for (const { failed, gapMs } of ends) {
          now += gapMs
          hasFailed ||= failed
          const before = penalty.ms(typicalMs, now)
          penalty.observe(failed, now)
          const after = penalty.ms(typicalMs, now)
          if (failed) expect(after).toBeGreaterThan(before)
          else expect(after).toBeLessThanOrEqual(before)
          expect(after).toBeLessThanOrEqual(Math.max(1_000, 2 * typicalMs))
        }
        if (!hasFailed) expect(penalty.ms(typicalMs, now)).toBe(0)
      }),
    )
  })

  it('makes a model that always fails at once look slower than one that takes as long and works', () => {
    const penalty = new FailurePenalty(TERMS)
    for (let now = 0; now < 50; now += 5) penalty.observe(true, now)
    expect(penalty.ms(5, 50)).toBeGreaterThan(850)
    expect(penalty.ms(4_000, 50)).toBeGreaterThan(7_000)
  })

  it('fades by half each half-life, to nothing in the end', () => {
    const penalty = new FailurePenalty(TERMS)
    penalty.observe(true, 0)
    const first = penalty.ms(100, 0)
    expect(first).toBe(200)
    expect(penalty.ms(100, 10_000)).toBeCloseTo(first / 2)
    expect(penalty.ms(100, 30_000)).toBeCloseTo(first / 8)
    expect(penalty.ms(100, 200_000)).toBe(0)
  })

  it('is off with a factor of 0', () => {
    const penalty = new FailurePenalty({ ...TERMS, factor: 0 })
    penalty.observe(true, 0)
    expect(penalty.ms(10_000, 0)).toBe(0)
  })
})
