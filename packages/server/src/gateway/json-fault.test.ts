import { describe, expect, it } from 'vitest'
import { jsonFault } from './json-fault.js'

function faultOf(text: string): string {
  try {
    JSON.parse(text)
  } catch (error) {
    return jsonFault(Buffer.from(text), error)
  }
  throw new Error(`${text} is valid`)
}

describe('a text that is no JSON', () => {
  it.each(['', ' ', '{', '{"id": "a"', '{"id":', '["a]', '{"a":tru', '[1,2', '"\\'])(
    'ends too early: %j',
    (text) => {
      expect(faultOf(text)).toBe('it ends too early')
    },
  )

  it.each([
    ['{"a": NaN}', 6],
    ['{"é": NaN}', 7],
    ['{"a": "NaN \\" x", "b": Infinity}', 23],
    ['{"a" 1}', 5],
    ['{"a":1}}', 7],
    ['{"a":1,}', 7],
    ["{'a':1}", 1],
    ['nope', 0],
  ])('tells the byte at fault: %j', (text, byte) => {
    expect(faultOf(text)).toBe(`it does not parse at byte ${byte}`)
  })

  it('shows nothing of the text, and is not misled by it', () => {
    expect(faultOf('{"a": }')).toBe('it does not parse')
    expect(faultOf('{"a": xx, "at position 3": 1}')).toBe('it does not parse at byte 6')
  })
})
