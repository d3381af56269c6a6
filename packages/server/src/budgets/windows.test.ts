import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CalendarWindow } from './calendar-window.js'
import { SlidingMinute } from './sliding-minute.js'

const START_MS = Date.UTC(2026, 10, 26, 12)

describe('the last minute', () => {
  it('is what a list of everything spent says, second by second, corrections included', () => {
    const spending = fc.record({
      waitMs: fc.nat({ max: 40_000 }),
      amount: fc.integer({ min: 1, max: 9 }),
      back: fc.nat({ max: 9 }),
    })
    fc.assert(
      fc.property(fc.array(spending, { maxLength: 60 }), (all) => {
        const window = new SlidingMinute()
        const list: { second: number; amount: number }[] = []
        let nowMs = START_MS
        for (const { waitMs, amount, back } of all) {
          nowMs += waitMs
          const second = window.add([1, amount, 0], nowMs)
          list.push({ second, amount })
          const given = Math.min(back, amount)
          window.correct(second, [0, -given, 0], nowMs + 30_000)
          list.push({ second, amount: -given })
          nowMs += 30_000
          const live = list.filter((spent) => spent.second > Math.floor(nowMs / 1_000) - 60)
          expect(window.spent(1, nowMs)).toBe(live.reduce((sum, spent) => sum + spent.amount, 0))
        }
      }),
    )
  })

  it('tells when enough is forgotten, and then it is', () => {
    const window = new SlidingMinute()
    window.add([1, 300, 0], START_MS)
    window.add([1, 500, 0], START_MS + 10_000)
    expect(window.msUntilFreed(1, 300, START_MS + 20_000)).toBe(40_000)
    expect(window.msUntilFreed(1, 301, START_MS + 20_000)).toBe(50_000)
    expect(window.msUntilFreed(1, 0, START_MS + 20_000)).toBe(0)
    expect(window.spent(1, START_MS + 59_999)).toBe(800)
    expect(window.spent(1, START_MS + 60_000)).toBe(500)
    expect(window.spent(1, START_MS + 500_000)).toBe(0)
  })
})

describe('a window of the calendar', () => {
  it.each([
    ['day', Date.UTC(2026, 10, 27)],
    ['month', Date.UTC(2026, 11, 1)],
  ] as const)('a %s ends in UTC, and begins anew with nothing', (span, endMs) => {
    const window = new CalendarWindow(span)
    window.add([1, 10, 0.5], START_MS)
    expect(window.msUntilReset(START_MS)).toBe(endMs - START_MS)
    expect(window.spent(1, endMs - 1)).toBe(10)
    expect(window.spent(1, endMs)).toBe(0)
  })

  it('takes a correction of its own time only', () => {
    const window = new CalendarWindow('day')
    const booked = window.add([1, 10, 0], START_MS)
    window.correct(booked, [0, -4, 0], START_MS)
    expect(window.spent(1, START_MS)).toBe(6)
    const nextMs = Date.UTC(2026, 10, 27, 1)
    window.correct(booked, [0, -6, 0], nextMs)
    expect(window.spent(1, nextMs)).toBe(0)
  })

  it('is restored from what was taken to be stored, all of it and once', () => {
    const window = new CalendarWindow('day')
    const rows = []
    for (let i = 0; i < 5; i++) {
      window.add([1, i, 0.25], START_MS)
      rows.push(window.takeUnsaved())
    }
    expect(window.takeUnsaved()).toBeUndefined()
    const again = new CalendarWindow('day')
    for (const row of rows) if (row) again.restore(row.startsMs, row.amounts, START_MS)
    expect([0, 1, 2].map((i) => again.spent(i, START_MS))).toEqual([5, 10, 1.25])
    expect(again.takeUnsaved()).toBeUndefined()
    const next = new CalendarWindow('day')
    for (const row of rows) if (row) next.restore(row.startsMs, row.amounts, Date.UTC(2026, 10, 27, 1))
    expect(next.spent(1, Date.UTC(2026, 10, 27, 1))).toBe(0)
  })
})
