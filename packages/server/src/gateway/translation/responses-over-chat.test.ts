import { expect, test } from 'vitest'
import type { Json, ServerEvent, Translation } from './dialect.js'
import { responsesOverChat } from './responses-over-chat.js'
import { translate } from './translation.js'

const BODY = { model: 'm', input: 'hi' }
const USER = { role: 'user', content: 'hi' }
const NOW = 1_700_000_000_000

function carried(fields: Json): Translation {
  const translation = responsesOverChat({ ...BODY, ...fields }, NOW)
  if ('untranslatable' in translation) throw new Error(translation.untranslatable.message)
  return translation
}

const SCHEMA = { type: 'object', properties: {} }

test('every parameter that chat knows is carried under its name there', () => {
  const { body } = carried({
    instructions: 'Be brief.',
    max_output_tokens: 10,
    temperature: 0.5,
    top_p: 0.9,
    stream: true,
    user: 'u',
    reasoning: { effort: 'low', summary: 'auto' },
    text: { format: { type: 'json_schema', name: 'n', schema: SCHEMA, strict: true }, verbosity: 'low' },
    tools: [{ type: 'function', name: 'f', description: 'does', parameters: SCHEMA, strict: true }],
    tool_choice: { type: 'function', name: 'f' },
    parallel_tool_calls: false,
  })
  expect(body).toEqual({
    model: 'm',
    messages: [{ role: 'system', content: 'Be brief.' }, USER],
    max_tokens: 10,
    temperature: 0.5,
    top_p: 0.9,
    stream: true,
    stream_options: { include_usage: true },
    user: 'u',
    reasoning_effort: 'low',
    response_format: { type: 'json_schema', json_schema: { name: 'n', schema: SCHEMA, strict: true } },
    verbosity: 'low',
    tools: [
      { type: 'function', function: { name: 'f', description: 'does', parameters: SCHEMA, strict: true } },
    ],
    tool_choice: { type: 'function', function: { name: 'f' } },
    parallel_tool_calls: false,
  })
})

test('hints are left out', () => {
  const hints = { store: false, metadata: {}, truncation: 'auto', include: ['reasoning.encrypted_content'] }
  expect(carried({ ...hints, background: false, parallel_tool_calls: true }).body).toEqual({
    model: 'm',
    messages: [USER],
  })
})

test('items become turns: what was said and called together is one message', () => {
  const call = (call_id: string) => ({
    type: 'function_call',
    id: `fc_${call_id}`,
    call_id,
    name: 'f',
    arguments: '{}',
  })
  const { body } = carried({
    input: [
      { role: 'developer', content: 'Be kind.' },
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'Look:' },
          { type: 'input_image', image_url: 'https://a/b.png', detail: 'original' },
        ],
      },
      { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'x' },
      {
        type: 'message',
        id: 'msg_1',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'Let me see.' }],
      },
      call('a'),
      call('b'),
      { type: 'function_call_output', call_id: 'a', output: 'one' },
      {
        type: 'function_call_output',
        call_id: 'b',
        output: [{ type: 'input_image', image_url: 'data:image/png;base64,AA' }],
      },
      call('c'),
      { type: 'function_call_output', call_id: 'c', output: [{ type: 'input_text', text: 'three' }] },
    ],
  })
  const called = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } })
  expect(body['messages']).toEqual([
    { role: 'system', content: 'Be kind.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Look:' },
        { type: 'image_url', image_url: { url: 'https://a/b.png', detail: 'high' } },
      ],
    },
    { role: 'assistant', content: 'Let me see.', tool_calls: [called('a'), called('b')] },
    { role: 'tool', tool_call_id: 'a', content: 'one' },
    { role: 'tool', tool_call_id: 'b', content: 'The result is the image in the next message.' },
    { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } }] },
    { role: 'assistant', content: null, tool_calls: [called('c')] },
    { role: 'tool', tool_call_id: 'c', content: 'three' },
  ])
})

test.each<readonly [Json, string]>([
  [{ input: 7 }, 'input'],
  [{ input: null }, 'input'],
  [{ input: [{ role: 'user', content: [{ type: 'input_file' }] }] }, 'input[0].content[0].type'],
  [
    { input: [{ role: 'user', content: [{ type: 'input_image', file_id: 'f' }] }] },
    'input[0].content[0].file_id',
  ],
  [{ input: [{ type: 'item_reference', id: 'msg_1' }] }, 'input[0].type'],
  [{ input: [{ type: 'function_call_output', output: 'a' }] }, 'input[0].call_id'],
  [{ previous_response_id: 'resp_1' }, 'previous_response_id'],
  [{ conversation: 'c' }, 'conversation'],
  [{ background: true }, 'background'],
  [{ prompt: { id: 'p' } }, 'prompt'],
  [{ tools: [{ type: 'web_search' }] }, 'tools[0].type'],
  [{ tool_choice: { type: 'mcp' } }, 'tool_choice.type'],
  [{ text: { format: { type: 'grammar' } } }, 'text.format.type'],
  [{ include: ['message.output_text.logprobs'] }, 'include[0]'],
  [{ top_logprobs: 3 }, 'top_logprobs'],
])('%j is refused as %s', (fields, field) => {
  expect(responsesOverChat({ ...BODY, ...fields }, NOW)).toHaveProperty('untranslatable.field', field)
})

test.each<readonly [Json, string]>([
  [{ text: { format: { type: 'json_object' } } }, 'text.format'],
  [{ text: { verbosity: 'low' } }, 'text.verbosity'],
  [{ temperature: 1.5 }, 'temperature'],
  [{ input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'data:x' }] }] }, 'input'],
])('before Anthropic, %j is refused under the name that the client knows: %s', (fields, field) => {
  const translation = translate('responses', 'messages', { ...BODY, ...fields }, NOW)
  expect(translation).toHaveProperty('untranslatable.field', field)
  expect(translation).toHaveProperty('untranslatable.message', expect.stringContaining(field))
})

const answerOf = (choice: Json, fields: Json = {}) =>
  carried(fields).answer({ id: 'c', model: 'small', created: 7, choices: [{ index: 0, ...choice }] })

test.each([
  ['stop', 'completed', null],
  ['length', 'incomplete', { reason: 'max_output_tokens' }],
  ['content_filter', 'incomplete', { reason: 'content_filter' }],
])('finish reason %s is status %s', (finish_reason, status, incomplete_details) => {
  expect(answerOf({ finish_reason, message: { content: 'a' } })).toMatchObject({ status, incomplete_details })
})

test('a response repeats what was asked and says that nothing is stored', () => {
  const asked = { instructions: 'Be brief.', temperature: 0.5, metadata: { a: 'b' }, store: true }
  expect(answerOf({}, asked)).toMatchObject({
    ...asked,
    store: false,
    id: 'resp_c',
    created_at: 7,
    model: 'small',
  })
})

test('thoughts, refusals and calls are items of their own', () => {
  const tool_calls = [{ id: 'a', function: { name: 'f', arguments: '{}' } }]
  const message = { reasoning_content: 'hm', content: 'a', refusal: 'no', tool_calls }
  expect(answerOf({ message })['output']).toMatchObject([
    { type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }] },
    { type: 'message', content: [{ type: 'output_text', text: 'a', annotations: [] }] },
    { type: 'message', content: [{ type: 'refusal', refusal: 'no' }] },
    { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}', status: 'completed' },
  ])
})

const chunk = (delta: Json, finish_reason: string | null = null): ServerEvent => ({
  data: { id: 'c', model: 'small', choices: [{ index: 0, delta, finish_reason }] },
})

const typesOf = (events: readonly ServerEvent[]) => {
  const stream = carried({ stream: true }).stream()
  return events.flatMap((event) => stream.push(event)).map((event) => (event === 'done' ? event : event.name))
}

test('a stream tells every item from its beginning to its end', () => {
  const call = { tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }] }
  const events = [
    chunk({ role: 'assistant', content: '' }),
    chunk({ content: 'a' }),
    chunk(call),
    chunk({}, 'tool_calls'),
  ]
  expect(typesOf([...events, 'done'])).toEqual([
    'response.created',
    'response.in_progress',
    'response.output_item.added',
    'response.content_part.added',
    'response.output_text.delta',
    'response.output_text.done',
    'response.content_part.done',
    'response.output_item.done',
    'response.output_item.added',
    'response.function_call_arguments.delta',
    'response.function_call_arguments.done',
    'response.output_item.done',
    'response.completed',
  ])
})

test("images of a tool come before the assistant's next words", () => {
  const { body } = carried({
    input: [
      { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' },
      {
        type: 'function_call_output',
        call_id: 'a',
        output: [{ type: 'input_image', image_url: 'https://a/b' }],
      },
      { role: 'assistant', content: 'Seen.' },
    ],
  })
  const roles = (body['messages'] as readonly Json[]).map((message) => message['role'])
  expect(roles).toEqual(['assistant', 'tool', 'user', 'assistant'])
})

test('an error in a stream has its fields where OpenAI documents them and where it sends them', () => {
  const error = { message: 'no', type: 'server_error', code: 'busy', param: null }
  const told = carried({}).stream().push({ data: { error } })
  expect(told.at(-2)).toMatchObject({
    data: { type: 'error', message: 'no', code: 'busy', param: null, error },
  })
})

test('a failure ends a stream with the error and a failed response', () => {
  const failure: ServerEvent = { data: { error: { message: 'no' } } }
  const expected = ['response.created', 'response.in_progress', 'error', 'response.failed']
  expect(typesOf([failure, chunk({ content: 'b' }), 'done'])).toEqual(expected)
})
