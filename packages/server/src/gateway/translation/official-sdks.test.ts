import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import Anthropic from '@anthropic-ai/sdk'
import { generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai'
import OpenAI from 'openai'
import { afterEach, describe, expect, test } from 'vitest'
import type { Api, Json, ServerEvent } from './dialect.js'
import { goBetween, type Answer, type GoBetween } from './go-between.contract.js'
import { chatStreamOf, messageStreamOf } from './spoken.contract.js'

const SCHEMA = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const } },
  required: ['city'],
}

const call = (id: string, city: string) => ({
  id,
  type: 'function',
  function: { name: 'weather', arguments: JSON.stringify({ city }) },
})
const completion = (message: Json, finish: string): Json => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_700_000_000,
  model: 'small',
  choices: [{ index: 0, message: { role: 'assistant', content: null, ...message }, finish_reason: finish }],
  usage: {
    prompt_tokens: 30,
    completion_tokens: 7,
    total_tokens: 37,
    prompt_tokens_details: { cached_tokens: 10 },
  },
})
const CHAT_CALLS = completion(
  { content: 'Let me see.', tool_calls: [call('call_1', 'Rome'), call('call_2', 'Oslo')] },
  'tool_calls',
)
const CHAT_TEXT = completion({ content: 'Sun in Rome, snow in Oslo.' }, 'stop')

const message = (content: readonly Json[], stopReason: string): Json => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude',
  content,
  stop_reason: stopReason,
  stop_sequence: null,
  usage: { input_tokens: 20, cache_read_input_tokens: 10, cache_creation_input_tokens: 0, output_tokens: 7 },
})
const use = (id: string, city: string) => ({ type: 'tool_use', id, name: 'weather', input: { city } })
const MESSAGE_CALLS = message(
  [{ type: 'text', text: 'Let me see.' }, use('toolu_1', 'Rome'), use('toolu_2', 'Oslo')],
  'tool_use',
)
const MESSAGE_TEXT = message([{ type: 'text', text: 'Sun in Rome, snow in Oslo.' }], 'end_turn')

let between: GoBetween | undefined
afterEach(() => between?.close())

async function anthropic(...answers: readonly Answer[]): Promise<Anthropic> {
  between = await goBetween('chat', answers)
  return new Anthropic({ baseURL: between.url, apiKey: 'k', maxRetries: 0 })
}

async function openai(to: Api, ...answers: readonly Answer[]): Promise<OpenAI> {
  between = await goBetween(to, answers)
  return new OpenAI({ baseURL: `${between.url}/v1`, apiKey: 'k', maxRetries: 0 })
}

const whole = (body: Json): Answer => ({ kind: 'whole', body })
const chatStream = (body: Json): Answer => ({ kind: 'stream', events: chatStreamOf(body, 3) })
const messageStream = (body: Json): Answer => ({ kind: 'stream', events: messageStreamOf(body, 3) })

/** A stream that fails after its first words. */
const failing = (events: readonly ServerEvent[], failure: Json): Answer => ({
  kind: 'stream',
  events: [...events.slice(0, 4), { name: 'error', data: failure }],
})
const CHAT_FAILURE = { error: { message: 'out of memory', type: 'server_error', code: null, param: null } }
const MESSAGE_FAILURE = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }

describe('the Anthropic SDK before a chat backend', () => {
  const tools = [{ name: 'weather', description: 'Weather of a city', input_schema: SCHEMA }]
  const params = {
    model: 'm',
    max_tokens: 100,
    tools,
    messages: [{ role: 'user' as const, content: 'Weather?' }],
  }
  const content = [
    { type: 'text', text: 'Let me see.' },
    { ...use('call_1', 'Rome') },
    { ...use('call_2', 'Oslo') },
  ]
  const usage = { input_tokens: 20, cache_read_input_tokens: 10, output_tokens: 7 }

  test('reads a streamed answer with parallel tool calls', async () => {
    const client = await anthropic(chatStream(CHAT_CALLS))
    const told = await client.messages.stream(params).finalMessage()
    expect(told).toMatchObject({ content, usage, stop_reason: 'tool_use', model: 'small' })
  })

  test('reads a whole answer with parallel tool calls', async () => {
    const client = await anthropic(whole(CHAT_CALLS))
    expect(await client.messages.create(params)).toMatchObject({ content, usage, stop_reason: 'tool_use' })
  })

  test('sees a failure in the middle of a stream as an error', async () => {
    const client = await anthropic(failing(chatStreamOf(CHAT_TEXT, 3), CHAT_FAILURE))
    await expect(client.messages.stream(params).finalMessage()).rejects.toThrow('out of memory')
  })

  test('throws the class of error that the backend meant', async () => {
    const body = { error: { message: 'slow down', type: 'rate_limit_error', code: null, param: null } }
    const client = await anthropic({ kind: 'error', status: 429, body })
    const error: unknown = await client.messages.create(params).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(Anthropic.RateLimitError)
    expect(error).toMatchObject({ error: { error: { type: 'rate_limit_error', message: 'slow down' } } })
  })
})

describe('the OpenAI SDK before an Anthropic backend', () => {
  const usage = { prompt_tokens: 30, completion_tokens: 7, prompt_tokens_details: { cached_tokens: 10 } }
  const messages = [{ role: 'user' as const, content: 'Weather?' }]
  const runnable = {
    type: 'function' as const,
    function: {
      name: 'weather',
      description: 'Weather of a city',
      parameters: SCHEMA,
      parse: JSON.parse,
      function: ({ city }: { city: string }) => `weather of ${city}`,
    },
  }

  test.each([true, false])('runs tools in parallel and to the end, streamed: %s', async (stream) => {
    const say = stream ? messageStream : whole
    const client = await openai('messages', say(MESSAGE_CALLS), say(MESSAGE_TEXT))
    const params = { model: 'm', messages, tools: [runnable] }
    const runner = stream
      ? client.chat.completions.runTools({ ...params, stream: true })
      : client.chat.completions.runTools(params)
    expect(await runner.finalContent()).toBe('Sun in Rome, snow in Oslo.')
    expect(between?.asked[1]?.['messages']).toEqual([
      { role: 'user', content: 'Weather?' },
      { role: 'assistant', content: MESSAGE_CALLS['content'] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'toolu_1', content: 'weather of Rome' },
          { type: 'tool_result', tool_use_id: 'toolu_2', content: 'weather of Oslo' },
        ],
      },
    ])
  })

  test('reads the counts of a stream when it asked for them, and only then', async () => {
    const client = await openai('messages', messageStream(MESSAGE_TEXT), messageStream(MESSAGE_TEXT))
    const asking = { model: 'm', messages, stream_options: { include_usage: true } }
    const told = await client.chat.completions.stream(asking).finalChatCompletion()
    expect(told).toMatchObject({ usage, choices: [{ finish_reason: 'stop' }] })
    const counts: unknown[] = []
    const chunks = await client.chat.completions.create({ model: 'm', messages, stream: true })
    for await (const chunk of chunks) counts.push(chunk.usage)
    expect(counts.filter((count) => count !== undefined)).toEqual([])
  })

  test('sees a failure in the middle of a stream as an error', async () => {
    const client = await openai('messages', failing(messageStreamOf(MESSAGE_TEXT, 3), MESSAGE_FAILURE))
    const stream = client.chat.completions.stream({ model: 'm', messages })
    await expect(stream.finalChatCompletion()).rejects.toThrow('Overloaded')
  })

  test('throws the class of error that the backend meant', async () => {
    const body = { type: 'error', error: { type: 'not_found_error', message: 'model: x' } }
    const client = await openai('messages', { kind: 'error', status: 404, body })
    const asking = client.chat.completions.create({ model: 'm', messages })
    await expect(asking).rejects.toBeInstanceOf(OpenAI.NotFoundError)
  })
})

describe.each([
  {
    to: 'chat' as const,
    calls: CHAT_CALLS,
    stream: chatStream,
    events: chatStreamOf(CHAT_TEXT, 3),
    failure: CHAT_FAILURE,
    ids: 'call',
  },
  {
    to: 'messages' as const,
    calls: MESSAGE_CALLS,
    stream: messageStream,
    events: messageStreamOf(MESSAGE_TEXT, 3),
    failure: MESSAGE_FAILURE,
    ids: 'toolu',
  },
])("OpenAI's responses before a backend of $to", ({ to, calls, stream, events, failure, ids }) => {
  const params = {
    model: 'm',
    input: 'Weather?',
    tools: [{ type: 'function' as const, name: 'weather', parameters: SCHEMA, strict: false }],
  }
  const output = [
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Let me see.' }] },
    { type: 'function_call', call_id: `${ids}_1`, name: 'weather', arguments: '{"city":"Rome"}' },
    { type: 'function_call', call_id: `${ids}_2`, name: 'weather', arguments: '{"city":"Oslo"}' },
  ]
  const usage = {
    input_tokens: 30,
    output_tokens: 7,
    total_tokens: 37,
    input_tokens_details: { cached_tokens: 10 },
  }

  test('are read from a stream', async () => {
    const client = await openai(to, stream(calls))
    const told = await client.responses.stream(params).finalResponse()
    expect(told).toMatchObject({ output, usage, status: 'completed', output_text: 'Let me see.' })
  })

  test('are read whole', async () => {
    const client = await openai(to, whole(calls))
    const told = await client.responses.create(params)
    expect(told).toMatchObject({ output, usage, status: 'completed', output_text: 'Let me see.' })
  })

  test('fail in the middle of a stream with an error', async () => {
    const client = await openai(to, failing(events, failure))
    await expect(client.responses.stream(params).finalResponse()).rejects.toThrow(/out of memory|Overloaded/)
  })
})

describe("Vercel's SDK runs tools to the end", () => {
  const weather = tool({
    description: 'Weather of a city',
    inputSchema: jsonSchema<{ city: string }>(SCHEMA),
    execute: ({ city }) => `weather of ${city}`,
  })
  /** By default the SDK refers to stored items by their ids, and nothing is stored here. */
  const STATELESS = { openai: { store: false } }
  const providers = [
    {
      name: 'Anthropic before chat',
      to: 'chat' as const,
      model: (url: string) => createAnthropic({ baseURL: `${url}/v1`, apiKey: 'k' })('m'),
    },
    {
      name: 'chat before Anthropic',
      to: 'messages' as const,
      model: (url: string) => createOpenAI({ baseURL: `${url}/v1`, apiKey: 'k' }).chat('m'),
    },
    {
      name: 'responses before chat',
      to: 'chat' as const,
      model: (url: string) => createOpenAI({ baseURL: `${url}/v1`, apiKey: 'k' }).responses('m'),
    },
    {
      name: 'responses before Anthropic',
      to: 'messages' as const,
      model: (url: string) => createOpenAI({ baseURL: `${url}/v1`, apiKey: 'k' }).responses('m'),
    },
  ]

  test.each(providers)('$name, streamed', async ({ to, model }) => {
    const say =
      to === 'chat'
        ? [CHAT_CALLS, CHAT_TEXT].map(chatStream)
        : [MESSAGE_CALLS, MESSAGE_TEXT].map(messageStream)
    between = await goBetween(to, say)
    const ask = {
      model: model(between.url),
      prompt: 'Weather?',
      maxOutputTokens: 100,
      providerOptions: STATELESS,
      tools: { weather },
      stopWhen: stepCountIs(3),
    }
    const told = streamText({ ...ask, maxRetries: 0 })
    expect(await told.text).toBe('Sun in Rome, snow in Oslo.')
    expect(JSON.stringify(between.asked[1])).toContain('weather of Oslo')
    expect(await told.totalUsage).toMatchObject({ inputTokens: 60, outputTokens: 14 })
  })

  test.each(providers)('$name, whole', async ({ to, model }) => {
    const say = to === 'chat' ? [CHAT_CALLS, CHAT_TEXT].map(whole) : [MESSAGE_CALLS, MESSAGE_TEXT].map(whole)
    between = await goBetween(to, say)
    const ask = {
      model: model(between.url),
      prompt: 'Weather?',
      maxOutputTokens: 100,
      providerOptions: STATELESS,
      tools: { weather },
      stopWhen: stepCountIs(3),
    }
    const told = await generateText({ ...ask, maxRetries: 0 })
    expect(told.text).toBe('Sun in Rome, snow in Oslo.')
    expect(told.totalUsage).toMatchObject({ inputTokens: 60, outputTokens: 14 })
  })
})
