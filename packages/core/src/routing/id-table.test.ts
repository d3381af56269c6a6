import fc from 'fast-check'
import { expect, it } from 'vitest'
import { IdTable } from './id-table.js'

it('holds what a Map holds, whatever is added and deleted in whatever order', () => {
  // Ids rise by steps, so that they meet in their slots; whom to delete is drawn from those ever given.
  const step = fc.oneof(
    fc.record({ add: fc.constantFrom(1, 1, 1, 63, 64, 128, 2 ** 33) }),
    fc.record({ drop: fc.nat() }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const table = new IdTable<string>()
      const map = new Map<number, string>()
      const given: number[] = []
      for (const next of steps) {
        if ('add' in next) {
          const id = (given.at(-1) ?? 0) + next.add
          given.push(id)
          table.add(id, `v${id}`)
          map.set(id, `v${id}`)
        } else {
          const id = given[next.drop % Math.max(1, given.length)] ?? 7
          table.delete(id)
          map.delete(id)
        }
        expect(table.size).toBe(map.size)
      }
      for (const id of given) expect(table.get(id)).toBe(map.get(id))
      expect(table.values()).toEqual([...map.values()])
    }),
    { numRuns: 300 },
  )
})

it.each([0, -1, 0.5, NaN, Infinity, 65])('does not know %d, and does not mind', (id) => {
  const table = new IdTable<string>()
  table.add(1, 'a')
  expect(table.get(id)).toBeUndefined()
  table.delete(id)
  expect([table.size, table.get(1)]).toEqual([1, 'a'])
})
