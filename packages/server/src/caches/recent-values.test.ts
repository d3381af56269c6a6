import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RecentValues } from './recent-values.js'

const ENTRY = 256

describe('recent values', () => {
  it('are those of a plain list kept in order of use, whatever is put, asked and however time goes by', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('put' as const), key: fc.nat(6), bytes: fc.nat(900) }),
      fc.record({ kind: fc.constant('get' as const), key: fc.nat(6) }),
      fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(60) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let nowMs = 0
        const values = new RecentValues<number>({ maxBytes: 2_000, ttlMs: 100, clock: () => nowMs })
        let list: { key: string; value: number; cost: number; untilMs: number }[] = []
        const sum = () => list.reduce((total, { cost }) => total + cost, 0)
        steps.forEach((each, value) => {
          if (each.kind === 'wait') {
            nowMs += each.ms
            return
          }
          const key = `k${each.key}`
          const found = list.find((kept) => kept.key === key)
          if (each.kind === 'get') {
            expect(values.get(key)).toBe(found && found.untilMs > nowMs ? found.value : undefined)
            list = list.filter((kept) => kept !== found)
            if (found && found.untilMs > nowMs) list.push(found)
          } else {
            values.put(key, value, each.bytes)
            list = list.filter((kept) => kept !== found)
            list.push({ key, value, cost: each.bytes + ENTRY, untilMs: nowMs + 100 })
            while (sum() > 2_000) list.shift()
          }
          expect([values.size, values.bytes]).toEqual([list.length, sum()])
        })
      }),
    )
  })

  it('leave out what would not fit alone, and what it would have replaced', () => {
    const values = new RecentValues<string>({ maxBytes: 1_000, ttlMs: 10, clock: () => 0 })
    values.put('a', 'small', 10)
    values.put('b', 'other', 10)
    values.put('a', 'large', 1_000)
    expect([values.get('a'), values.get('b'), values.size]).toEqual([undefined, 'other', 1])
  })
})
