import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AnswerTimes, GradientLimit } from './gradient.js'

const times: fc.Arbitrary<AnswerTimes> = fc.oneof(
  fc.constant({}),
  fc.record({ firstTokenMs: fc.nat(5_000) }),
  fc.record({ firstTokenMs: fc.nat(5_000), outputTokenMs: fc.nat(200) }),
)

/** Answers of a model at its limit, `count` of them. */
function answer(limit: GradientLimit, cap: number, each: AnswerTimes, count: number): void {
  for (let i = 0; i < count; i++) limit.observe(each, limit.slots(cap), cap)
}

describe('GradientLimit', () => {
  it('proposes a whole number of slots from 1 to the cap, whatever the times and however the cap moves', () => {
    const step = fc.record({ times, inFlight: fc.nat(300), cap: fc.integer({ min: 1, max: 300 }) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
        const limit = new GradientLimit()
        for (const { times, inFlight, cap } of steps) {
          limit.observe(times, inFlight, cap)
          expect(limit.slots(cap)).toBeGreaterThanOrEqual(1)
          expect(limit.slots(cap)).toBeLessThanOrEqual(cap)
          expect(Number.isInteger(limit.slots(cap))).toBe(true)
        }
      }),
    )
  })

  it('learns nothing while less than half of the limit is in flight', () => {
    fc.assert(
      fc.property(fc.array(times, { maxLength: 100 }), fc.integer({ min: 2, max: 300 }), (answers, cap) => {
        const limit = new GradientLimit()
        for (const each of answers) limit.observe(each, Math.ceil(cap / 2) - 1, cap)
        expect(limit.slots(cap)).toBe(cap)
      }),
    )
  })

  it('stays at the cap while times stay within half more than usual', () => {
    const limit = new GradientLimit()
    answer(limit, 40, { firstTokenMs: 100, outputTokenMs: 10 }, 200)
    answer(limit, 40, { firstTokenMs: 140, outputTokenMs: 14 }, 200)
    expect(limit.slots(40)).toBe(40)
  })

  it.each(['firstTokenMs', 'outputTokenMs'] as const)('falls when %s grows, for small models too', (slow) => {
    for (const cap of [5, 40, 200]) {
      const limit = new GradientLimit()
      const usual = { firstTokenMs: 100, outputTokenMs: 10 }
      answer(limit, cap, usual, 600)
      answer(limit, cap, { ...usual, [slow]: usual[slow] * 5 }, 40)
      expect(limit.slots(cap)).toBeLessThanOrEqual(cap / 2)
    }
  })

  it('finds back to the cap when times are as usual again', () => {
    const limit = new GradientLimit()
    answer(limit, 50, { firstTokenMs: 100 }, 600)
    answer(limit, 50, { firstTokenMs: 500 }, 40)
    answer(limit, 50, { firstTokenMs: 100 }, 200)
    expect(limit.slots(50)).toBe(50)
  })

  it('settles below the knee of a model whose tokens slow down beyond it', () => {
    const limit = new GradientLimit()
    const cap = 100
    // Below 60 at once each token takes 10 ms, above it grows with the square of what is too much.
    const outputTokenMs = (inFlight: number) => 10 * Math.max(1, inFlight / 60) ** 4
    for (let i = 0; i < 300; i++) limit.observe({ outputTokenMs: 10 }, 55, cap)
    for (let i = 0; i < 300; i++)
      limit.observe({ outputTokenMs: outputTokenMs(limit.slots(cap)) }, limit.slots(cap), cap)
    expect(limit.slots(cap)).toBeLessThan(80)
    expect(limit.slots(cap)).toBeGreaterThan(50)
  })
})
