import { expect, test } from 'vitest'
import { chatOverMessages } from './chat-over-messages.js'
import { DEFAULT_MAX_TOKENS } from './chat-request.js'
import type { Json, ServerEvent, Translation } from './dialect.js'

const USER = { role: 'user', content: 'hi' }
const BODY = { model: 'm', max_tokens: 10, messages: [USER] }
const NOW = 1_700_000_000_000

function carried(fields: Json): Translation {
  const translation = chatOverMessages({ ...BODY, ...fields }, NOW)
  if ('untranslatable' in translation) throw new Error(translation.untranslatable.message)
  return translation
}

const SCHEMA = { type: 'object', properties: {} }

test('every parameter that Anthropic knows is carried under its name there', () => {
  const { body } = carried({
    messages: [
      { role: 'system', content: 'Be brief.' },
      USER,
      { role: 'developer', content: [{ type: 'text', text: 'Be kind.' }] },
    ],
    max_completion_tokens: 20,
    stop: 'END',
    temperature: 0.5,
    top_p: 0.9,
    top_k: 5,
    stream: true,
    stream_options: { include_usage: true },
    user: 'u',
    reasoning_effort: 'minimal',
    response_format: { type: 'json_schema', json_schema: { name: 'n', schema: SCHEMA } },
    tools: [{ type: 'function', function: { name: 'f', description: 'does', strict: true } }],
    tool_choice: 'required',
    parallel_tool_calls: false,
  })
  expect(body).toEqual({
    model: 'm',
    max_tokens: 20,
    system: [
      { type: 'text', text: 'Be brief.' },
      { type: 'text', text: 'Be kind.' },
    ],
    messages: [USER],
    stop_sequences: ['END'],
    temperature: 0.5,
    top_p: 0.9,
    top_k: 5,
    stream: true,
    metadata: { user_id: 'u' },
    output_config: { effort: 'low', format: { type: 'json_schema', schema: SCHEMA } },
    tools: [{ name: 'f', description: 'does', input_schema: SCHEMA, strict: true }],
    tool_choice: { type: 'any', disable_parallel_tool_use: true },
  })
})

test('hints and values that ask for nothing are left out', () => {
  const hints = { metadata: { a: 'b' }, seed: 7, store: true, service_tier: 'auto', prompt_cache_key: 'k' }
  const nothing = {
    n: 1,
    logprobs: false,
    presence_penalty: 0,
    logit_bias: {},
    modalities: ['text'],
    temperature: 1,
  }
  expect(carried({ ...hints, ...nothing, response_format: { type: 'text' }, audio: null }).body).toEqual(BODY)
})

test('a client that sets no limit gets the default one', () => {
  expect(carried({ max_tokens: null }).body['max_tokens']).toBe(DEFAULT_MAX_TOKENS)
})

test.each([
  ['auto', { type: 'auto' }],
  ['none', { type: 'none' }],
  ['required', { type: 'any' }],
  [
    { type: 'function', function: { name: 'f' } },
    { type: 'tool', name: 'f' },
  ],
])('tool choice %j is %j', (tool_choice, expected) => {
  const tools = [{ type: 'function', function: { name: 'f', parameters: SCHEMA } }]
  expect(carried({ tools, tool_choice }).body['tool_choice']).toEqual(expected)
})

test('no reasoning effort is thinking switched off', () => {
  const { body } = carried({ reasoning_effort: 'none' })
  expect(body).toEqual({ ...BODY, thinking: { type: 'disabled' } })
})

test('consecutive tool messages are one message, which the words of the user join', () => {
  const call = (id: string, written: string) => ({
    id,
    type: 'function',
    function: { name: 'f', arguments: written },
  })
  const { body } = carried({
    messages: [
      USER,
      { role: 'assistant', content: '', tool_calls: [call('a:1', '{"a":1}'), call('b', '')] },
      { role: 'tool', tool_call_id: 'a:1', content: 'one' },
      { role: 'tool', tool_call_id: 'b', content: [{ type: 'text', text: 'two' }] },
      { role: 'user', content: 'So?' },
    ],
  })
  expect(body['messages']).toEqual([
    USER,
    {
      role: 'assistant',
      content: [
        { type: 'tool_use', id: 'a_1', name: 'f', input: { a: 1 } },
        { type: 'tool_use', id: 'b', name: 'f', input: {} },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'a_1', content: 'one' },
        { type: 'tool_result', tool_use_id: 'b', content: [{ type: 'text', text: 'two' }] },
        { type: 'text', text: 'So?' },
      ],
    },
  ])
})

const withImage = (url: string) => ({
  messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }],
})

test.each([
  ['data:image/jpg;base64,AAAA', { type: 'base64', media_type: 'image/jpeg', data: 'AAAA' }],
  ['https://a/b.png', { type: 'url', url: 'https://a/b.png' }],
])('image %s is %j', (url, source) => {
  expect(carried(withImage(url)).body).toHaveProperty('messages.0.content', [{ type: 'image', source }])
})

const tool = (fields: Json) => ({ messages: [USER, { role: 'tool', ...fields }] })
const calling = (fields: Json) => ({ messages: [USER, { role: 'assistant', ...fields }, USER] })

test.each<readonly [Json, string]>([
  [{ messages: {} }, 'messages'],
  [{ messages: [{ role: 'user' }] }, 'messages[0].content'],
  [{ messages: [{ role: 'function', name: 'f', content: 'a' }] }, 'messages[0].role'],
  [{ messages: [USER, { role: 'assistant', content: 'So' }] }, 'messages[1].role'],
  [{ messages: [{ role: 'user', content: [{ type: 'input_audio' }] }] }, 'messages[0].content[0].type'],
  [{ messages: [{ role: 'user', content: [{ type: 'file' }] }] }, 'messages[0].content[0].type'],
  [withImage('data:image/tiff;base64,AAAA'), 'messages[0].content[0].image_url.url'],
  [withImage('data:image/png,AAAA'), 'messages[0].content[0].image_url.url'],
  [withImage('file:///etc/passwd'), 'messages[0].content[0].image_url.url'],
  [tool({ content: 'a' }), 'messages[1].tool_call_id'],
  [calling({ tool_calls: [{ id: 'a', type: 'custom' }] }), 'messages[1].tool_calls[0].type'],
  [
    calling({ tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '[1]' } }] }),
    'messages[1].tool_calls[0].function.arguments',
  ],
  [calling({ audio: { id: 'a' } }), 'messages[1].audio'],
  [{ temperature: 1.5 }, 'temperature'],
  [{ n: 2 }, 'n'],
  [{ logprobs: true }, 'logprobs'],
  [{ frequency_penalty: 0.5 }, 'frequency_penalty'],
  [{ response_format: { type: 'json_object' } }, 'response_format.type'],
  [{ modalities: ['text', 'audio'] }, 'modalities'],
  [{ web_search_options: {} }, 'web_search_options'],
  [{ tools: [{ type: 'custom', custom: { name: 'f' } }] }, 'tools[0].type'],
  [{ tool_choice: { type: 'allowed_tools' } }, 'tool_choice.type'],
  [{ functions: [{ name: 'f' }] }, 'functions'],
])('%j is refused as %s', (fields, field) => {
  expect(chatOverMessages({ ...BODY, ...fields }, NOW)).toHaveProperty('untranslatable.field', field)
})

test.each([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['pause_turn', 'stop'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['tool_use', 'tool_calls'],
  ['refusal', 'content_filter'],
])('stop reason %s is finish reason %s', (stop_reason, expected) => {
  expect(carried({}).answer({ stop_reason })).toHaveProperty('choices.0.finish_reason', expected)
})

test('what the cache served and took is counted within the prompt', () => {
  const usage = {
    input_tokens: 30,
    cache_read_input_tokens: 60,
    cache_creation_input_tokens: 10,
    output_tokens: 5,
    output_tokens_details: { thinking_tokens: 2 },
  }
  expect(carried({}).answer({ usage })).toHaveProperty('usage', {
    prompt_tokens: 100,
    completion_tokens: 5,
    total_tokens: 105,
    prompt_tokens_details: { cached_tokens: 60, cache_write_tokens: 10 },
    completion_tokens_details: { reasoning_tokens: 2 },
  })
})

const event = (type: string, fields: Json = {}): ServerEvent => ({ name: type, data: { type, ...fields } })

test('a call without arguments has an empty object, streamed as whole', () => {
  const block = { type: 'tool_use', id: 't', name: 'f', input: {} }
  const stream = carried({}).stream()
  const chunks = [
    event('content_block_start', { index: 1, content_block: block }),
    event('content_block_delta', { index: 1, delta: { type: 'input_json_delta', partial_json: '' } }),
    event('content_block_stop', { index: 1 }),
  ].flatMap((said) => stream.push(said))
  expect(chunks).toMatchObject([
    {
      data: {
        choices: [{ delta: { tool_calls: [{ index: 0, id: 't', function: { name: 'f', arguments: '' } }] } }],
      },
    },
    { data: { choices: [{ delta: { tool_calls: [{ index: 0, function: { arguments: '{}' } }] } }] } },
  ])
})

test('pings and events that are not known say nothing', () => {
  const stream = carried({}).stream()
  expect(
    [event('ping'), event('message_rethought'), 'done' as const].flatMap((said) => stream.push(said)),
  ).toEqual([])
})

test('nothing follows an error, not even the mark of a proper end', () => {
  const stream = carried({}).stream()
  const failure = event('error', { error: { type: 'overloaded_error', message: 'Overloaded' } })
  const told = [failure, event('message_stop')].flatMap((said) => stream.push(said))
  const error = { message: 'Overloaded', type: 'server_error', param: null, code: null }
  expect(told).toEqual([{ data: { error } }])
})

test.each([
  [400, 'invalid_request_error', 'invalid_request_error', null],
  [401, 'authentication_error', 'authentication_error', null],
  [429, 'rate_limit_error', 'rate_limit_error', 'rate_limit_exceeded'],
  [529, 'overloaded_error', 'server_error', null],
])('an error %i %s is %s', (status, type, expected, code) => {
  const body = { type: 'error', error: { type, message: 'a' } }
  expect(carried({}).error(body, status)).toEqual({
    error: { message: 'a', type: expected, param: null, code },
  })
})
