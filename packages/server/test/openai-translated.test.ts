import OpenAI, { APIUserAbortError, BadRequestError, RateLimitError } from 'openai'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ApiUpstream } from './api-upstream.js'
import { startBothApis, type BothApis } from './both-apis.js'
import { CHAT, CITY_SCHEMA, FINAL, MESSAGES, RESPONSES, TOKENS, type Turns } from './said.js'
import { PIECES } from './stream-pieces.js'

let rig: BothApis
let client: OpenAI

beforeEach(async () => {
  rig = await startBothApis('retries: { max_attempts: 1 }')
  client = new OpenAI({ baseURL: `${rig.instance.url}/v1`, apiKey: 'of-the-client', maxRetries: 0 })
})
afterEach(async () => {
  await rig.expectFree()
  await rig.stop()
})

const question = { role: 'user' as const, content: 'Weather?' }
const asking = (model: string) => ({ model, messages: [question] })
const streaming = (model: string) => ({ ...asking(model), stream: true as const })

interface Case {
  readonly model: string
  readonly turns: Turns
  readonly upstream: () => ApiUpstream
}

const CHAT_CASES: readonly Case[] = [
  { model: 'chat', turns: CHAT, upstream: () => rig.openai },
  { model: 'claude', turns: MESSAGES, upstream: () => rig.anthropic },
]

describe.each(CHAT_CASES)(
  'chat completions of the official openai SDK before $model',
  ({ model, turns, upstream }) => {
    const usage = {
      prompt_tokens: TOKENS.input,
      completion_tokens: TOKENS.output,
      prompt_tokens_details: { cached_tokens: TOKENS.cached },
    }

    it('come whole', async () => {
      upstream().say(turns.text)
      const told = await client.chat.completions.create(asking(model))
      expect(told).toMatchObject({
        object: 'chat.completion',
        choices: [{ message: { role: 'assistant', content: FINAL }, finish_reason: 'stop' }],
        usage,
      })
    })

    it('are streamed without the counts nobody asked for, though the backend was asked for them', async () => {
      upstream().say(turns.text)
      let text = ''
      for await (const chunk of await client.chat.completions.create(streaming(model))) {
        expect(chunk.choices).toHaveLength(1)
        expect(chunk.usage ?? null).toBeNull()
        text += chunk.choices[0]?.delta.content ?? ''
      }
      expect(text).toBe(FINAL)
      if (model === 'chat') expect(upstream().last.body['stream_options']).toEqual({ include_usage: true })
      else expect(upstream().last.body).not.toHaveProperty('stream_options')
    })

    it('are streamed with the counts that were asked for', async () => {
      upstream().say(turns.text)
      const body = { ...asking(model), stream_options: { include_usage: true } }
      expect(await client.chat.completions.stream(body).finalChatCompletion()).toMatchObject({
        choices: [{ message: { content: FINAL }, finish_reason: 'stop' }],
        usage,
      })
    })

    it.each([true, false])('run tools in parallel and to the end, streamed: %s', async (isStreamed) => {
      upstream().say(turns.calls, turns.text)
      const weather = {
        type: 'function' as const,
        function: {
          name: 'weather',
          description: 'Weather of a city',
          parameters: CITY_SCHEMA,
          parse: JSON.parse,
          function: ({ city }: { city: string }) => `weather of ${city}`,
        },
      }
      const body = { ...asking(model), tools: [weather] }
      const runner = isStreamed
        ? client.chat.completions.runTools({ ...body, stream: true })
        : client.chat.completions.runTools(body)
      expect(await runner.finalContent()).toBe(FINAL)
      const messages = upstream().last.body['messages']
      expect(messages).toMatchObject(
        model === 'chat'
          ? [
              { role: 'user' },
              { role: 'assistant', tool_calls: [{ id: 'call_1' }, { id: 'call_2' }] },
              { role: 'tool', tool_call_id: 'call_1', content: 'weather of Rome' },
              { role: 'tool', tool_call_id: 'call_2', content: 'weather of Oslo' },
            ]
          : [
              { role: 'user', content: 'Weather?' },
              { role: 'assistant', content: MESSAGES.calls['content'] },
              {
                role: 'user',
                content: [
                  { type: 'tool_result', tool_use_id: 'call_1', content: 'weather of Rome' },
                  { type: 'tool_result', tool_use_id: 'call_2', content: 'weather of Oslo' },
                ],
              },
            ],
      )
    })

    it('take the model along when their client leaves', async () => {
      const { opening, content } = PIECES[model === 'chat' ? 'chat' : 'messages']
      upstream().say((_req, res) => {
        res.writeHead(200, { 'content-type': 'text/event-stream' }).write(opening + content)
      })
      const stream = await client.chat.completions.create(streaming(model))
      for await (const chunk of stream) {
        expect(rig.instance.snapshot().inFlight).toBe(1)
        if (chunk.choices[0]?.delta.content === 'Well') stream.controller.abort()
      }
      await vi.waitFor(() => expect(upstream().active).toBe(0))
      expect(await rig.outcomes()).toEqual({ client_gone: 1 })
    })

    it('are asked for again after the time that a 429 tells', async () => {
      upstream().say(
        (_req, res) =>
          res
            .writeHead(429, { 'content-type': 'application/json', 'retry-after-ms': '30' })
            .end('{"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}'),
        turns.text,
      )
      expect((await client.chat.completions.create(asking(model), { maxRetries: 2 })).choices).toHaveLength(1)
      expect(upstream().calls).toBe(2)
    })

    it('are refused while the queue is full, and come when the hint is obeyed', async () => {
      const silence = () => undefined
      upstream().say(silence, silence, turns.text, turns.text)
      const leaving = new AbortController()
      const ask = (options: OpenAI.RequestOptions) => client.chat.completions.create(asking(model), options)
      const left = [1, 2].map(() => ask({ signal: leaving.signal }).catch((error: unknown) => error))
      await vi.waitFor(() => expect(rig.instance.snapshot()).toMatchObject({ inFlight: 2 }))
      const waiting = ask({})
      await vi.waitFor(() => expect(rig.instance.snapshot()).toMatchObject({ waiting: 1 }))
      const refused: unknown = await ask({}).catch((error: unknown) => error)
      expect(refused).toBeInstanceOf(RateLimitError)
      expect(Number((refused as RateLimitError).headers.get('retry-after-ms'))).toBeGreaterThan(0)
      const patient = ask({ maxRetries: 8 })
      leaving.abort()
      for (const error of await Promise.all(left)) expect(error).toBeInstanceOf(APIUserAbortError)
      expect((await Promise.all([waiting, patient])).map(({ choices }) => choices.length)).toEqual([1, 1])
    })
  },
)

describe('what an Anthropic backend cannot be sent', () => {
  it('is a version or a beta that a client of another API names', async () => {
    rig.anthropic.say(MESSAGES.text)
    const headers = { 'anthropic-version': '2026-10-21', 'anthropic-beta': 'some-2026-01-01' }
    await client.chat.completions.create(asking('claude'), { headers })
    const sent = rig.anthropic.last.headers
    expect([sent['anthropic-version'], sent['anthropic-beta']]).toEqual(['2023-06-01', undefined])
  })

  it('is refused by name', async () => {
    const asked = client.chat.completions.create({ ...asking('claude'), logprobs: true })
    const refused: unknown = await asked.catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(BadRequestError)
    expect(refused).toMatchObject({ param: 'logprobs', code: 'untranslatable' })
    expect(rig.anthropic.calls).toBe(0)
  })

  it('is refused where the API has no counterpart', async () => {
    await expect(client.embeddings.create({ model: 'claude', input: 'a' })).rejects.toMatchObject({
      status: 400,
      code: 'unsupported_endpoint',
    })
  })
})

const RESPONSE_CASES: readonly (Case & { readonly path: string })[] = [
  { model: 'chat', turns: RESPONSES, upstream: () => rig.openai, path: '/v1/responses' },
  { model: 'translated', turns: CHAT, upstream: () => rig.openai, path: '/v1/chat/completions' },
  { model: 'claude', turns: MESSAGES, upstream: () => rig.anthropic, path: '/v1/messages' },
]

describe.each(RESPONSE_CASES)(
  'responses of the official openai SDK before $model at $path',
  ({ model, turns, upstream, path }) => {
    const tools = [{ type: 'function' as const, name: 'weather', parameters: CITY_SCHEMA, strict: false }]
    const usage = {
      input_tokens: TOKENS.input,
      output_tokens: TOKENS.output,
      input_tokens_details: { cached_tokens: TOKENS.cached },
    }

    it.each([true, false])(
      'call tools in parallel and are told their results, streamed: %s',
      async (isStreamed) => {
        upstream().say(turns.calls, turns.text)
        const ask = (input: OpenAI.Responses.ResponseInput): Promise<OpenAI.Responses.Response> =>
          isStreamed
            ? client.responses.stream({ model, input, tools }).finalResponse()
            : client.responses.create({ model, input, tools })
        const called = await ask([question])
        expect(called).toMatchObject({
          object: 'response',
          status: 'completed',
          output: [
            { type: 'message' },
            { type: 'function_call', call_id: 'call_1', arguments: '{"city":"Rome"}' },
            { type: 'function_call', call_id: 'call_2', arguments: '{"city":"Oslo"}' },
          ],
          usage,
        })
        const results = called.output.flatMap((item) =>
          item.type === 'function_call'
            ? [
                {
                  type: 'function_call_output' as const,
                  call_id: item.call_id,
                  output: `result of ${item.arguments}`,
                },
              ]
            : [],
        )
        const told = await ask([question, ...(called.output as OpenAI.Responses.ResponseInput), ...results])
        expect(told).toMatchObject({ output_text: FINAL, status: 'completed', usage })
        expect(upstream().asked.map((call) => call.path)).toEqual([path, path])
        expect(JSON.stringify(upstream().last.body)).toContain('Oslo')
      },
    )

    it('take the model along when their client leaves', async () => {
      const { opening, content } =
        PIECES[path === '/v1/messages' ? 'messages' : path === '/v1/responses' ? 'responses' : 'chat']
      upstream().say((_req, res) => {
        res.writeHead(200, { 'content-type': 'text/event-stream' }).write(opening + content)
      })
      const stream = await client.responses.create({ model, input: 'hi', stream: true })
      for await (const event of stream)
        if (event.type === 'response.output_text.delta') stream.controller.abort()
      await vi.waitFor(() => expect(upstream().active).toBe(0))
      expect(await rig.outcomes()).toEqual({ client_gone: 1 })
    })

    it('fail in the middle with what the model says', async () => {
      const { opening, content, failure } =
        PIECES[path === '/v1/messages' ? 'messages' : path === '/v1/responses' ? 'responses' : 'chat']
      upstream().say((_req, res) => {
        res.writeHead(200, { 'content-type': 'text/event-stream' }).end(opening + content + failure)
      })
      const stream = client.responses.stream({ model, input: 'hi' })
      await expect(stream.finalResponse()).rejects.toThrow('out of memory')
    })
  },
)
