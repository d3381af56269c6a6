import { describe, expect, it } from 'vitest'
import { errorInside, firstSaid, lateFailure } from './stream-opening.js'
import { STREAM_SHAPES } from './stream-shape.js'

const chunk = (choice: object): string => `data: ${JSON.stringify({ id: 'c', choices: [choice] })}\n\n`
const kindOf = (events: string, shape = STREAM_SHAPES.chat): string =>
  firstSaid(Buffer.from(events), shape).kind

describe('the beginning of a stream', () => {
  it.each([
    ['a comment', ': processing\n\n'],
    ['an event without data', 'event: ping\n\n'],
    ['a role', chunk({ index: 0, delta: { role: 'assistant' }, finish_reason: null })],
    ['a role and empty text', chunk({ delta: { role: 'assistant', content: '', refusal: null } })],
    ['no tool calls', chunk({ delta: { role: 'assistant', content: null, tool_calls: [] } })],
    ['empty text of a completion', chunk({ text: '' })],
    ['no choices', 'data: {"choices":[],"prompt_filter_results":[]}\n\n'],
    ['CRLF and split data', 'data: {"choices":\r\ndata: []}\r\n\r\n'],
  ])('%s says nothing yet', (_name, events) => expect(kindOf(events)).toBe('opening'))

  it.each([
    ['text', chunk({ delta: { content: 'a' } })],
    ['text after a role', chunk({ delta: { role: 'assistant' } }) + chunk({ delta: { content: 'a' } })],
    ['reasoning', chunk({ delta: { role: 'assistant', reasoning_content: 'hm' } })],
    ['a tool call', chunk({ delta: { tool_calls: [{ index: 0 }] } })],
    ['a reason to end', chunk({ delta: {}, finish_reason: 'stop' })],
    ['text of a completion', chunk({ text: 'a' })],
    ['the end', 'data: [DONE]\n\n'],
    ['what nobody knows', 'data: {"type":"something"}\n\n'],
    ['what is not JSON', 'data: hello\n\n'],
  ])('%s is content', (_name, events) => expect(kindOf(events)).toBe('content'))

  it.each([
    [{ message: 'x', type: 'server_error', code: null }, 500],
    [{ message: 'x', code: 429 }, 429],
    [{ message: 'x', type: 'rate_limit_error' }, 429],
    [{ message: 'x', type: 'BadRequestError', code: 400 }, 400],
    [{ message: 'x', code: 'rate_limit_exceeded' }, 429],
    [{ message: 'x', code: '503' }, 503],
    [{ message: 'x', code: { toString: 1, valueOf: 1 }, status: [[]] }, 500],
    [{ message: 'x', type: 'invalid_request_error', code: 'context_length_exceeded' }, 400],
  ])('the error %j counts as status %i', (error, status) => {
    const opening = chunk({ delta: { role: 'assistant' } })
    const said = firstSaid(
      Buffer.from(`${opening}event: error\ndata: ${JSON.stringify({ error })}\n\n`),
      STREAM_SHAPES.chat,
    )
    expect(said).toMatchObject({ kind: 'failure', status })
    expect(said.kind === 'failure' && JSON.parse(said.body.toString())).toEqual({ error })
  })

  it('an error after content is not the beginning any more', () => {
    expect(kindOf(`${chunk({ delta: { content: 'a' } })}data: {"error":{"message":"x"}}\n\n`)).toBe('content')
  })
})

const named = (...events: readonly { type: string }[]): string =>
  events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('')

describe('the beginning of a stream of messages', () => {
  const start = { type: 'message_start', message: { usage: { input_tokens: 1 } } }
  const block = (type: string) => ({ type: 'content_block_start', index: 0, content_block: { type } })
  const kind = (...events: readonly { type: string }[]) => kindOf(named(...events), STREAM_SHAPES.messages)

  it('is over with the first text, thought or tool', () => {
    expect(kind(start, { type: 'ping' }, block('text'), block('thinking'))).toBe('opening')
    const delta = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'a' } }
    expect(kind(start, block('text'), delta)).toBe('content')
    expect(kind(start, block('tool_use'))).toBe('content')
    expect(kind(start, { type: 'message_delta' })).toBe('content')
  })

  it('may be a failure, told as the API tells it', () => {
    const failure = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
    const said = firstSaid(Buffer.from(named(start, failure)), STREAM_SHAPES.messages)
    expect(said).toMatchObject({ kind: 'failure', status: 500 })
    expect(said.kind === 'failure' && JSON.parse(said.body.toString())).toEqual(failure)
  })
})

describe('the beginning of a stream of a response', () => {
  const kind = (...events: readonly { type: string }[]) => kindOf(named(...events), STREAM_SHAPES.responses)
  const added = (type: string) => ({ type: 'response.output_item.added', item: { type } })

  it('is over with the first text or call', () => {
    const opening = ['response.created', 'response.in_progress', 'response.content_part.added']
    expect(kind(...opening.map((type) => ({ type })), added('message'), added('reasoning'))).toBe('opening')
    expect(kind(added('function_call'))).toBe('content')
    expect(kind({ type: 'response.output_text.delta' })).toBe('content')
  })

  it.each([
    [{ type: 'response.failed', response: { error: { code: 'rate_limit_exceeded', message: 'x' } } }, 429],
    [{ type: 'error', code: 'server_error', message: 'x', param: null }, 500],
    [{ type: 'error', error: { type: 'invalid_request_error', message: 'x' } }, 400],
  ])('may be a failure: %j counts as status %i', (event, status) => {
    const said = firstSaid(Buffer.from(named(event)), STREAM_SHAPES.responses)
    expect(said).toMatchObject({ kind: 'failure', status })
  })
})

describe('an answer with status 200', () => {
  it('that holds nothing but an error is none', () => {
    expect(errorInside({ error: { message: 'x' } })).toMatchObject({ status: 500 })
  })

  it('with an answer beside the error field, or null in it, is one', () => {
    expect(errorInside({ choices: [], error: { message: 'x' } })).toBeUndefined()
    expect(errorInside({ data: [], error: {} })).toBeUndefined()
    expect(errorInside({ id: 'c', error: null })).toBeUndefined()
  })

  it('whose choice ends with the error beside it is none', () => {
    const error = { message: 'x', code: 502 }
    const choices = [null, { index: 0, finish_reason: 'error' }]
    expect(errorInside({ choices, error })).toMatchObject({ status: 502 })
  })
})

describe('a failure in the middle of a stream', () => {
  const word =
    'data: {"choices":[{"delta":{"content":"says \\"error\\":{} "},"finish_reason":null}],"error":null}'
  const failure = 'data: {"error":{"message":"out of memory","type":"server_error"}}'

  it.each(['\n\n', '\r\n\r\n', '\r\r'])('ends the events with its own, whatever ends lines: %j', (blank) => {
    const events = Buffer.from([word, failure, 'data: [DONE]', ''].join(blank))
    const found = lateFailure(events)
    expect(found).toMatchObject({ status: 500, end: [word, failure, ''].join(blank).length })
    expect(JSON.parse(String(found?.body))).toMatchObject({ error: { message: 'out of memory' } })
  })

  it('is none where the word is only written about', () => {
    expect(lateFailure(Buffer.from(`${word}\n\n${word}\n\n`))).toBeUndefined()
  })
})
