import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { betaQuantile, regularizedBeta } from './beta.js'
import { credibleInterval, declaredStrength, estimateQuality, NO_VOTES, strengthShift } from './quality.js'

const strengths = fc.double({ min: 0, max: 1, noNaN: true })
const votes = fc
  .tuple(fc.double({ min: 0, max: 1e4, noNaN: true }), strengths)
  .map(([weight, mean]) => ({ weight, sum: weight * mean }))
const modes = fc.constantFrom('blend', 'replace' as const)

describe('the quality of a model', () => {
  it('is what was declared while nobody has voted, to the last bit', () => {
    fc.assert(
      fc.property(strengths, modes, (declared, mode) => {
        expect(strengthShift(declared, NO_VOTES, { mode })).toBe(0)
        expect(Math.abs(estimateQuality(declared, NO_VOTES, { mode }).mean - declared)).toBeLessThanOrEqual(
          0.0101,
        )
      }),
    )
  })

  it('is blended as ten votes of the declared strength: 0.9 and ten votes of 0.5 make 0.7', () => {
    expect(estimateQuality(0.9, { weight: 10, sum: 5 }).mean).toBeCloseTo(0.7, 12)
    expect(strengthShift(0.9, { weight: 10, sum: 5 })).toBeCloseTo(-0.2, 12)
  })

  it('is that of the votes alone where they replace it, from as many as it weighs on', () => {
    const replace = { mode: 'replace', priorWeight: 10 } as const
    expect(estimateQuality(0.9, { weight: 9, sum: 0 }, replace).mean).toBeCloseTo(9 / 19, 12)
    expect(estimateQuality(0.9, { weight: 10, sum: 0 }, replace).mean).toBeCloseTo(0.5 / 11, 12)
    expect(strengthShift(0.9, { weight: 1000, sum: 0 }, { mode: 'off' })).toBe(0)
  })

  it('lies within 0..1, in its interval, which narrows with votes', () => {
    fc.assert(
      fc.property(strengths, votes, modes, (declared, cast, mode) => {
        const quality = estimateQuality(declared, cast, { mode })
        const { low, high } = credibleInterval(quality)
        expect(0 <= low && low <= high && high <= 1).toBe(true)
        expect(quality.mean > 0 && quality.mean < 1).toBe(true)
        const more = estimateQuality(quality.mean, { weight: 1e5, sum: 1e5 * quality.mean }, { mode })
        expect(more.deviation).toBeLessThanOrEqual(quality.deviation)
      }),
    )
  })

  it('is declared by the mean strength over what the task type requires', () => {
    expect(declaredStrength({ coding: 0.8, reasoning: 0.6 }, 'coding')).toBeCloseTo(0.7, 12)
    expect(declaredStrength({}, 'math')).toBe(0)
  })
})

describe('the Beta distribution', () => {
  it('has the known quantiles', () => {
    // Each has a closed form: uniform, a power, symmetric, arcsine.
    expect(betaQuantile(0.025, 1, 1)).toBeCloseTo(0.025, 10)
    expect(betaQuantile(0.025, 9, 1)).toBeCloseTo(0.025 ** (1 / 9), 10)
    expect(betaQuantile(0.5, 2, 2)).toBeCloseTo(0.5, 10)
    expect(betaQuantile(0.975, 0.5, 0.5)).toBeCloseTo(Math.sin((Math.PI / 2) * 0.975) ** 2, 10)
  })

  it('is inverted: the probability of a quantile is the one asked for', () => {
    const parameter = fc.double({ min: 0.5, max: 2_000, noNaN: true })
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        parameter,
        parameter,
        (p, alpha, beta) => {
          expect(regularizedBeta(betaQuantile(p, alpha, beta), alpha, beta)).toBeCloseTo(p, 6)
        },
      ),
    )
  })
})
