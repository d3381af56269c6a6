import { describe, expect, it } from 'vitest'
import { StreamUsage } from './stream-usage.js'
import { tokensOf } from './usage.js'

const event = (value: object): Buffer => Buffer.from(`data: ${JSON.stringify(value)}\n\n`)
const piece = (content: string, usage?: object | null): Buffer =>
  event({ choices: [{ delta: { content } }], ...(usage === undefined ? {} : { usage }) })
const DONE = Buffer.from('data: [DONE]\n\n')
const FINISH = event({ choices: [{ delta: {}, finish_reason: 'stop' }] })

function read(events: readonly Buffer[], isWhole = true) {
  const usage = new StreamUsage()
  for (const part of events) usage.note(part)
  return usage.tokens(isWhole)
}

describe('the tokens of a whole answer', () => {
  it.each([
    ['a chat', { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 }, [7, 3]],
    ['embeddings', { prompt_tokens: 7, total_tokens: 7 }, [7, 0]],
    ['another API', { input_tokens: 7, output_tokens: 3 }, [7, 3]],
    [
      'one that counts what is cached apart',
      { input_tokens: 7, cache_read_input_tokens: 100, cache_creation_input_tokens: 20, output_tokens: 3 },
      [127, 3],
    ],
    ['counts that are none', { prompt_tokens: -1, completion_tokens: 1.5 }, []],
    ['text', { prompt_tokens: '7', completion_tokens: null }, []],
    ['a total below its parts', { prompt_tokens: 7, total_tokens: 3 }, [7]],
    ['no usage', undefined, []],
    ['null', null, []],
  ])('of %s are those it tells and that can be', (_name, usage, [input, output]) => {
    expect(tokensOf(usage)).toEqual({
      ...(input === undefined ? {} : { inputTokens: input }),
      ...(output === undefined ? {} : { outputTokens: output }),
    })
  })
})

describe('the tokens of a stream', () => {
  it('are those of the last event that counts them, whatever the text says', () => {
    const usage = { prompt_tokens: 7, completion_tokens: 30 }
    const quoted = piece('{"usage":{"completion_tokens":99}}', null)
    const last = event({ choices: [], usage })
    expect(read([piece('a', { completion_tokens: 1 }), quoted, FINISH, last, DONE])).toEqual({
      inputTokens: 7,
      outputTokens: 30,
    })
    const spaced = Buffer.from('data: {"choices": [], "usage": {"completion_tokens": 5}}\r\n\r\n')
    expect(read([Buffer.concat([piece('a'), spaced, DONE])])).toEqual({ outputTokens: 5 })
  })

  it('are put together where the first event tells the request’s and the last the answer’s', () => {
    const start = event({ type: 'message_start', message: { usage: { input_tokens: 25, output_tokens: 1 } } })
    const delta = event({ type: 'message_delta', delta: {}, usage: { output_tokens: 15 } })
    const counts = { inputTokens: 25, outputTokens: 15 }
    expect(read([start, piece('a'), delta])).toEqual(counts)
    expect(read([Buffer.concat([start, piece('a'), delta])])).toEqual(counts)
  })

  it('are found inside the response that the last event holds', () => {
    const created = event({ type: 'response.created', response: { usage: null } })
    const usage = { input_tokens: 4, output_tokens: 9 }
    const completed = event({ type: 'response.completed', response: { id: 'r', usage } })
    expect(read([created, piece('a'), completed])).toEqual({ inputTokens: 4, outputTokens: 9 })
  })

  it('are one for each event with content where nobody counts, in however many pieces they come', () => {
    const events = [piece('a'), piece('b'), piece('c'), FINISH, DONE]
    expect(read(events)).toEqual({ outputTokens: 3 })
    expect(read([Buffer.concat(events)])).toEqual({ outputTokens: 3 })
    expect(read(events.slice(0, 2), false)).toEqual({ outputTokens: 2 })
    expect(read([piece('a', null), FINISH, DONE])).toEqual({ outputTokens: 1 })
    expect(read([])).toEqual({})
  })

  it('are estimated where the counts cannot be read', () => {
    expect(read([piece('a'), Buffer.from('data: {"usage": {broken\n\n'), DONE])).toEqual({ outputTokens: 1 })
  })
})
