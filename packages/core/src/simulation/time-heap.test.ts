import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TimeHeap } from './time-heap.js'

describe('a time heap', () => {
  it('gives what is earliest, at equal times what was put in first, whenever it is asked', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.nat(9), fc.constant(null)), { maxLength: 200 }), (steps) => {
        const heap = new TimeHeap<number>()
        const list: { atMs: number; value: number }[] = []
        steps.forEach((atMs, value) => {
          if (atMs !== null) {
            heap.push(atMs, value)
            list.push({ atMs, value })
          } else {
            list.sort((a, b) => a.atMs - b.atMs || a.value - b.value)
            expect(heap.firstMs()).toBe(list[0]?.atMs ?? Infinity)
            expect(heap.pop()).toBe(list.shift()?.value)
          }
          expect(heap.size).toBe(list.length)
        })
      }),
    )
  })
})
