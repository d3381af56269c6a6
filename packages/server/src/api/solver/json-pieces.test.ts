import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonPieces } from './json-pieces.js'

describe('JSON in pieces', () => {
  it('is what JSON.stringify writes, whatever the value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect([...jsonPieces(value)].join('')).toBe(JSON.stringify(value))
      }),
    )
  })

  it('leaves out undefined fields, and cuts long lists at any depth of the answer', () => {
    const list = (length: number) => Array.from({ length }, (_, id) => ({ id, of: [id] }))
    for (const length of [0, 1, 199, 200, 201, 400, 1001]) {
      const value = { a: undefined, list: list(length), inner: { list: list(length), n: null }, last: 1 }
      const pieces = [...jsonPieces(value)]
      expect(pieces.join('')).toBe(JSON.stringify(value))
      if (length > 400) expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(6_000)
    }
  })
})
