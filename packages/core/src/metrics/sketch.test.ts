import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BUCKET_COUNT, bucketOf, middleOf } from './buckets.js'
import { Sketch } from './sketch.js'

const durations = fc.array(fc.double({ min: 0, max: 1e8, noNaN: true }), { maxLength: 200 })

function sketchOf(values: readonly number[]): Sketch {
  const sketch = new Sketch()
  for (const value of values) sketch.add(value)
  return sketch
}

function expectSame(left: Sketch, right: Sketch): void {
  const { avg, ...told } = left.summary()
  const { avg: otherAvg, ...otherTold } = right.summary()
  expect(told).toEqual(otherTold)
  expect(Math.abs((avg ?? 0) - (otherAvg ?? 0))).toBeLessThanOrEqual((otherAvg ?? 0) * 1e-9)
}

describe('a sketch', () => {
  it('of two halves merged is that of the whole', () => {
    fc.assert(
      fc.property(durations, durations, (left, right) => {
        const merged = sketchOf(left)
        merged.merge(sketchOf(right))
        expectSame(merged, sketchOf([...left, ...right]))
      }),
    )
  })

  it('is the same after having been encoded, and merges in that form', () => {
    fc.assert(
      fc.property(durations, durations, (left, right) => {
        const merged = new Sketch()
        merged.mergeEncoded(sketchOf(left).encode())
        merged.mergeEncoded(sketchOf(right).encode())
        expectSame(merged, sketchOf([...left, ...right]))
        const again = new Sketch()
        again.mergeEncoded(merged.encode())
        expect(again.encode()).toEqual(merged.encode())
      }),
    )
  })

  it('keeps counts beyond one byte when encoded', () => {
    const sketch = new Sketch()
    for (let i = 0; i < 70_000; i++) sketch.addAt(bucketOf(5), 5)
    const read = new Sketch()
    read.mergeEncoded(sketch.encode())
    expect(read.summary()).toMatchObject({ count: 70_000, min: 5, max: 5 })
  })

  it('takes no bytes that it cannot have written', () => {
    const bytes = sketchOf([1, 10, 100]).encode()
    for (const wrong of [bytes.subarray(0, 10), bytes.subarray(0, bytes.length - 1), beyondTheEnd(bytes)]) {
      expect(() => new Sketch().mergeEncoded(wrong)).toThrow(expect.objectContaining({ field: 'sketch' }))
    }
  })

  it('tells how many values each group of buckets holds', () => {
    fc.assert(
      fc.property(durations, fc.double({ min: 0.02, max: 1e6, noNaN: true }), (values, boundMs) => {
        const groupOf = Uint8Array.from({ length: BUCKET_COUNT }, (_, i) => (middleOf(i) <= boundMs ? 0 : 1))
        const counts = new Float64Array(2)
        sketchOf(values).addGroups(groupOf, counts)
        const near = values.filter((value) => Math.abs(value - boundMs) <= boundMs * 0.02).length
        const below = values.filter((value) => value <= boundMs).length
        expect((counts[0] ?? 0) + (counts[1] ?? 0)).toBe(values.length)
        expect(Math.abs((counts[0] ?? 0) - below)).toBeLessThanOrEqual(near)
      }),
    )
  })

  it('is empty once cleared', () => {
    const sketch = sketchOf([3, 4])
    sketch.clear()
    expect(sketch.summary()).toEqual(new Sketch().summary())
    expect(sketch.encode()).toEqual(new Sketch().encode())
  })
})

function beyondTheEnd(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from([...bytes, ...[0xff, 0x7f], 1])
}
