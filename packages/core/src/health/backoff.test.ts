import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../random.js'
import { backoffMs } from './backoff.js'

describe('backoffMs', () => {
  it('stays between the least and the most, and below twice the span of the attempt before', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_000 }),
        fc.integer({ min: 1, max: 5_000 }),
        fc.integer({ min: 0, max: 100_000 }),
        fc.integer(),
        (attempt, leastMs, extraMs, seed) => {
          const backoff = { leastMs, mostMs: leastMs + extraMs }
          const ms = backoffMs(attempt, backoff, seededRandom(seed))
          expect(ms).toBeGreaterThanOrEqual(leastMs)
          expect(ms).toBeLessThanOrEqual(backoff.mostMs)
          expect(ms).toBeLessThanOrEqual(leastMs * 2 ** attempt)
        },
      ),
    )
  })

  it('is drawn from the whole span, which doubles with each attempt', () => {
    const random = seededRandom(7)
    const mean = (attempt: number) => {
      const times = Array.from({ length: 20_000 }, () =>
        backoffMs(attempt, { leastMs: 1_000, mostMs: 60_000 }, random),
      )
      return times.reduce((sum, ms) => sum + ms, 0) / times.length
    }
    expect(mean(1) / 1_500).toBeCloseTo(1, 1)
    expect(mean(2) / 2_500).toBeCloseTo(1, 1)
    expect(mean(3) / 4_500).toBeCloseTo(1, 1)
    expect(mean(9) / 30_500).toBeCloseTo(1, 1)
  })
})
