import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadFactor } from './load-factor.js'
import { roundToMicropoint } from './points.js'

const share = fc.double({ min: 0, max: 1, noNaN: true })

describe('loadFactor', () => {
  it('lowers 90 to 73.8 at six tenths', () => {
    const factor = loadFactor({ utilization: 0.6, targetUtilization: 0.8, loadWeight: 0.3 })
    expect(roundToMicropoint(90 * factor)).toBe(73.8)
  })

  it('takes a further fifth above target', () => {
    const factor = loadFactor({ utilization: 0.9, targetUtilization: 0.8, loadWeight: 0.3 })
    expect(factor).toBeCloseTo(0.73 * 0.8, 12)
  })

  it('does not count exactly at target as above it, for any number of slots and however the target was computed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 1e6 }), (a, b) => {
        const [active, slots] = a < b ? [a, b] : [b, a]
        const utilization = active / slots
        for (const targetUtilization of [utilization, utilization / 3 + utilization / 1.5].filter(
          (t) => t <= 1,
        )) {
          expect(loadFactor({ utilization, targetUtilization, loadWeight: 0 })).toBe(1)
        }
        const above = { utilization: (active + 1) / slots, targetUtilization: utilization, loadWeight: 0 }
        if (active < slots) expect(loadFactor(above)).toBe(0.8)
      }),
    )
    expect(loadFactor({ utilization: 40 / 50, targetUtilization: 0.8, loadWeight: 0 })).toBe(1)
    expect(loadFactor({ utilization: 40 / 50, targetUtilization: 0.1 + 0.7, loadWeight: 0 })).toBe(1)
  })

  it('never rises with utilization and stays within 0..1', () => {
    fc.assert(
      fc.property(share, share, share, share, (one, other, target, loadWeight) => {
        const targetUtilization = target || 1
        const at = (utilization: number) => loadFactor({ utilization, targetUtilization, loadWeight })
        expect(at(Math.max(one, other))).toBeLessThanOrEqual(at(Math.min(one, other)))
        expect(at(one)).toBeGreaterThanOrEqual(0)
        expect(at(one)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('reads unknown load as no better than full, whatever the target', () => {
    fc.assert(
      fc.property(share, share, (target, loadWeight) => {
        const terms = { targetUtilization: target || 1, loadWeight }
        const full = loadFactor({ ...terms, utilization: 1 })
        expect(loadFactor({ ...terms, utilization: null })).toBeLessThanOrEqual(full)
        expect(loadFactor({ ...terms, utilization: 1.5 })).toBe(full)
      }),
    )
  })

  it.each([
    ['load_weight', { loadWeight: 1.1 }],
    ['load_weight', { loadWeight: NaN }],
    ['utilization', { utilization: -0.1 }],
    ['utilization', { utilization: NaN }],
    ['target_utilization', { targetUtilization: 0 }],
    ['target_utilization', { targetUtilization: NaN }],
  ])('refuses %s out of range', (field, change) => {
    const terms = { utilization: 0.5, targetUtilization: 0.8, loadWeight: 0.3, ...change }
    expect(() => loadFactor(terms)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID', field }))
  })
})
