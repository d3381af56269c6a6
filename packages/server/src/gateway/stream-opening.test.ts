import { describe, expect, it } from 'vitest'
import { errorInside, firstSaid } from './stream-opening.js'

const chunk = (choice: object): string => `data: ${JSON.stringify({ id: 'c', choices: [choice] })}\n\n`
const kindOf = (events: string): string => firstSaid(Buffer.from(events)).kind

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
    [{ message: 'x', type: 'invalid_request_error', code: 'context_length_exceeded' }, 400],
  ])('the error %j counts as status %i', (error, status) => {
    const opening = chunk({ delta: { role: 'assistant' } })
    const said = firstSaid(Buffer.from(`${opening}event: error\ndata: ${JSON.stringify({ error })}\n\n`))
    expect(said).toMatchObject({ kind: 'failure', status })
    expect(said.kind === 'failure' && JSON.parse(said.body.toString())).toEqual({ error })
  })

  it('an error after content is not the beginning any more', () => {
    expect(kindOf(`${chunk({ delta: { content: 'a' } })}data: {"error":{"message":"x"}}\n\n`)).toBe('content')
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
})
