import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scoreAdaptive, type AdaptiveOptions } from './adaptive.js'
import type { Performance } from './performance.js'

const known = (successRate: number, latencyMs: number | null, slowness: number | null = 1): Performance => ({
  requests: 100,
  successRate,
  latencyMs,
  slowness,
})

const performances = fc.record({
  requests: fc.double({ min: 0, max: 1e6, noNaN: true }),
  successRate: fc.double({ min: 0, max: 1, noNaN: true }),
  latencyMs: fc.option(fc.double({ min: 0, max: 1e7, noNaN: true })),
  slowness: fc.option(fc.double({ min: 0, max: 1e3, noNaN: true })),
})
const capabilities = fc.double({ min: 0, max: 100, noNaN: true })
const modes = fc.constantFrom<AdaptiveOptions>({}, { latencyMode: 'relative' })

describe('the adaptive score', () => {
  it('is 88.95 for capability 85, 99 % and 120 ms', () => {
    expect(scoreAdaptive(85, known(0.99, 120))).toEqual({
      score: 88.95,
      performanceScore: 94.875,
      adjustment: 3.95,
    })
  })

  it('is 76.05 halved for capability 88, 60 % and 450 ms', () => {
    expect(scoreAdaptive(88, known(0.6, 450))).toMatchObject({ score: 38.025, performanceScore: 58.125 })
  })

  it.each([
    [0, 100],
    [250, 75],
    [500, 50],
    [1000, 0],
    [5000, 0],
  ])('gives a latency of %d ms %d points', (latencyMs, points) => {
    const weights = { capability: 0, success: 0, latency: 1 }
    const { performanceScore } = scoreAdaptive(50, known(1, latencyMs), { weights })
    expect(performanceScore).toBe(points)
  })

  it('takes a fifth off beyond the acceptable latency, not at it; both penalties multiply', () => {
    const weights = { capability: 1, success: 0, latency: 0 }
    expect(scoreAdaptive(50, known(1, 500), { weights }).score).toBe(50)
    expect(scoreAdaptive(50, known(1, 501), { weights }).score).toBe(40)
    expect(scoreAdaptive(50, known(0.9, 501), { weights }).score).toBe(40)
    expect(scoreAdaptive(50, known(0.89, 501), { weights }).score).toBe(20)
  })

  it('is the capability score below ten requests, and measured from ten on', () => {
    const { score } = scoreAdaptive(85, { ...known(0, null), requests: 9.99 })
    expect(score).toBe(85)
    expect(scoreAdaptive(85, undefined)).toEqual({ score: 85, performanceScore: null, adjustment: null })
    expect(scoreAdaptive(85, { ...known(0, null), requests: 10 }).score).toBe(25.5)
  })

  it('judges long answers by how much longer than usual they took, where latency is relative', () => {
    const long = { ...known(1, 60_000, 1), requests: 50 }
    const relative = { latencyMode: 'relative' } as const
    expect(scoreAdaptive(80, long).score).toBeCloseTo((0.6 * 80 + 25) * 0.8, 6)
    expect(scoreAdaptive(80, long, relative).score).toBeCloseTo(0.6 * 80 + 25 + 0.15 * 75, 6)
    expect(scoreAdaptive(80, { ...long, slowness: 2 }, relative).score).toBeCloseTo(0.6 * 80 + 25 + 7.5, 6)
    expect(scoreAdaptive(80, { ...long, slowness: 4 }, relative).score).toBeCloseTo((0.6 * 80 + 25) * 0.8, 6)
  })

  it('stays within 0..100, whatever was measured', () => {
    fc.assert(
      fc.property(capabilities, performances, modes, (capability, performance, options) => {
        const weights = { capability: 0.61, success: 0.25, latency: 0.15 }
        for (const own of [options, { ...options, weights }]) {
          const { score } = scoreAdaptive(capability, performance, own)
          expect(score).toBeGreaterThanOrEqual(0)
          expect(score).toBeLessThanOrEqual(100)
        }
      }),
    )
  })

  it('never falls when more succeeds, when it is faster, or when the model is more capable', () => {
    const two = fc.tuple(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    )
    fc.assert(
      fc.property(two, two, two, modes, (success, latency, capability, options) => {
        const worse = known(Math.min(...success), 2e3 * Math.max(...latency), 8 * Math.max(...latency))
        const better = known(Math.max(...success), 2e3 * Math.min(...latency), 8 * Math.min(...latency))
        expect(scoreAdaptive(100 * Math.max(...capability), better, options).score).toBeGreaterThanOrEqual(
          scoreAdaptive(100 * Math.min(...capability), worse, options).score,
        )
      }),
    )
  })

  it('refuses weights that are more than a hundredth off one, naming them', () => {
    const weights = { capability: 0.6, success: 0.25, latency: 0.15 }
    expect(() => scoreAdaptive(1, undefined, { weights: { ...weights, latency: 0.16 } })).not.toThrow()
    expect(() => scoreAdaptive(1, undefined, { weights: { ...weights, latency: 0.17 } })).toThrow(
      'scoring.weights must sum to 1, within 0.01, got 1.02',
    )
    expect(() => scoreAdaptive(1, undefined, { weights: { ...weights, success: -1 } })).toThrow(
      'scoring.weights.success must be a finite number ≥ 0, got -1',
    )
    expect(() => scoreAdaptive(101, undefined)).toThrow('capability_score must be within 0..100, got 101')
    expect(() => scoreAdaptive(1, known(1.5, 1))).toThrow('performance.success_rate must be a number 0..1')
  })
})
