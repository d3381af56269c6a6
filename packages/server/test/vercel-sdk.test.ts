import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import {
  generateObject,
  generateText,
  jsonSchema,
  stepCountIs,
  streamText,
  tool,
  type LanguageModel,
} from 'ai'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ApiUpstream } from './api-upstream.js'
import { startBothApis, type BothApis } from './both-apis.js'
import {
  CHAT,
  CITY_SCHEMA,
  completion,
  FINAL,
  message,
  MESSAGES,
  response,
  RESPONSES,
  TOKENS,
  type Turns,
} from './said.js'
import { PIECES } from './stream-pieces.js'

let rig: BothApis

beforeEach(async () => {
  rig = await startBothApis('retries: { max_attempts: 1 }')
})
afterEach(async () => {
  await rig.expectFree()
  await rig.stop()
})

const openai = () => createOpenAI({ baseURL: `${rig.instance.url}/v1`, apiKey: 'k' })
const anthropic = () => createAnthropic({ baseURL: `${rig.instance.url}/v1`, apiKey: 'k' })

interface Case {
  readonly name: string
  readonly model: () => LanguageModel
  readonly upstream: () => ApiUpstream
  readonly turns: Turns
  readonly backend: 'chat' | 'messages' | 'responses'
}

const chatBackend = { upstream: () => rig.openai, turns: CHAT, backend: 'chat' as const }
const messagesBackend = { upstream: () => rig.anthropic, turns: MESSAGES, backend: 'messages' as const }
const cases: readonly Case[] = [
  { name: 'chat before chat', model: () => openai().chat('chat'), ...chatBackend },
  { name: 'chat before Anthropic', model: () => openai().chat('claude'), ...messagesBackend },
  { name: 'messages before Anthropic', model: () => anthropic()('claude'), ...messagesBackend },
  { name: 'messages before chat', model: () => anthropic()('chat'), ...chatBackend },
  {
    name: 'responses before responses',
    model: () => openai().responses('chat'),
    upstream: () => rig.openai,
    turns: RESPONSES,
    backend: 'responses',
  },
  { name: 'responses before chat', model: () => openai().responses('translated'), ...chatBackend },
  { name: 'responses before Anthropic', model: () => openai().responses('claude'), ...messagesBackend },
]

/** Where nothing is stored there is nothing to refer to. */
const STATELESS = { openai: { store: false } }

const weather = tool({
  description: 'Weather of a city',
  inputSchema: jsonSchema<{ city: string }>(CITY_SCHEMA),
  execute: ({ city }) => `weather of ${city}`,
})

describe.each(cases)("Vercel's ai: $name", ({ model, upstream, turns, backend }) => {
  const asked = () => ({
    model: model(),
    prompt: 'Weather?',
    maxOutputTokens: 100,
    maxRetries: 0,
    providerOptions: STATELESS,
  })
  const tokens = { inputTokens: TOKENS.input, outputTokens: TOKENS.output }

  it('generates a text', async () => {
    upstream().say(turns.text)
    const { text, finishReason, usage } = await generateText(asked())
    expect({ text, finishReason }).toEqual({ text: FINAL, finishReason: 'stop' })
    expect(usage).toMatchObject(tokens)
  })

  it('streams a text', async () => {
    upstream().say(turns.text)
    const told = streamText(asked())
    const pieces: string[] = []
    for await (const piece of told.textStream) pieces.push(piece)
    expect(pieces.join('')).toBe(FINAL)
    expect(await told.finishReason).toBe('stop')
    expect(await told.usage).toMatchObject(tokens)
  })

  it.each([true, false])('runs tools through several steps, streamed: %s', async (isStreamed) => {
    upstream().say(turns.calls, turns.text)
    const body = { ...asked(), tools: { weather }, stopWhen: stepCountIs(3) }
    const told = isStreamed ? streamText(body) : await generateText(body)
    expect(await told.text).toBe(FINAL)
    const steps = await told.steps
    expect(steps[0]?.toolCalls.map(({ input }) => input)).toEqual([{ city: 'Rome' }, { city: 'Oslo' }])
    const second = JSON.stringify(upstream().last.body)
    expect(second).toContain('weather of Rome')
    expect(second).toContain('weather of Oslo')
  })

  it('generates an object', async () => {
    const said = '{"city":"Rome"}'
    const answers = {
      chat: completion({ content: said }, 'stop'),
      messages: message([{ type: 'text', text: said }], 'end_turn'),
      // The messages provider asks with a tool for models that it does not know to have structured answers.
      tool: {
        chat: completion(
          { tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'json', arguments: said } }] },
          'tool_calls',
        ),
        messages: message(
          [{ type: 'tool_use', id: 'call_1', name: 'json', input: { city: 'Rome' } }],
          'tool_use',
        ),
      },
      responses: response(said),
    }
    const usesTool =
      (model() as { provider: string }).provider.startsWith('anthropic') && backend !== 'responses'
    upstream().say(usesTool ? answers.tool[backend] : answers[backend])
    const { object } = await generateObject({ ...asked(), schema: jsonSchema<{ city: string }>(CITY_SCHEMA) })
    expect(object).toEqual({ city: 'Rome' })
  })

  it('takes the model along when it leaves', async () => {
    const { opening, content } = PIECES[backend]
    upstream().say((_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' }).write(opening + content)
    })
    const leaving = new AbortController()
    const told = streamText({ ...asked(), abortSignal: leaving.signal })
    for await (const part of told.fullStream) if (part.type === 'text-delta') leaving.abort()
    await vi.waitFor(() => expect(upstream().active).toBe(0))
    expect(await rig.outcomes()).toEqual({ client_gone: 1 })
  })

  it('asks again after the time that a 429 tells', async () => {
    const limited =
      '{"type":"error","error":{"type":"rate_limit_error","message":"slow down","code":"rate_limit_exceeded","param":null}}'
    upstream().say(
      (_req, res) =>
        res.writeHead(429, { 'content-type': 'application/json', 'retry-after-ms': '30' }).end(limited),
      turns.text,
    )
    expect((await generateText({ ...asked(), maxRetries: 2 })).text).toBe(FINAL)
    expect(upstream().calls).toBe(2)
  })

  it('is told of an error in the middle of a stream', async () => {
    const { opening, content, failure } = PIECES[backend]
    upstream().say((_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' }).end(opening + content + failure)
    })
    const errors: unknown[] = []
    const told = streamText({ ...asked(), onError: ({ error }) => void errors.push(error) })
    await told.consumeStream()
    expect(JSON.stringify(errors[0], Object.getOwnPropertyNames(errors[0] ?? {}))).toContain('out of memory')
    await rig.expectFree()
    expect(await rig.outcomes()).toEqual({ upstream_cut: 1 })
  })
})
