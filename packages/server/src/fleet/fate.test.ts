import { describe, expect, test } from 'vitest'
import { drawFate, slowdown } from './fate.js'
import { seededRandom } from '@loadstar/core'
import { parseFleet, type ModelServerSpec } from './spec.js'

function spec(model: object): ModelServerSpec {
  const [only] = parseFleet({ models: [{ id: 'm', max_concurrent: 50, ...model }] }, 'test').models
  if (only === undefined) throw new Error('no model')
  return only
}

describe('slowdown', () => {
  test('is none up to the knee, then grows evenly to its factor at the limit', () => {
    const kneed = spec({ slowdown: { knee: 0.8, factor_at_limit: 3 } })
    expect([0, 1, 40].map((active) => slowdown(active, kneed))).toEqual([1, 1, 1])
    expect(slowdown(45, kneed)).toBeCloseTo(2)
    expect(slowdown(50, kneed)).toBeCloseTo(3)
  })

  test('is none anywhere with the knee at the limit', () => {
    expect(slowdown(50, spec({ slowdown: { knee: 1, factor_at_limit: 3 } }))).toBe(1)
  })
})

describe('drawFate', () => {
  test('deals faults in their shares', () => {
    const faults = {
      error: 0.1,
      stall: 0.05,
      cut: 0.2,
      nonsense: 0.15,
      slow: 0.1,
      throttle: 0.1,
      lapse: 0.05,
    }
    const model = spec({ faults })
    const random = seededRandom(2)
    const counts: Record<string, number> = {}
    for (let draw = 0; draw < 20_000; draw += 1) {
      const kind = drawFate(random, model).fault ?? 'none'
      counts[kind] = (counts[kind] ?? 0) + 1
    }
    for (const [kind, share] of Object.entries({ ...faults, none: 0.25 })) {
      expect((counts[kind] ?? 0) / 20_000).toBeCloseTo(share, 1)
    }
  })

  test('draws the same latencies whatever the shares of faults', () => {
    const latencies = (faults: object): number[] => {
      const random = seededRandom(9)
      const model = spec({ faults })
      return Array.from({ length: 50 }, () => drawFate(random, model).firstTokenMs)
    }
    expect(latencies({ error: 0.5, cut: 0.5 })).toEqual(latencies({}))
  })

  test('makes a slow request as many times longer as it says', () => {
    const plain = drawFate(seededRandom(4), spec({}))
    const slow = drawFate(seededRandom(4), spec({ faults: { slow: 1, slow_factor: 5 } }))
    expect(slow.firstTokenMs).toBeCloseTo(plain.firstTokenMs * 5)
    expect(slow.tokenMs).toBeCloseTo(plain.tokenMs * 5)
  })
})
