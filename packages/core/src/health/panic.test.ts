import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isPanic } from './panic.js'

describe('isPanic', () => {
  it('begins just above its share of the slots', () => {
    expect(isPanic(5, 10, 0.5)).toBe(false)
    expect(isPanic(6, 10, 0.5)).toBe(true)
    expect(isPanic(10, 10, 0.5)).toBe(true)
  })

  it('never begins while nothing is shut, nor at a share of 1', () => {
    fc.assert(
      fc.property(
        fc.nat(500),
        fc.nat(500),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (shut, open, share) => {
          expect(isPanic(0, open, share)).toBe(false)
          expect(isPanic(shut, shut + open, 1)).toBe(false)
        },
      ),
    )
  })
})
