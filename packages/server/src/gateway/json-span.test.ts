import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { findTopLevelValue } from './json-span.js'

function valueText(json: string, key: string): string | undefined {
  const bytes = Buffer.from(json)
  const span = findTopLevelValue(bytes, key)
  return span && bytes.subarray(span.start, span.end).toString()
}

describe('findTopLevelValue', () => {
  it('finds the value of a top-level key, whatever stands before, inside and after it', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 6 }),
        fc.jsonValue(),
        fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 6 }),
        fc.constantFrom(undefined, 1, '\t'),
        (before, value, after, indent) => {
          const object = { ...before, model: value, ...after }
          const text = valueText(JSON.stringify(object, null, indent), 'model')
          expect(JSON.parse(text ?? 'null')).toEqual(JSON.parse(JSON.stringify(object.model)))
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('does not take a nested key, nor a string that looks like one, for the top-level key', () => {
    expect(valueText('{"a":{"model":"x"},"b":["model"],"c":"\\"model\\":\\"y\\""}', 'model')).toBeUndefined()
  })

  it('takes the last of repeated keys, as parsers do', () => {
    expect(valueText('{"model":"a","model" : "b" }', 'model')).toBe('"b"')
  })

  it('is not fooled by escaped quotes and backslashes', () => {
    expect(valueText('{"a":"\\\\","model":"m\\"\\\\"}', 'model')).toBe('"m\\"\\\\"')
  })

  it('finds nothing in an empty object', () => {
    expect(valueText('{ }', 'model')).toBeUndefined()
  })
})
