import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RecentCounts } from './recent.js'

describe('RecentCounts', () => {
  it('counts what came within nine tenths of the window, and nothing older than the window', () => {
    const event = fc.record({ gapMs: fc.nat(700), good: fc.boolean() })
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), fc.nat(1_500), (events, laterMs) => {
        const recent = new RecentCounts(1_000)
        const seen: { atMs: number; good: boolean }[] = []
        let now = 0
        for (const { gapMs, good } of events) {
          now += gapMs
          if (good) recent.addGood(now)
          else recent.addBad(now)
          seen.push({ atMs: now, good })
        }
        now += laterMs
        for (const good of [true, false]) {
          const told = good ? recent.good(now) : recent.bad(now)
          const within = (ms: number) => seen.filter((e) => e.good === good && now - e.atMs < ms).length
          expect(told).toBeGreaterThanOrEqual(within(900))
          expect(told).toBeLessThanOrEqual(within(1_000))
        }
      }),
    )
  })

  it('reads a time that goes backwards as the latest one seen', () => {
    const recent = new RecentCounts(1_000)
    recent.addGood(5_000)
    recent.addBad(100)
    expect([recent.good(5_899), recent.bad(5_899)]).toEqual([1, 1])
    expect([recent.good(6_000), recent.bad(0)]).toEqual([0, 0])
  })

  it('forgets everything when told to', () => {
    const recent = new RecentCounts(1_000)
    recent.addGood(10)
    recent.addBad(500)
    recent.forget()
    expect([recent.good(500), recent.bad(500)]).toEqual([0, 0])
  })
})
