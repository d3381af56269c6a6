import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fieldOf, parseRoutedBody, wholeOf, withFields, type RoutedBody } from './routed-body.js'

function routed(text: string): RoutedBody {
  const body = parseRoutedBody(Buffer.from(text))
  if ('status' in body) throw new Error(body.message)
  return body.body
}

/** JSON white space, as clients that print prettily write it. */
const space = fc.stringMatching(/^[ \t\r\n]{0,3}$/)
const modelName = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' })
/** The ways to write a key: as it is, or with any of its letters escaped. */
const modelKey = fc
  .array(fc.boolean(), { minLength: 5, maxLength: 5 })
  .map((escaped) =>
    [...'model'].map((letter, i) => (escaped[i] ? `\\u00${letter.charCodeAt(0).toString(16)}` : letter)),
  )
  .map((letters) => `"${letters.join('')}"`)
const otherKey = fc.string({ maxLength: 8 }).filter((key) => key !== 'model' && key !== 'stream')
const otherFields = fc.array(
  fc.tuple(
    otherKey.map((key) => JSON.stringify(key)),
    fc.json({ maxDepth: 3 }),
  ),
  {
    maxLength: 4,
  },
)

describe('withFields', () => {
  it('changes the bytes of the model’s name and no other', () => {
    fc.assert(
      fc.property(
        otherFields,
        modelKey,
        modelName,
        otherFields,
        space,
        modelName,
        (before, key, old, after, gap, next) => {
          const write = (name: string): string => {
            const fields = [...before, [key, JSON.stringify(name)] as const, ...after]
            const parts = fields.map(([field, value]) => `${gap}${field}${gap}:${gap}${value}${gap}`)
            return `${gap}{${parts.join(',')}}${gap}`
          }
          expect(withFields(routed(write(old)), [['model', next]]).toString()).toBe(write(next))
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('gives every parser the new name, however often and however the key is written', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(modelKey, modelName), { minLength: 1, maxLength: 4 }),
        modelName,
        (given, next) => {
          const text = `{${given.map(([key, name]) => `${key}:${JSON.stringify(name)}`).join(',')}}`
          const changed = withFields(routed(text), [['model', next]]).toString()
          expect(JSON.parse(changed)).toEqual({ model: next })
        },
      ),
      { numRuns: 500 },
    )
  })

  it('hands the very same bytes on where nothing changes', () => {
    const body = routed('{"model":"m","n":1.0e0}')
    expect(withFields(body, [])).toBe(body.bytes)
  })

  it('adds what is not there in front of everything else', () => {
    const body = routed(' { "model":"m","n":1.0e0 } ')
    expect(
      withFields(body, [
        ['model', 'x'],
        ['extra', { a: 1 }],
      ]).toString(),
    ).toBe(' {"extra":{"a":1}, "model":"x","n":1.0e0 } ')
  })

  it('keeps digits and escapes that parsing would lose', () => {
    const rest = '"seed":12345678901234567890,"t":1.0,"s":"\\u00e9\\/","s":"twice"'
    const changed = withFields(routed(`{"model":"auto",${rest}}`), [['model', 'atlas']])
    expect(changed.toString()).toBe(`{"model":"atlas",${rest}}`)
  })
})

describe('parseRoutedBody', () => {
  it('never throws, and names a rule for whatever it refuses', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          const body = parseRoutedBody(Buffer.from(bytes))
          if ('status' in body) expect(body).toMatchObject({ status: 400, type: 'invalid_request_error' })
          else expect(body.body.model.length).toBeGreaterThan(0)
        },
      ),
    )
  })

  it('says nothing of what the body contains', () => {
    const secret = 'my private prompt'
    for (const text of [
      `{"model":"m","messages":"${secret}`,
      `{"model":{"x":"${secret}"}}`,
      `{"model":"m","stream":"${secret}"}`,
      `"${secret}"`,
      `{${secret}}`,
    ]) {
      expect(JSON.stringify(parseRoutedBody(Buffer.from(text)))).not.toContain(secret)
    }
  })

  const long = 'long story '.repeat(5_000)

  it('reads of a large body only what routing needs, and changes it like any other', () => {
    const text = `{"messages":[{"content":"${long}"}],"stream" : true,"model":"m","stream_options":{"x":1}}`
    const body = routed(text)
    expect(body).toMatchObject({ model: 'm', isStream: true })
    expect(parseRoutedBody(Buffer.from(text))).toMatchObject({ fields: undefined })
    expect([fieldOf(body, 'stream_options'), fieldOf(body, 'messages'), fieldOf(body, 'n')]).toEqual([
      { x: 1 },
      undefined,
      undefined,
    ])
    expect(withFields(body, [['model', 'n']]).toString()).toBe(text.replace('"model":"m"', '"model":"n"'))
    expect(wholeOf(body)).toEqual({ fields: JSON.parse(text) as unknown })
  })

  it.each([
    ['does not end', `{"model":"m","messages":["${long}`],
    ['is no object', `["${long}"]`],
    ['has no model', `{"messages":["${long}"]}`],
    ['has a broken model', `{"messages":["${long}"],"model":nope}`],
  ])('refuses a large body that %s', (_name, text) => {
    expect(parseRoutedBody(Buffer.from(text))).toMatchObject({ status: 400 })
  })

  it('finds out that a large body is broken inside once the whole of it is needed', () => {
    const whole = wholeOf(routed(`{"model":"m","messages":[nope,"${long}"]}`))
    expect(whole).toMatchObject({ refusal: { status: 400, code: 'invalid_json' } })
  })
})
