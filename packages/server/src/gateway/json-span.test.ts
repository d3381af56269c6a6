import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { topLevelSpans } from './json-span.js'

function valueText(json: string, key: string): string | undefined {
  const bytes = Buffer.from(json)
  const span = topLevelSpans(bytes)?.get(key)
  return span && bytes.subarray(span.start, span.end).toString()
}

describe('topLevelSpans', () => {
  it('finds the values of all top-level keys, whatever stands before, inside and after them', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 8 }),
        fc.constantFrom(undefined, 1, '\t'),
        (object, indent) => {
          const bytes = Buffer.from(JSON.stringify(object, null, indent))
          const spans = topLevelSpans(bytes) ?? new Map<string, { start: number; end: number }>()
          expect([...spans.keys()].sort()).toEqual(Object.keys(object).sort())
          for (const [key, { start, end }] of spans) {
            const written = JSON.stringify(object[key])
            expect(JSON.stringify(JSON.parse(bytes.toString('utf8', start, end)))).toBe(written)
          }
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('takes no text that is not an object whose strings and brackets close', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), fc.nat(), (object, cut) => {
        const json = Buffer.from(JSON.stringify(object))
        expect(topLevelSpans(json.subarray(0, cut % json.length))).toBeUndefined()
        expect(topLevelSpans(Buffer.concat([json, Buffer.from('x')]))).toBeUndefined()
      }),
    )
    for (const text of [
      '',
      ' ',
      '[]',
      '"a"',
      '1',
      '{a:1}',
      '{"a"}',
      '{"a":}',
      '{"a":1,}',
      '{"a":1]',
      '{"\\x":1}',
    ]) {
      expect(topLevelSpans(Buffer.from(text)), text).toBeUndefined()
    }
  })

  it('never throws and always ends, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        topLevelSpans(Buffer.from(bytes))
      }),
    )
  })

  it('does not take a nested key, nor a string that looks like one, for the top-level key', () => {
    expect(valueText('{"a":{"model":"x"},"b":["model"],"c":"\\"model\\":\\"y\\""}', 'model')).toBeUndefined()
  })

  it('takes the last of repeated keys, as parsers do, however they are written', () => {
    expect(valueText('{"model":"a","\\u006dodel" : "b" }', 'model')).toBe('"b"')
  })

  it('is not fooled by escaped quotes and backslashes', () => {
    expect(valueText('{"a":"\\\\","model":"m\\"\\\\"}', 'model')).toBe('"m\\"\\\\"')
  })
})
