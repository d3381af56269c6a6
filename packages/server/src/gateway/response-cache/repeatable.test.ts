import { describe, expect, it } from 'vitest'
import { parseRoutedBody } from '../routed-body.js'
import type { Api } from '../translation/translation.js'
import { isRepeatable, keyOf, type Question } from './repeatable.js'

function question(fields: object, api: Api = 'chat', more: Partial<Question> = {}): Question {
  const read = parseRoutedBody(Buffer.from(JSON.stringify({ model: 'm', ...fields })))
  if ('status' in read) throw new Error(read.message)
  return { api, body: read.body, headers: {}, identity: { mustHave: [] }, caller: undefined, ...more }
}

const messages = [{ role: 'user', content: 'hi' }]
const greedy = { messages, temperature: 0 }
const ownTool = { name: 'weather', input_schema: { type: 'object' } }

describe('a request whose answer is always the same', () => {
  it.each<[string, boolean, object, Api]>([
    ['embeddings', true, { input: 'hi' }, 'embeddings'],
    ['chat at temperature 0', true, greedy, 'chat'],
    ['chat at temperature 0.0, as some write it', true, JSON.parse('{"temperature":0.0}') as object, 'chat'],
    ['chat without a temperature', false, { messages }, 'chat'],
    ['chat at another temperature', false, { messages, temperature: 0.1 }, 'chat'],
    ['a temperature that is no number', false, { messages, temperature: '0' }, 'chat'],
    ['chat to be stored by its provider', false, { ...greedy, store: true }, 'chat'],
    ['chat that may search the web', false, { ...greedy, web_search_options: {} }, 'chat'],
    ['chat with tools of the client', true, { ...greedy, tools: [{ type: 'function' }] }, 'chat'],
    ['completions at temperature 0', true, { prompt: 'hi', temperature: 0 }, 'completions'],
    ['completions without', false, { prompt: 'hi' }, 'completions'],
    ['messages at temperature 0', true, greedy, 'messages'],
    [
      'messages with tools of the client',
      true,
      { ...greedy, tools: [ownTool, { ...ownTool, type: 'custom' }] },
      'messages',
    ],
    [
      'messages with a tool of the provider',
      false,
      { ...greedy, tools: [ownTool, { type: 'web_search_20250305' }] },
      'messages',
    ],
    ['messages with tools that are no list', false, { ...greedy, tools: 'all' }, 'messages'],
    ['messages with servers of others', false, { ...greedy, mcp_servers: [] }, 'messages'],
    ['a response', false, { input: 'hi', temperature: 0 }, 'responses'],
  ])('%s: %s', (_name, expected, fields, api) => {
    expect(isRepeatable(question(fields, api))).toBe(expected)
  })
})

describe('the name of a question', () => {
  it('is the same for the same', () => {
    expect(keyOf(question(greedy))).toBe(keyOf(question(greedy)))
  })

  it('is another for everything that may change the answer, and for everyone who must not hear it', () => {
    const agent = { id: 'a' } as NonNullable<Question['identity']['agent']>
    const others = [
      question({ ...greedy, stream: true }),
      question({ ...greedy, seed: 1 }),
      question(greedy, 'messages'),
      question(greedy, 'messages', { headers: { 'anthropic-beta': 'x' } }),
      question(greedy, 'messages', { headers: { 'anthropic-version': 'x' } }),
      question(greedy, 'chat', { caller: { keyId: 'team' } }),
      question(greedy, 'chat', { caller: { keyId: 'a' } }),
      question(greedy, 'chat', { identity: { mustHave: [], agent } }),
      question(greedy, 'chat', { identity: { mustHave: ['a'] } }),
    ]
    const keys = [question(greedy), ...others].map(keyOf)
    expect(new Set(keys).size).toBe(keys.length)
  })
})
