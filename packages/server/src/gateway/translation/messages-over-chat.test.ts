import { expect, test } from 'vitest'
import type { Json, ServerEvent, Translation } from './dialect.js'
import { messagesOverChat } from './messages-over-chat.js'

const USER = { role: 'user', content: 'hi' }
const BODY = { model: 'm', max_tokens: 10, messages: [USER] }
const PNG = { type: 'base64', media_type: 'image/png', data: 'AAAA' }
const PNG_PART = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }

function carried(fields: Json): Translation {
  const translation = messagesOverChat({ ...BODY, ...fields })
  if ('untranslatable' in translation) throw new Error(translation.untranslatable.message)
  return translation
}

const messagesOf = (...messages: readonly Json[]) => carried({ messages }).body['messages']

test('every parameter that chat knows is carried under its name there', () => {
  const { body } = carried({
    system: [
      { type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } },
      { type: 'text', text: 'Be kind.' },
    ],
    stop_sequences: ['END'],
    temperature: 0.5,
    top_p: 0.9,
    top_k: 5,
    stream: true,
    metadata: { user_id: 'u' },
    output_config: { effort: 'low', format: { type: 'json_schema', schema: { type: 'object' } } },
    tools: [{ name: 'f', description: 'does', input_schema: { type: 'object' }, strict: true }],
    tool_choice: { type: 'any', disable_parallel_tool_use: true },
  })
  expect(body).toEqual({
    model: 'm',
    max_tokens: 10,
    messages: [{ role: 'system', content: 'Be brief.\n\nBe kind.' }, USER],
    stop: ['END'],
    temperature: 0.5,
    top_p: 0.9,
    top_k: 5,
    stream: true,
    stream_options: { include_usage: true },
    user: 'u',
    reasoning_effort: 'low',
    response_format: {
      type: 'json_schema',
      json_schema: { name: 'answer', schema: { type: 'object' }, strict: true },
    },
    tools: [
      {
        type: 'function',
        function: { name: 'f', description: 'does', parameters: { type: 'object' }, strict: true },
      },
    ],
    tool_choice: 'required',
    parallel_tool_calls: false,
  })
})

test('a user id that OpenAI would not take is carried as its hash, the same for the same user', () => {
  const userOf = (user_id: string) => carried({ metadata: { user_id } }).body['user']
  const long = JSON.stringify({ device_id: 'd'.repeat(64) })
  expect(userOf(long)).toMatch(/^[0-9a-f]{64}$/)
  expect(userOf(long)).toBe(userOf(long))
  expect(userOf(long)).not.toBe(userOf(`${long} `))
})

test('hints are left out', () => {
  const hints = { cache_control: { type: 'ephemeral' }, service_tier: 'auto', speed: 'fast', mcp_servers: [] }
  const edits = { edits: [{ type: 'clear_tool_uses_20250919' }] }
  expect(carried({ ...hints, context_management: edits }).body).toEqual(BODY)
})

test.each([
  [{ type: 'auto' }, 'auto'],
  [{ type: 'none' }, 'none'],
  [{ type: 'any' }, 'required'],
  [
    { type: 'tool', name: 'f' },
    { type: 'function', function: { name: 'f' } },
  ],
])('tool choice %j is %j', (tool_choice, expected) => {
  expect(carried({ tool_choice }).body['tool_choice']).toEqual(expected)
})

test.each([
  [1024, 'low'],
  [10_000, 'medium'],
  [32_000, 'high'],
])('a thinking budget of %i tokens is %s effort', (budget_tokens, effort) => {
  expect(carried({ thinking: { type: 'enabled', budget_tokens } }).body['reasoning_effort']).toBe(effort)
})

test.each([
  ['low', 'low'],
  ['max', 'high'],
])('effort %s is %s effort, whatever the thinking budget', (effort, expected) => {
  const thinking = { type: 'enabled', budget_tokens: 10_000 }
  expect(carried({ thinking, output_config: { effort } }).body['reasoning_effort']).toBe(expected)
})

test('images are carried as data and as addresses', () => {
  const url = { type: 'image', source: { type: 'url', url: 'https://a/b.png' } }
  const content = [{ type: 'text', text: 'Look:' }, { type: 'image', source: PNG }, url]
  expect(messagesOf({ role: 'user', content })).toEqual([
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Look:' },
        PNG_PART,
        { type: 'image_url', image_url: { url: 'https://a/b.png' } },
      ],
    },
  ])
})

test('results of parallel calls answer them directly, and their images follow with the words of the user', () => {
  const use = (id: string) => ({ type: 'tool_use', id, name: 'f', input: { a: 1 } })
  const result = (id: string, fields: Json) => ({ type: 'tool_result', tool_use_id: id, ...fields })
  const told = messagesOf(
    USER,
    {
      role: 'assistant',
      content: [{ type: 'thinking', thinking: 'hm', signature: 's' }, use('a'), use('b'), use('c')],
    },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Now?' },
        result('a', {
          content: [
            { type: 'text', text: 'seen' },
            { type: 'image', source: PNG },
          ],
        }),
        result('b', { content: 'broken', is_error: true }),
        result('c', {}),
      ],
    },
  )
  const call = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: '{"a":1}' } })
  expect(told).toEqual([
    USER,
    { role: 'assistant', content: null, tool_calls: [call('a'), call('b'), call('c')] },
    { role: 'tool', tool_call_id: 'a', content: 'seen' },
    { role: 'tool', tool_call_id: 'b', content: 'Error: broken' },
    { role: 'tool', tool_call_id: 'c', content: '' },
    { role: 'user', content: [PNG_PART, { type: 'text', text: 'Now?' }] },
  ])
})

const block = (type: string) => ({ messages: [{ role: 'user', content: [{ type }] }] })

test.each<readonly [Json, string]>([
  [{ max_tokens: null }, 'max_tokens'],
  [{ max_tokens: '9' }, 'max_tokens'],
  [{ messages: 'hi' }, 'messages'],
  [{ messages: [{ role: 'user', content: 7 }] }, 'messages[0].content'],
  [{ messages: [{ role: 'robot', content: 'a' }] }, 'messages[0].role'],
  [{ messages: [{ role: 'assistant', content: 'So' }] }, 'messages[0].role'],
  [block('document'), 'messages[0].content[0].type'],
  [block('search_result'), 'messages[0].content[0].type'],
  [
    { messages: [{ role: 'user', content: [{ type: 'tool_result' }] }] },
    'messages[0].content[0].tool_use_id',
  ],
  [
    { messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'file', file_id: 'f' } }] }] },
    'messages[0].content[0].source.type',
  ],
  [{ tools: [{ type: 'web_search_20250305', name: 'web_search' }] }, 'tools[0].type'],
  [{ tools: [{ name: 'f' }] }, 'tools[0].input_schema'],
  [{ tool_choice: { type: 'most' } }, 'tool_choice.type'],
  [{ container: 'c' }, 'container'],
  [{ mcp_servers: [{}] }, 'mcp_servers'],
  [{ context_management: { edits: [{ type: 'compact_20260112' }] } }, 'context_management.edits[0].type'],
  [{ something: 1 }, 'something'],
])('%j is refused as %s', (fields, field) => {
  const translation = messagesOverChat({ ...BODY, ...fields })
  expect(translation).toHaveProperty('untranslatable.field', field)
  expect(translation).toHaveProperty('untranslatable.message', expect.stringContaining(field))
})

const answerOf = (choice: Json, fields: Json = {}, usage?: Json) =>
  carried(fields).answer({ id: 'c', model: 'small', choices: [{ index: 0, ...choice }], usage })

test.each([
  ['stop', 'end_turn'],
  ['length', 'max_tokens'],
  ['tool_calls', 'tool_use'],
  ['content_filter', 'refusal'],
  ['new', 'end_turn'],
  [null, 'end_turn'],
])('finish reason %s is stop reason %s', (finish_reason, expected) => {
  expect(answerOf({ finish_reason, message: { content: 'a' } })).toHaveProperty('stop_reason', expected)
})

test('a stop sequence that the backend names is named, when it is one of the client', () => {
  const choice = { finish_reason: 'stop', stop_reason: 'END', message: { content: 'a' } }
  const told = { stop_reason: 'stop_sequence', stop_sequence: 'END' }
  expect(answerOf(choice, { stop_sequences: ['END'] })).toMatchObject(told)
  expect(answerOf(choice)).toMatchObject({ stop_reason: 'end_turn', stop_sequence: null })
})

test('tools that were called end a turn whatever the backend gives as reason', () => {
  const tool_calls = [{ id: 'a', function: { name: 'f', arguments: '' } }]
  const told = answerOf({ finish_reason: 'stop', message: { content: null, tool_calls } })
  const content = [{ type: 'tool_use', id: 'a', name: 'f', input: {} }]
  expect(told).toMatchObject({ content, stop_reason: 'tool_use' })
})

test('arguments that are no object are told as they are', () => {
  const tool_calls = [{ id: 'a', function: { name: 'f', arguments: '{"a":' } }]
  const told = answerOf({ message: { tool_calls } })
  expect(told).toHaveProperty('content.0.input', { invalid_arguments: '{"a":' })
})

test('thoughts are told to clients that asked for them, and only to those', () => {
  const choice = { message: { reasoning_content: 'hm', content: 'a' } }
  const text = { type: 'text', text: 'a' }
  const thought = { type: 'thinking', thinking: 'hm', signature: '' }
  expect(answerOf(choice)).toHaveProperty('content', [text])
  expect(answerOf(choice, { thinking: { type: 'adaptive' } })).toHaveProperty('content', [thought, text])
  const omitted = { thinking: { type: 'adaptive', display: 'omitted' } }
  expect(answerOf(choice, omitted)).toHaveProperty('content', [text])
})

test('what the cache served and took is counted apart', () => {
  const usage = {
    prompt_tokens: 100,
    completion_tokens: 5,
    prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 10 },
  }
  expect(answerOf({}, {}, usage)).toHaveProperty('usage', {
    input_tokens: 30,
    cache_read_input_tokens: 60,
    cache_creation_input_tokens: 10,
    output_tokens: 5,
  })
})

const chunk = (delta: Json, finish_reason: string | null = null): ServerEvent => ({
  data: { id: 'c', model: 'small', choices: [{ index: 0, delta, finish_reason }] },
})

const namesOf = (events: readonly ServerEvent[]) => {
  const stream = carried({}).stream()
  return events.flatMap((event) => stream.push(event)).map((event) => (event === 'done' ? event : event.name))
}

test('a stream is a start, whole blocks one after the other, and one end', () => {
  const usage: ServerEvent = { data: { choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } } }
  const call = { tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }] }
  const events = [
    chunk({ role: 'assistant' }),
    chunk({ content: 'a' }),
    chunk(call),
    chunk({}, 'tool_calls'),
    usage,
  ]
  const block = ['content_block_start', 'content_block_delta', 'content_block_stop']
  const expected = ['message_start', ...block, ...block, 'message_delta', 'message_stop']
  expect(namesOf([...events, 'done'])).toEqual(expected)
  expect(namesOf([...events, 'done', ...events, 'done'])).toEqual(expected)
})

test('counts between the chunks do not end a stream, and thoughts nobody asked for are not in it', () => {
  const counts: ServerEvent = { data: { choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } } }
  const events = [chunk({ reasoning_content: 'hm' }), counts, chunk({ content: 'a' })]
  expect(namesOf(events)).toEqual(['message_start', 'content_block_start', 'content_block_delta'])
})

test('a chunk about the prompt does not begin the answer', () => {
  const stream = carried({}).stream()
  expect(stream.push({ data: { id: '', model: '', choices: [], prompt_filter_results: [] } })).toEqual([])
  expect(stream.push(chunk({ content: 'a' }))[0]).toHaveProperty(
    'data.message',
    expect.objectContaining({ id: 'c' }),
  )
})

test('an error that is a bare text is an error', () => {
  expect(namesOf([{ data: { error: 'no' } }])).toEqual(['error'])
})

test('nothing follows an error, and a stream without an end has none here either', () => {
  const failure: ServerEvent = { data: { error: { message: 'no' } } }
  const expected = ['message_start', 'content_block_start', 'content_block_delta', 'error']
  expect(namesOf([chunk({ content: 'a' }), failure, chunk({ content: 'b' }), 'done'])).toEqual(expected)
  expect(namesOf([chunk({ content: 'a' })])).toEqual(expected.slice(0, 3))
})

test.each([
  [400, { error: { message: 'a', type: 'invalid_request_error' } }, 'invalid_request_error', 'a'],
  [401, { error: 'bad key' }, 'authentication_error', 'bad key'],
  [404, { detail: 'Not Found' }, 'not_found_error', 'Not Found'],
  [429, {}, 'rate_limit_error', 'the model answered with status 429'],
  [422, { message: 'b' }, 'invalid_request_error', 'b'],
  [503, {}, 'overloaded_error', 'the model answered with status 503'],
  [500, { error: { message: 'c' } }, 'api_error', 'c'],
])('an error %i %j is %s', (status, body, type, message) => {
  expect(carried({}).error(body, status)).toEqual({ type: 'error', error: { type, message } })
})
