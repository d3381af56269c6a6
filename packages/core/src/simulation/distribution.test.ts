import { describe, expect, it } from 'vitest'
import { seededRandom } from '../random.js'
import { checkDistribution, type Distribution, drawFrom, meanOf } from './distribution.js'

const DISTRIBUTIONS: readonly Distribution[] = [
  { kind: 'constant', value: 7 },
  { kind: 'uniform', low: 2, high: 10 },
  { kind: 'exponential', mean: 4 },
  { kind: 'log_normal', median: 3, sigma: 0.6 },
  { kind: 'log_normal_mean', mean: 5, cv: 1.2 },
]

describe('a distribution', () => {
  it.each(DISTRIBUTIONS)('has the mean it says: $kind', (distribution) => {
    const random = seededRandom(3)
    const draws = Array.from({ length: 50_000 }, () => drawFrom(distribution, random(), random()))
    expect(Math.min(...draws.slice(0, 1_000))).toBeGreaterThanOrEqual(0)
    const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length
    expect(mean / meanOf(distribution)).toBeCloseTo(1, 1)
  })

  it('is refused with the field that is out of range', () => {
    const bad: readonly [Distribution, string][] = [
      [{ kind: 'uniform', low: 3, high: 2 }, 'x.high must be ≥ low (3), got 2'],
      [{ kind: 'exponential', mean: 0 }, 'x.mean must be a finite number > 0, got 0'],
      [{ kind: 'log_normal', median: 1, sigma: -1 }, 'x.sigma must be a finite number ≥ 0, got -1'],
      [{ kind: 'log_normal_mean', mean: NaN, cv: 1 }, 'x.mean must be a finite number ≥ 0, got NaN'],
    ]
    for (const [distribution, message] of bad) {
      expect(() => checkDistribution(distribution, 'x')).toThrow(message)
    }
  })
})
