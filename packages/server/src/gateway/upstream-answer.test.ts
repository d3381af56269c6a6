import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { outlineOf } from './upstream-answer.js'

const outline = (text: string) => outlineOf(Buffer.from(text))

describe('what is read of a whole answer', () => {
  it('are its token counts, wherever they stand', () => {
    const usage = { prompt_tokens: 7, completion_tokens: 3, prompt_tokens_details: { cached_tokens: 1 } }
    expect(
      outline(JSON.stringify({ id: 'c', usage, choices: [{ message: { content: '"usage":{}' } }] })),
    ).toEqual({
      usage,
    })
    expect(outline('{"choices":[]}')).toEqual({ usage: null })
    expect(outline('{"usage":{broken}}')).toEqual({ usage: undefined })
  })

  it('is all of it where it tells an error, and nothing of an error that is null', () => {
    expect(outline('{"error":{"message":"x"}}')).toEqual({ error: { message: 'x' } })
    expect(outline('{"type":"error","message":"x"}')).toEqual({ type: 'error', message: 'x' })
    expect(outline('{"error":null,"status":"completed"}')).toEqual({ usage: null })
  })

  it('is nothing of what is no object, or does not end', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(), (value, cut) => {
        const whole = JSON.stringify(value)
        const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
        expect(outline(whole) !== undefined).toBe(isObject)
        if (isObject) expect(outline(whole.slice(0, cut % whole.length))).toBeUndefined()
      }),
    )
  })
})
