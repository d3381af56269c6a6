import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LatencyWindow } from './latency.js'

const latency = fc.double({ min: 0.01, max: 1e6, noNaN: true })

function nearestRank(sorted: readonly number[], q: number): number {
  return sorted[Math.ceil(q * sorted.length) - 1] ?? NaN
}

describe('LatencyWindow', () => {
  it('tells every percentile within 2 % of the nearest rank, and count, ends and mean exactly', () => {
    fc.assert(
      fc.property(fc.array(latency, { minLength: 1, maxLength: 300 }), (values) => {
        const window = new LatencyWindow(60_000)
        for (const value of values) window.record(value, 1_000)
        const summary = window.snapshot(1_000)
        const sorted = [...values].sort((a, b) => a - b)
        expect(summary.count).toBe(values.length)
        expect(summary.min).toBe(sorted[0])
        expect(summary.max).toBe(sorted.at(-1))
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length
        expect(Math.abs((summary.avg ?? NaN) - mean)).toBeLessThanOrEqual(mean * 1e-9)
        for (const [told, q] of [
          [summary.p50, 0.5],
          [summary.p95, 0.95],
          [summary.p99, 0.99],
        ] as const) {
          const exact = nearestRank(sorted, q)
          expect(Math.abs((told ?? NaN) - exact)).toBeLessThanOrEqual(exact * 0.02)
        }
      }),
    )
  })

  it('forgets a value between nine tenths of the window and the whole of it', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.integer({ min: 1, max: 600 }), fc.nat(2_000), (at, tenthMs, later) => {
        const window = new LatencyWindow(tenthMs * 10)
        window.record(5, at)
        const { count } = window.snapshot(at + later)
        if (later <= tenthMs * 9) expect(count).toBe(1)
        if (later >= tenthMs * 10) expect(count).toBe(0)
      }),
    )
  })

  it('counts only what the window still holds after slices have been used again', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3_000), latency), { minLength: 1, maxLength: 80 }), (steps) => {
        const window = new LatencyWindow(10_000)
        const recorded: { slice: number; value: number }[] = []
        let now = 0
        for (const [gap, value] of steps) {
          now += gap
          window.record(value, now)
          recorded.push({ slice: Math.floor(now / 1_000), value })
          const live = recorded.filter(({ slice }) => slice > Math.floor(now / 1_000) - 10)
          const summary = window.snapshot(now)
          expect(summary.count).toBe(live.length)
          expect(summary.max).toBe(Math.max(...live.map((entry) => entry.value)))
        }
      }),
    )
  })

  it('reads a time that goes backwards as the latest one seen', () => {
    const window = new LatencyWindow(10_000)
    window.record(1, 50_000)
    window.record(2, 3_000)
    expect(window.snapshot(0).count).toBe(2)
    expect(window.snapshot(50_000)).toMatchObject({ min: 1, max: 2, avg: 1.5 })
  })

  it('says null, not zero, where nothing was recorded', () => {
    const nothing = { count: 0, min: null, max: null, avg: null, p50: null, p95: null, p99: null }
    expect(new LatencyWindow().snapshot(0)).toEqual(nothing)
  })

  it('keeps values beyond its range at its ends', () => {
    const window = new LatencyWindow()
    window.record(0, 0)
    window.record(1e9, 0)
    expect(window.snapshot(0)).toMatchObject({ count: 2, min: 0, max: 1e9 })
  })

  it.each([
    [NaN, 0, 'value_ms'],
    [-1, 0, 'value_ms'],
    [Infinity, 0, 'value_ms'],
    [1, NaN, 'now_ms'],
    [1, -1, 'now_ms'],
  ])('refuses to record %d at %d', (value, now, field) => {
    const window = new LatencyWindow()
    expect(() => window.record(value, now)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', field }),
    )
    expect(window.snapshot(0).count).toBe(0)
  })

  it.each([0, -5, NaN, Infinity])('refuses a window of %d ms', (windowMs) => {
    expect(() => new LatencyWindow(windowMs)).toThrow(expect.objectContaining({ field: 'window_ms' }))
  })
})
