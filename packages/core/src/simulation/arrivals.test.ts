import { describe, expect, it } from 'vitest'
import { seededRandom } from '../random.js'
import { type Arrivals, arrivalTimes, meanRate } from './arrivals.js'

const PROCESSES: readonly Arrivals[] = [
  { kind: 'poisson', perSecond: 8 },
  { kind: 'batches', perSecond: 8, meanSize: 5 },
  { kind: 'hyperexponential', perSecond: 8, cv: 3 },
  { kind: 'on_off', perSecond: 8, onShare: 0.25, meanOnMs: 2_000 },
  {
    kind: 'phases',
    phases: [
      { durationMs: 3_000, perSecond: 0 },
      { durationMs: 5_000, perSecond: 4 },
      { durationMs: 2_000, perSecond: 30 },
    ],
  },
]

function timesOf(arrivals: Arrivals, count: number, pace = 1, seed = 1): number[] {
  const times = arrivalTimes(arrivals, pace, seededRandom(seed))
  return Array.from({ length: count }, () => times.next())
}

function variation(gaps: readonly number[]): number {
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
  return Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length) / mean
}

describe('arrivals', () => {
  it.each(PROCESSES)('come in order, at their mean rate times the pace: $kind', (arrivals) => {
    for (const pace of [1, 2.5]) {
      const times = timesOf(arrivals, 60_000, pace)
      expect(times.every((atMs, index) => index === 0 || atMs >= (times[index - 1] as number))).toBe(true)
      const perSecond = (1_000 * times.length) / (times.at(-1) as number)
      expect(perSecond / (meanRate(arrivals) * pace)).toBeCloseTo(1, 1)
    }
  })

  it('of a hyperexponential vary as asked, of a Poisson process by 1', () => {
    const gapsOf = (arrivals: Arrivals) =>
      timesOf(arrivals, 200_000).map((atMs, index, times) => atMs - (times[index - 1] ?? 0))
    expect(variation(gapsOf({ kind: 'hyperexponential', perSecond: 8, cv: 3 }))).toBeCloseTo(3, 0)
    expect(variation(gapsOf({ kind: 'poisson', perSecond: 8 }))).toBeCloseTo(1, 1)
  })

  it('of phases come only where the rate is above 0', () => {
    const [, , , , arrivals] = PROCESSES
    for (const atMs of timesOf(arrivals as Arrivals, 1_000))
      expect(atMs % 10_000).toBeGreaterThanOrEqual(3_000)
  })

  it('of a trace are its own, and then none', () => {
    const records = [
      { atMs: 5, classId: 'a' },
      { atMs: 90, classId: 'a' },
    ]
    expect(timesOf({ kind: 'trace', records }, 3, 2)).toEqual([2.5, 45, Infinity])
  })
})
