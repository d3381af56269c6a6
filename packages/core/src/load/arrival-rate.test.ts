import { describe, expect, it } from 'vitest'
import { ArrivalRate } from './arrival-rate.js'

describe('an arrival rate', () => {
  it('is zero before anything came, and that of a steady stream after a while', () => {
    const rate = new ArrivalRate()
    expect(rate.perMs(1e6)).toBe(0)
    for (let nowMs = 0; nowMs <= 200_000; nowMs += 100) rate.note(nowMs)
    expect(rate.perMs(200_000)).toBeCloseTo(0.01, 3)
  })

  it('fades when nothing comes any more', () => {
    const rate = new ArrivalRate()
    for (let nowMs = 0; nowMs <= 100_000; nowMs += 100) rate.note(nowMs)
    const before = rate.perMs(100_000)
    expect(rate.perMs(120_000)).toBeCloseTo(before / Math.E, 6)
  })
})
