import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../random.js'
import { ServiceTime } from './service-time.js'

describe('service time', () => {
  it('is not known before the first answer, and then its mean', () => {
    const service = new ServiceTime()
    expect([service.meanMs, service.expectedMs(10)]).toEqual([undefined, undefined])
    service.observe(400, undefined)
    service.observe(600, undefined)
    expect([service.meanMs, service.expectedMs(10)]).toEqual([500, 500])
  })

  it('is the line of a model that takes so long to begin and so long per token, whatever these are', () => {
    const times = fc.record({
      firstMs: fc.integer({ min: 0, max: 5_000 }),
      tokenMs: fc.integer({ min: 1, max: 100 }),
      seed: fc.integer(),
    })
    fc.assert(
      fc.property(times, ({ firstMs, tokenMs, seed }) => {
        const random = seededRandom(seed)
        const service = new ServiceTime()
        for (let i = 0; i < 50; i++) {
          const tokens = Math.floor(random() * 1_000)
          service.observe(firstMs + tokens * tokenMs, tokens)
        }
        const expected = firstMs + 300 * tokenMs
        expect(Math.abs((service.expectedMs(300) ?? NaN) - expected)).toBeLessThan(1e-6 * expected)
      }),
    )
  })

  it('follows a model that has become slower', () => {
    const service = new ServiceTime()
    for (let i = 0; i < 200; i++) service.observe(1_000 + i, 100 + (i % 10))
    for (let i = 0; i < 300; i++) service.observe(5_000, 100 + (i % 10))
    expect(service.meanMs).toBeGreaterThan(4_900)
    expect(service.expectedMs(100)).toBeGreaterThan(4_900)
  })

  it('never falls with the length of an answer, nor below zero', () => {
    const answers = fc.array(fc.tuple(fc.nat(10_000), fc.nat(1_000)), { minLength: 10, maxLength: 40 })
    fc.assert(
      fc.property(answers, (list) => {
        const service = new ServiceTime()
        for (const [ms, tokens] of list) service.observe(ms, tokens)
        const [short, long] = [0, 10_000].map((tokens) => service.expectedMs(tokens) ?? NaN)
        expect(short).toBeGreaterThanOrEqual(-1e-6)
        expect(long).toBeGreaterThanOrEqual((short ?? NaN) - 1e-6)
      }),
    )
  })

  it('is that of the pace a model was given until ten answers have told', () => {
    const service = new ServiceTime()
    service.setPace({ firstTokenMs: 200, outputTokenMs: 10 })
    expect(service.expectedMs(50)).toBe(700)
    for (let i = 0; i < 9; i++) service.observe(5_000, 50)
    expect(service.expectedMs(50)).toBe(700)
    service.observe(5_000, 50)
    expect(service.expectedMs(50)).toBeCloseTo(5_000, 6)
  })
})
