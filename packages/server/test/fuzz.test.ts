import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import Anthropic from '@anthropic-ai/sdk'
import fc from 'fast-check'
import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Instance } from '../src/cli/instance.js'
import { FLOWS, type ClientApi } from './flows.js'
import { configOf, quietInstance } from './rig.js'
import { startUpstream, type ScriptedUpstream } from './scripted-upstream.js'
import { CHAT, MESSAGES, RESPONSES } from './said.js'
import { PIECES } from './stream-pieces.js'
import type { Behaviour } from './two-models.js'

/** Of each property; a failing one prints its seed and path, which replay it. */
const RUNS = Number(process.env['LOADSTAR_FUZZ_RUNS'] ?? 200)
const SEED = process.env['LOADSTAR_SEED']
const PARAMETERS = { numRuns: RUNS, ...(SEED === undefined ? {} : { seed: Number(SEED) }) }
vi.setConfig({ testTimeout: 60_000 + 100 * RUNS })
/** What takes longer hangs. */
const HANG_MS = 30_000

let upstream: ScriptedUpstream
let instance: Instance
const agent = new Agent({ keepAlive: true })

const answers: Readonly<Record<string, readonly [whole: object, stream: string]>> = {
  '/v1/chat/completions': [CHAT.text, streamOf('chat')],
  '/v1/messages': [MESSAGES.text, streamOf('messages')],
  '/v1/responses': [RESPONSES.text, streamOf('responses')],
  '/v1/completions': [{ choices: [{ index: 0, text: 'Well' }] }, streamOf('chat')],
  '/v1/embeddings': [{ object: 'list', data: [] }, streamOf('chat')],
}

function streamOf(api: keyof typeof PIECES): string {
  const { opening, content, rest } = PIECES[api]
  return opening + content + rest
}

/** A backend that answers whatever is JSON. */
const answering: Behaviour = (req, res) => {
  const parts: Buffer[] = []
  req.on('data', (part: Buffer) => parts.push(part))
  req.on('end', () => {
    const [whole, stream] = answers[req.url ?? ''] ?? [{}, '']
    try {
      const body = JSON.parse(Buffer.concat(parts).toString()) as { stream?: unknown }
      if (body.stream === true) res.writeHead(200, { 'content-type': 'text/event-stream' }).end(stream)
      else res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(whole))
    } catch {
      res
        .writeHead(400, { 'content-type': 'application/json' })
        .end('{"type":"error","error":{"type":"invalid_request_error","message":"no JSON"}}')
    }
  })
}

beforeAll(async () => {
  upstream = await startUpstream(answering)
  const common = `base_url: '${upstream.url}', max_concurrent: 4, target_utilization: 1`
  instance = await quietInstance(
    configOf(`
server: { max_body_bytes: 200000 }
models:
  - { id: chat, ${common} }
  - { id: translated, responses_api: translated, ${common} }
  - { id: claude, dialect: anthropic, ${common} }
routing:
  retries: { max_attempts: 1 }
  health: { breaker: { consecutive_failures: 0, min_success_rate: 0 } }
`),
  )
})
beforeEach(() => {
  upstream.behave(answering)
})
afterAll(async () => {
  agent.destroy()
  await instance.stop()
  await upstream.stop()
})

async function expectWell(): Promise<void> {
  await vi.waitFor(() => {
    expect(instance.snapshot()).toMatchObject({ inFlight: 0, waiting: 0 })
    expect(upstream.active).toBe(0)
  })
}

interface Answer {
  readonly status: number
  readonly text: string
}

function post(path: string, body: Buffer, headers: Readonly<Record<string, string>>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const req = request(instance.url + path, {
      method: 'POST',
      agent,
      headers: { 'content-type': 'application/json', 'content-length': body.length, ...headers },
      signal: AbortSignal.timeout(HANG_MS),
    })
    req.on('error', reject)
    req.on('response', (res) => {
      const parts: Buffer[] = []
      res.on('data', (part: Buffer) => parts.push(part))
      res.on('error', reject)
      res.on('end', () => resolve({ status: res.statusCode ?? 0, text: Buffer.concat(parts).toString() }))
    })
    req.end(body)
  })
}

/** An answer of the model, or an error as clients of that path read it; never a fault of ours. */
function expectProper(path: string, { status, text }: Answer): void {
  expect(status).not.toBe(500)
  expect(status).toBeLessThan(502)
  if (status < 400) return
  const { type, error } = JSON.parse(text) as { type?: string; error: { type: string; message: string } }
  expect(error.message.length).toBeGreaterThan(0)
  expect(error.type.length).toBeGreaterThan(0)
  if (path === '/v1/messages') expect(type).toBe('error')
}

const PATHS = ['/v1/chat/completions', '/v1/completions', '/v1/embeddings', '/v1/responses', '/v1/messages']
const FIELDS = [
  'model',
  'messages',
  'input',
  'prompt',
  'stream',
  'max_tokens',
  'tools',
  'tool_choice',
  'system',
  'stream_options',
  'thinking',
  'response_format',
  'text',
  'reasoning',
  'stop',
  'metadata',
  'temperature',
  '__proto__',
  'constructor',
]
const model = fc.constantFrom('chat', 'translated', 'claude', 'auto')
const role = fc.constantFrom('user', 'assistant', 'system', 'tool', 'developer')
const block = fc.oneof(
  fc.record({ type: fc.constantFrom('text', 'input_text', 'output_text'), text: fc.string() }),
  fc.record({ type: fc.constant('tool_use'), id: fc.string(), name: fc.string(), input: fc.jsonValue() }),
  fc.record({ type: fc.constant('tool_result'), tool_use_id: fc.string(), content: fc.jsonValue() }),
  fc.record({
    type: fc.constantFrom('image', 'image_url', 'input_image'),
    source: fc.jsonValue(),
    image_url: fc.jsonValue(),
  }),
  fc.jsonValue(),
)
const message = fc.oneof(
  fc.record({ role, content: fc.oneof(fc.string(), fc.array(block, { maxLength: 3 })) }),
  fc.record({ role, content: fc.jsonValue(), tool_calls: fc.jsonValue(), tool_call_id: fc.jsonValue() }),
  fc.record({
    type: fc.constantFrom('function_call', 'function_call_output', 'reasoning'),
    call_id: fc.string(),
    output: fc.jsonValue(),
    arguments: fc.jsonValue(),
    name: fc.string(),
  }),
  fc.jsonValue(),
)
const likely = fc
  .record({
    model,
    messages: fc.array(message, { maxLength: 4 }),
    isStream: fc.boolean(),
    maxTokens: fc.constantFrom(9, 0, 'x', null),
  })
  .map(({ messages, isStream, maxTokens, ...rest }) => ({
    ...rest,
    messages,
    input: messages,
    prompt: 'hi',
    stream: isStream,
    max_tokens: maxTokens,
  }))

/** Bodies as text: like real ones, with other things in their places, padded, nested, doubled, cut short. */
const bodies = fc.oneof(
  likely.map((body) => JSON.stringify(body)),
  fc
    .tuple(likely, fc.constantFrom(...FIELDS), fc.jsonValue())
    .map(
      ([body, field, value]) =>
        `{${JSON.stringify(field)}:${JSON.stringify(value)},${JSON.stringify(body).slice(1)}`,
    ),
  fc
    .tuple(likely, fc.constantFrom(...FIELDS), fc.jsonValue())
    .map(
      ([body, field, value]) =>
        `${JSON.stringify(body).slice(0, -1)},${JSON.stringify(field)}:${JSON.stringify(value)}}`,
    ),
  fc
    .tuple(likely, fc.integer({ min: 16_000, max: 190_000 }), fc.constantFrom(...FIELDS), fc.jsonValue())
    .map(
      ([body, size, field, value]) =>
        `${JSON.stringify(body).slice(0, -1)},"pad":"${'x'.repeat(size)}","${field}":${JSON.stringify(value)}}`,
    ),
  fc
    .tuple(likely, fc.integer({ min: 1, max: 90_000 }), fc.constantFrom('[', '{"a":'), fc.boolean())
    .map(([body, depth, open, isClosed]) => {
      const nested = open.repeat(Math.min(depth, 180_000 / (open.length + 1)))
      const closed = isClosed
        ? `${open === '[' ? '' : '1'}${(open === '[' ? ']' : '}').repeat(nested.length / open.length)}`
        : ''
      return `${JSON.stringify(body).slice(0, -1)},"tools":${nested}${closed}}`
    }),
  fc.tuple(likely, fc.nat(400)).map(([body, cut]) => JSON.stringify(body).slice(0, cut)),
  fc.json(),
  fc.string(),
)
const bytes = fc.oneof(
  { weight: 6, arbitrary: bodies.map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(likely, fc.uint8Array({ minLength: 1, maxLength: 8 }), fc.nat(200))
      .map(([body, junk, at]) => {
        const whole = Buffer.from(JSON.stringify(body))
        return Buffer.concat([whole.subarray(0, at), junk, whole.subarray(at)])
      }),
  },
)
const headerValue = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  maxLength: 300,
})
const headers = fc.dictionary(
  fc.constantFrom(
    'x-agent-id',
    'x-loadstar-require',
    'x-loadstar-priority',
    'x-loadstar-deadline-ms',
    'x-loadstar-explain',
    'x-request-id',
    'traceparent',
    'anthropic-version',
    'anthropic-beta',
    'accept',
    'content-type',
    'content-encoding',
  ),
  headerValue,
  { maxKeys: 3 },
)

describe('requests', () => {
  it('of any body are answered properly, with what the model says or with an error of their API', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...PATHS), bytes, async (path, body) => {
        expectProper(path, await post(path, body, {}))
      }),
      PARAMETERS,
    )
    await expectWell()
  })

  it('of any headers are answered properly', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...PATHS), bodies, headers, async (path, body, given) => {
        expectProper(path, await post(path, Buffer.from(body), given))
      }),
      PARAMETERS,
    )
    await expectWell()
  })
})

/** The text of a stream as the official SDK of that API reads it; throws what the SDK throws. */
async function read(client: ClientApi, model: string): Promise<string> {
  const options = { apiKey: 'k', maxRetries: 0, timeout: HANG_MS, logLevel: 'off' as const }
  const signal = AbortSignal.timeout(HANG_MS)
  const openai = new OpenAI({ ...options, baseURL: `${instance.url}/v1` })
  const messages = [{ role: 'user' as const, content: 'hi' }]
  let text = ''
  switch (client) {
    case 'chat': {
      const stream = await openai.chat.completions.create({ model, messages, stream: true }, { signal })
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
      break
    }
    case 'responses': {
      const stream = await openai.responses.create({ model, input: messages, stream: true }, { signal })
      for await (const event of stream) if (event.type === 'response.output_text.delta') text += event.delta
      break
    }
    case 'messages': {
      const anthropic = new Anthropic({ ...options, baseURL: instance.url })
      const stream = await anthropic.messages.create(
        { model, messages, max_tokens: 9, stream: true },
        { signal },
      )
      for await (const event of stream) {
        if (event.type === 'content_block_delta' && event.delta.type === 'text_delta')
          text += event.delta.text
      }
    }
  }
  if (signal.aborted) throw new Error('it hung')
  return text
}

/** How the bytes of a stream are cut, written and framed, none of which changes what it says. */
const framings = fc.record({
  newline: fc.constantFrom('\n', '\r\n', '\r'),
  comment: fc.constantFrom('', ': ping', ':', 'retry: 10', 'id: 7'),
  isMultiline: fc.boolean(),
  hasSpace: fc.boolean(),
  words: fc.integer({ min: 1, max: 4 }),
  word: fc.oneof(
    fc.constant('Well'),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
    fc.constant('é😀\n"error" data: [DONE]'),
  ),
  cuts: fc.oneof(fc.constant('every' as const), fc.array(fc.nat(3_000), { maxLength: 12 })),
})
type Framing = typeof framings extends fc.Arbitrary<infer Value> ? Value : never

function framed(api: ClientApi, { newline, comment, isMultiline, hasSpace, words, word }: Framing): string {
  const { opening, content, rest } = PIECES[api]
  const said = content.replace('"Well"', () => JSON.stringify(word)).repeat(words)
  const events = (opening + said + rest).split('\n\n').filter((event) => event !== '')
  const lines = events.flatMap((event) => {
    const written = event.split('\n').flatMap((line) => {
      if (!line.startsWith('data: {')) return hasSpace ? [line] : [line.replace(': ', ':')]
      const value = JSON.parse(line.slice('data: '.length)) as object
      const json = isMultiline ? JSON.stringify(value, null, 1) : JSON.stringify(value)
      return json.split('\n').map((part) => (hasSpace ? `data: ${part}` : `data:${part}`))
    })
    return comment === '' ? [...written, ''] : [comment, ...written, '']
  })
  return lines.map((line) => line + newline).join('')
}

/** Sends the pieces one after the other, each in a packet of its own as far as that can be had. */
function sending(pieces: readonly Buffer[], head: Readonly<Record<string, string>>): Behaviour {
  return (req, res) => {
    req.resume()
    res.writeHead(200, head)
    res.socket?.setNoDelay(true)
    const next = (at: number): void => {
      if (at >= pieces.length) res.end()
      else res.write(pieces[at], () => setImmediate(() => next(at + 1)))
    }
    next(0)
  }
}

function cut(whole: Buffer, cuts: Framing['cuts']): readonly Buffer[] {
  if (cuts === 'every') return Array.from(whole, (_, at) => whole.subarray(at, at + 1))
  const at = [0, ...cuts.map((place) => place % (whole.length + 1)).sort((a, b) => a - b), whole.length]
  return at
    .slice(1)
    .map((end, index) => whole.subarray(at[index], end))
    .filter((piece) => piece.length > 0)
}

const EVENTS_HEAD = { 'content-type': 'text/event-stream' }

/** Something that makes a stream no stream any more, or another one. */
const damages = fc.oneof(
  fc.record({
    kind: fc.constant('junk' as const),
    at: fc.nat(3_000),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 12 }),
  }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(3_000), bytes: fc.constant(new Uint8Array()) }),
  fc.record({
    kind: fc.constant('doubled' as const),
    at: fc.nat(3_000),
    bytes: fc.constant(new Uint8Array()),
  }),
  fc.record({
    kind: fc.constant('event' as const),
    at: fc.nat(30),
    bytes: fc.json().map((json) => Buffer.from(`data: ${json}\n\n`)),
  }),
)
type Damage = typeof damages extends fc.Arbitrary<infer Value> ? Value : never

function damaged(whole: Buffer, { kind, at, bytes }: Damage): Buffer {
  const place = at % (whole.length + 1)
  const [before, after] = [whole.subarray(0, place), whole.subarray(place)]
  switch (kind) {
    case 'junk':
      return Buffer.concat([before, bytes, after])
    case 'cut':
      return before
    case 'doubled':
      return Buffer.concat([whole, after])
    case 'event': {
      const events = whole.toString().split(/(?<=\n\n)/)
      events.splice(at % (events.length + 1), 0, Buffer.from(bytes).toString())
      return Buffer.from(events.join(''))
    }
  }
}

const contentTypes = fc.constantFrom(
  'text/event-stream',
  'text/event-stream; charset=utf-8',
  'TEXT/EVENT-STREAM',
  'application/json',
  'text/plain',
  'application/x-ndjson',
  '',
)

describe.each(FLOWS)(
  'streams for $client of a client from $backend of a backend',
  ({ client, model, backend }) => {
    const parameters = { ...PARAMETERS, numRuns: Math.ceil(RUNS / FLOWS.length) }

    it('say the same, however they are framed and cut', async () => {
      await fc.assert(
        fc.asyncProperty(framings, async (framing) => {
          upstream.behave(sending(cut(Buffer.from(framed(backend, framing)), framing.cuts), EVENTS_HEAD))
          expect(await read(client, model)).toBe(framing.word.repeat(framing.words))
        }),
        parameters,
      )
      await expectWell()
    })

    it('say the same with events of megabytes', async () => {
      const word = 'é'.repeat(1_500_000)
      const framing: Framing = {
        newline: '\n',
        comment: '',
        isMultiline: false,
        hasSpace: true,
        words: 2,
        word,
        cuts: [],
      }
      upstream.behave(sending([Buffer.from(framed(backend, framing))], EVENTS_HEAD))
      expect((await read(client, model)).length).toBe(2 * word.length)
      await expectWell()
    })

    it('are read, or end in an error, whatever they are', async () => {
      await fc.assert(
        fc.asyncProperty(framings, damages, contentTypes, async (framing, damage, type) => {
          const whole = damaged(Buffer.from(framed(backend, framing)), damage)
          upstream.behave(sending(cut(whole, framing.cuts), type === '' ? {} : { 'content-type': type }))
          const error = await read(client, model).then(
            () => undefined,
            (thrown: unknown) => thrown as Error,
          )
          expect(error?.message ?? '').not.toMatch(/hung|aborted|timed out/i)
          expect((error as { status?: number } | undefined)?.status).not.toBe(500)
        }),
        parameters,
      )
      await expectWell()
    })
  },
)

/** Pieces of HTTP, most of them wrong. */
const BODY = '{"model":"chat","messages":[{"role":"user","content":"hi"}]}'
const GOOD = `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`
const HEAD = 'POST /v1/messages HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n'
const wires = fc.oneof(
  fc.constant(GOOD),
  fc.nat(GOOD.length).map((at) => GOOD.slice(0, at)),
  fc.integer({ min: 1, max: 20 }).map((count) => GOOD.repeat(count)),
  fc.integer({ min: 1, max: 3_000 }).map((count) => `${HEAD}${'x-a: b\r\n'.repeat(count)}\r\n`),
  fc.integer({ min: 1, max: 70_000 }).map((length) => `${HEAD}x-long: ${'y'.repeat(length)}\r\n\r\n`),
  fc
    .string({ unit: 'binary', maxLength: 40 })
    .map((junk) => `${HEAD}transfer-encoding: chunked\r\n\r\n${junk}\r\n0\r\n\r\n`),
  fc.nat(200).map((length) => `${HEAD}content-length: ${length}\r\n\r\n${BODY}`),
  fc
    .constantFrom(
      'content-length: -1',
      'content-length: 5\r\ncontent-length: 6',
      'transfer-encoding: x',
      'expect: 100-continue',
      'upgrade: websocket\r\nconnection: upgrade',
    )
    .map((line) => `${HEAD}${line}\r\n\r\n`),
  fc.string({ unit: 'binary', maxLength: 200 }),
)

describe('bytes on a connection', () => {
  it('are answered with HTTP or with silence, and leave nothing behind', async () => {
    const port = Number(new URL(instance.url).port)
    await fc.assert(
      fc.asyncProperty(
        fc.array(wires, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        async (sent, isRude) => {
          const socket = connect(port, '127.0.0.1')
          const parts: Buffer[] = []
          socket.on('error', () => socket.destroy())
          socket.on('data', (part: Buffer) => parts.push(part))
          const closed = once(socket, 'close', { signal: AbortSignal.timeout(HANG_MS) })
          for (const bytes of sent) socket.write(bytes, 'latin1')
          if (isRude) setTimeout(() => socket.destroy(), 5)
          else socket.end()
          await closed
          const text = Buffer.concat(parts).toString('latin1')
          if (text !== '') expect(text).toMatch(/^HTTP\/1\.1 \d{3} /)
          expect(text).not.toMatch(/HTTP\/1\.1 500 /)
        },
      ),
      PARAMETERS,
    )
    await expectWell()
    expect((await fetch(`${instance.url}/livez`)).status).toBe(200)
  })
})
