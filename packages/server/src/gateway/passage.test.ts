import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { passageOf } from './passage.js'

const hiding = passageOf({ translation: undefined, hidesUsage: true })
const pass = (text: string): string => hiding.pass(Buffer.from(text)).toString()
const usage = { prompt_tokens: 7, completion_tokens: 3 }
const event = (value: object): string => `data: ${JSON.stringify(value)}\n\n`

describe('a stream whose token counts its client did not ask for', () => {
  it('loses the event that is there for them alone, and the nulls before it', () => {
    const piece = { id: 'c', choices: [{ delta: { content: 'é✓' } }] }
    const stream = [
      event({ ...piece, usage: null }),
      event({ id: 'c', choices: [], usage }),
      'data: [DONE]\n\n',
    ]
    expect(pass(stream.join(''))).toBe(`${event(piece)}data: [DONE]\n\n`)
    expect(stream.map(pass).join('')).toBe(`${event(piece)}data: [DONE]\n\n`)
  })

  it('keeps an event that says something besides', () => {
    const last = event({ id: 'c', choices: [{ finish_reason: 'stop' }], usage })
    expect(pass(last)).toBe(last)
  })

  it('keeps every byte of what has no counts, whatever it says', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => {
        const stream = texts.map((content) => event({ choices: [{ delta: { content } }] })).join('')
        expect(pass(stream)).toBe(stream)
        const quoted = texts.map((text) =>
          event({ choices: [{ delta: { content: `],"usage":null ${text}` } }] }),
        )
        expect(pass(quoted.join(''))).toBe(quoted.join(''))
      }),
    )
  })

  it('keeps bytes that are no text', () => {
    const bytes = Buffer.concat([
      Buffer.from('data: "usage" '),
      Buffer.from([0xff, 0xc3, 0x00]),
      Buffer.from('\n\n'),
    ])
    expect(hiding.pass(bytes).equals(bytes)).toBe(true)
  })
})

it('a stream in the client’s own words is handed on as the very same bytes', () => {
  const bytes = Buffer.from(event({ choices: [], usage }))
  expect(passageOf({ translation: undefined, hidesUsage: false }).pass(bytes)).toBe(bytes)
})
