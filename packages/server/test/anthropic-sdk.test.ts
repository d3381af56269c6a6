import Anthropic, { APIUserAbortError } from '@anthropic-ai/sdk'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Json } from '../src/gateway/translation/dialect.js'
import { startBothApis, type BothApis } from './both-apis.js'
import { CHAT, CITY_SCHEMA, completion, FINAL, message, MESSAGES, TOKENS } from './said.js'

let rig: BothApis
let client: Anthropic

beforeEach(async () => {
  rig = await startBothApis('retries: { max_attempts: 1 }')
  client = new Anthropic({ baseURL: rig.instance.url, apiKey: 'of-the-client', maxRetries: 0 })
})
afterEach(async () => {
  await rig.expectFree()
  await rig.stop()
})

const IMAGE = 'iVBORw0KGgo='
const tools = [{ name: 'weather', description: 'Weather of a city', input_schema: CITY_SCHEMA }]
const question = { role: 'user' as const, content: 'Weather?' }
const asking = (model: string) => ({ model, max_tokens: 100, messages: [question] })
const usage = {
  input_tokens: TOKENS.input - TOKENS.cached,
  cache_read_input_tokens: TOKENS.cached,
  output_tokens: TOKENS.output,
}

interface Case {
  readonly model: 'chat' | 'claude'
  readonly turns: typeof CHAT
  readonly upstream: () => BothApis['openai']
  /** What its backend makes of a limit on tokens reached, a stop sequence met, a refusal. */
  readonly endings: readonly (readonly [Json, string])[]
  /** A failure of the backend before it has begun, in its own words. */
  readonly failure: (type: string, said: string) => Json
}

const cases: readonly Case[] = [
  {
    model: 'chat',
    turns: CHAT,
    upstream: () => rig.openai,
    endings: [
      [completion({ content: 'And' }, 'length'), 'max_tokens'],
      [completion({ content: null, refusal: 'No.' }, 'content_filter'), 'refusal'],
      [completion({ content: 'One' }, 'stop'), 'end_turn'],
    ],
    failure: (type, said) => ({ error: { message: said, type, param: null, code: null } }),
  },
  {
    model: 'claude',
    turns: MESSAGES,
    upstream: () => rig.anthropic,
    endings: [
      [message([{ type: 'text', text: 'And' }], 'max_tokens'), 'max_tokens'],
      [message([], 'refusal'), 'refusal'],
      [message([{ type: 'text', text: 'One' }], 'stop_sequence', 'two'), 'stop_sequence'],
    ],
    failure: (type, said) => ({ type: 'error', error: { type, message: said } }),
  },
]

describe.each(cases)(
  'the official Anthropic SDK before $model',
  ({ model, turns, upstream, endings, failure }) => {
    const content = MESSAGES.calls['content']
    const sends = (status: number, body: Json, headers: Readonly<Record<string, string>> = {}) =>
      upstream().say((_req, res) =>
        res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body)),
      )

    it('gets a whole answer and the headers that tell how it came about', async () => {
      upstream().say(turns.text)
      const { data, response } = await client.messages.create(asking(model)).withResponse()
      expect(data).toMatchObject({
        type: 'message',
        role: 'assistant',
        content: [{ type: 'text', text: FINAL }],
        stop_reason: 'end_turn',
        usage,
      })
      expect(response.headers.get('x-loadstar-model')).toBe(model)
    })

    it('gets a stream, event by event and put together', async () => {
      upstream().say(turns.text)
      const seen: string[] = []
      const stream = client.messages.stream(asking(model)).on('text', (delta) => seen.push(delta))
      expect(await stream.finalMessage()).toMatchObject({
        content: [{ type: 'text', text: FINAL }],
        stop_reason: 'end_turn',
        usage,
      })
      expect(seen.length).toBeGreaterThan(2)
      expect(seen.join('')).toBe(FINAL)
    })

    it.each([true, false])(
      'calls tools in parallel and is told their results, streamed: %s',
      async (isStreamed) => {
        upstream().say(turns.calls, turns.text)
        const say = (messages: Anthropic.MessageParam[]) => {
          const body = { ...asking(model), messages, tools, tool_choice: { type: 'auto' as const } }
          return isStreamed ? client.messages.stream(body).finalMessage() : client.messages.create(body)
        }
        const called = await say([question])
        expect(called).toMatchObject({ content, stop_reason: 'tool_use', usage })
        const results = called.content.flatMap((block) =>
          block.type === 'tool_use'
            ? [
                {
                  type: 'tool_result' as const,
                  tool_use_id: block.id,
                  content: `weather of ${(block.input as { city: string }).city}`,
                },
              ]
            : [],
        )
        const told = await say([
          question,
          { role: 'assistant', content: called.content },
          { role: 'user', content: results },
        ])
        expect(told.content).toMatchObject([{ type: 'text', text: FINAL }])
        const { body } = upstream().last
        expect(JSON.stringify(body)).toContain('weather of Rome')
        expect(body['messages']).toHaveLength(model === 'chat' ? 4 : 3)
        if (model === 'chat') {
          expect(body['messages']).toMatchObject([
            { role: 'user' },
            { role: 'assistant', tool_calls: [{ id: 'call_1' }, { id: 'call_2' }] },
            { role: 'tool', tool_call_id: 'call_1', content: 'weather of Rome' },
            { role: 'tool', tool_call_id: 'call_2', content: 'weather of Oslo' },
          ])
        }
      },
    )

    it('shows images under a system prompt', async () => {
      upstream().say(turns.text)
      await client.messages.create({
        ...asking(model),
        system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
        messages: [
          {
            role: 'user',
            content: [
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: IMAGE } },
              { type: 'text', text: 'What is it?' },
            ],
          },
        ],
      })
      const { body } = upstream().last
      if (model === 'claude') {
        expect(body['system']).toMatchObject([{ text: 'Be brief.', cache_control: { type: 'ephemeral' } }])
        expect(body['messages']).toMatchObject([
          { content: [{ source: { data: IMAGE } }, { text: 'What is it?' }] },
        ])
        return
      }
      expect(body['messages']).toMatchObject([
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url: `data:image/png;base64,${IMAGE}` } },
            { type: 'text', text: 'What is it?' },
          ],
        },
      ])
    })

    it.each([true, false])('is told why the answer ended, streamed: %s', async (isStreamed) => {
      for (const [answer, reason] of endings) {
        upstream().say(answer)
        const body = asking(model)
        const told = await (isStreamed
          ? client.messages.stream(body).finalMessage()
          : client.messages.create(body))
        expect(told.stop_reason).toBe(reason)
      }
    })

    it('takes the model along when it leaves in the middle of a stream', async () => {
      let isClosed = false
      upstream().say((_req, res) => {
        res.writeHead(200, { 'content-type': 'text/event-stream' })
        res.write(opening(model))
        res.once('close', () => (isClosed = true))
      })
      const stream = client.messages.stream(asking(model))
      const ended = stream.finalMessage().catch((error: unknown) => error)
      await new Promise<void>((resolve) => stream.once('text', () => resolve()))
      expect(rig.instance.snapshot().inFlight).toBe(1)
      stream.abort()
      expect(await ended).toBeInstanceOf(APIUserAbortError)
      await vi.waitFor(() => expect(isClosed).toBe(true))
    })

    it('retries by itself when the backend says for how long, and then succeeds', async () => {
      sends(429, failure('rate_limit_error', 'slow down'), { 'retry-after-ms': '30' })
      upstream().say(turns.text)
      const { data, response } = await client.messages.create(asking(model), { maxRetries: 2 }).withResponse()
      expect(data.content).toMatchObject([{ text: FINAL }])
      expect(response.status).toBe(200)
    })

    it('throws the class of every error', async () => {
      const thrown = () => client.messages.create(asking(model)).catch((error: unknown) => error)
      sends(429, failure('rate_limit_error', 'slow down'), { 'retry-after-ms': '1' })
      const limited = await thrown()
      expect(limited).toBeInstanceOf(Anthropic.RateLimitError)
      expect(limited).toMatchObject({ status: 429, type: 'rate_limit_error' })
      expect(Number((limited as { headers: Headers }).headers.get('retry-after'))).toBe(1)

      sends(400, failure('invalid_request_error', 'prompt is too long'))
      const wrong = await thrown()
      expect(wrong).toBeInstanceOf(Anthropic.BadRequestError)
      expect(wrong).toMatchObject({ type: 'invalid_request_error', apiMessage: 'prompt is too long' })

      sends(529, failure('overloaded_error', 'Overloaded'))
      expect(await thrown()).toBeInstanceOf(Anthropic.InternalServerError)

      sends(500, failure('api_error', 'out of memory'))
      expect(await thrown()).toMatchObject({ status: 502, type: 'api_error' })
    })

    it.each(['before', 'after'])('throws what a stream says %s its first words', async (when) => {
      upstream().say((_req, res) => {
        res.writeHead(200, { 'content-type': 'text/event-stream' })
        const said = `event: error\ndata: ${JSON.stringify(failure('overloaded_error', 'Overloaded'))}\n\n`
        res.end(when === 'after' ? opening(model) + said : said)
      })
      await expect(client.messages.stream(asking(model)).finalMessage()).rejects.toThrow('Overloaded')
    })

    it('asks many at once: none is lost, none is above the limit', async () => {
      const answers: (() => void)[] = []
      let most = 0
      const slow = Array.from(
        { length: 3 },
        () =>
          (
            _req: unknown,
            res: {
              end(text: string): void
              writeHead(status: number, headers: Readonly<Record<string, string>>): void
            },
          ) => {
            most = Math.max(most, upstream().active)
            res.writeHead(200, { 'content-type': 'application/json' })
            answers.push(() => res.end(JSON.stringify(turns.text)))
          },
      )
      upstream().say(...slow)
      const all = Promise.all(slow.map(() => client.messages.create(asking(model))))
      for (let given = 0; given < slow.length; given++) {
        await vi.waitFor(() => expect(answers.length).toBeGreaterThan(0))
        answers.shift()?.()
      }
      expect((await all).map(({ content: [block] }) => block)).toMatchObject(
        slow.map(() => ({ text: FINAL })),
      )
      expect(most).toBeLessThanOrEqual(2)
    })
  },
)

describe('the official Anthropic SDK', () => {
  it('is told by name what a chat backend cannot be sent, and the same goes to an Anthropic one', async () => {
    const body = (model: string) => ({
      ...asking(model),
      messages: [
        {
          role: 'user' as const,
          content: [
            {
              type: 'document' as const,
              source: { type: 'base64' as const, media_type: 'application/pdf' as const, data: 'JVBERi0=' },
            },
          ],
        },
      ],
    })
    const calls = rig.openai.calls
    const refused: unknown = await client.messages.create(body('chat')).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(Anthropic.BadRequestError)
    expect((refused as Error).message).toContain('messages[0].content[0]')
    expect(rig.openai.calls).toBe(calls)
    rig.anthropic.say(MESSAGES.text)
    expect((await client.messages.create(body('claude'))).stop_reason).toBe('end_turn')
  })

  it('sends the version and the betas that its client asked for', async () => {
    rig.anthropic.say(MESSAGES.text)
    await client.beta.messages.create({ ...asking('claude'), betas: ['context-1m-2025-08-07'] })
    const { headers } = rig.anthropic.last
    expect(headers['anthropic-beta']).toBe('context-1m-2025-08-07')
  })

  it('lists models and reads one', async () => {
    const ids: string[] = []
    for await (const { id, type } of client.models.list()) ids.push(`${type} ${id}`)
    expect(ids).toEqual(['model chat', 'model translated', 'model claude', 'model auto'])
    expect(await client.models.retrieve('claude')).toMatchObject({ id: 'claude', type: 'model' })
    await expect(client.models.retrieve('nobody')).rejects.toBeInstanceOf(Anthropic.NotFoundError)
  })

  it('is told of a model that nobody knows', async () => {
    const error: unknown = await client.messages.create(asking('nobody')).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Anthropic.NotFoundError)
    expect(error).toMatchObject({ type: 'not_found_error' })
  })

  it('is refused while the queue is full, and succeeds when it obeys the hint', async () => {
    const running = [new AbortController(), new AbortController(), new AbortController()]
    const silence = () => undefined
    rig.anthropic.say(silence, silence, MESSAGES.text)
    const left = running.map(({ signal }) =>
      client.messages.create(asking('claude'), { signal }).catch((error: unknown) => error),
    )
    await vi.waitFor(() => expect(rig.instance.snapshot()).toMatchObject({ inFlight: 2, waiting: 1 }))
    const refused: unknown = await client.messages.create(asking('claude')).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(Anthropic.RateLimitError)
    expect((refused as { headers: Headers }).headers.get('x-loadstar-reason')).toBe('queue_full')
    const patient = client.messages.create(asking('claude'), { maxRetries: 8 })
    // The last first: whoever waits must not be sent to the model in the place of one that left.
    for (const one of running.reverse()) one.abort()
    expect((await Promise.all(left)).every((error) => error instanceof APIUserAbortError)).toBe(true)
    expect((await patient).content).toMatchObject([{ text: FINAL }])
  })
})

/** How a stream of that model's backend begins, with a first word. */
function opening(model: string): string {
  const events =
    model === 'chat'
      ? [
          {
            data: {
              id: 'c',
              object: 'chat.completion.chunk',
              created: 1,
              model: 'm',
              choices: [{ index: 0, delta: { role: 'assistant', content: 'Well' }, finish_reason: null }],
            },
          },
        ]
      : [
          {
            event: 'message_start',
            data: { type: 'message_start', message: { ...message([], ''), stop_reason: null } },
          },
          {
            event: 'content_block_start',
            data: { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
          },
          {
            event: 'content_block_delta',
            data: { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Well' } },
          },
        ]
  return events
    .map(
      ({ data, ...named }) =>
        `${'event' in named ? `event: ${String(named.event)}\n` : ''}data: ${JSON.stringify(data)}\n\n`,
    )
    .join('')
}
