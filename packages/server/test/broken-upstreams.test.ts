import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTcpServer, type AddressInfo } from 'node:net'
import OpenAI from 'openai'
import { afterEach, describe, expect, it } from 'vitest'
import type { Instance } from '../src/cli/instance.js'
import { configOf, quietInstance } from './rig.js'

const opened: { stop(): Promise<void> | void }[] = []
afterEach(async () => {
  for (const part of opened.splice(0).reverse()) await part.stop()
})

async function upstream(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener)
  return listen(server)
}

async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  opened.push({
    stop: () => {
      if ('closeAllConnections' in server) server.closeAllConnections()
      return new Promise<void>((resolve) => server.close(() => resolve()))
    },
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
}

async function instanceBefore(baseUrl: string, timeouts = ''): Promise<Instance> {
  const instance = await quietInstance(
    configOf(
      `
models: [{ id: m, base_url: '${baseUrl}', max_concurrent: 1, max_queue: 4, api_key: '\${KEY}' }]
routing: { timeouts: { ${timeouts} } }
`,
      { KEY: 's3cret' },
    ),
  )
  opened.push(instance)
  return instance
}

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly error?: { message: string; type: string; param: string | null; code: string }
}

async function ask(instance: Instance, body: object = {}): Promise<Answer> {
  const response = await fetch(`${instance.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }], ...body }),
  })
  const text = await response.text()
  let error: Answer['error']
  if (!response.ok) ({ error } = JSON.parse(text) as { error: NonNullable<Answer['error']> })
  return { status: response.status, headers: response.headers, text, ...(error ? { error } : {}) }
}

/** The slot of a model with one slot is free when the next request is decided at once. */
function expectSlotFree(instance: Instance): void {
  const { inFlight, waiting } = instance.snapshot()
  expect({ inFlight, waiting }).toEqual({ inFlight: 0, waiting: 0 })
}

describe('a backend that fails before the first byte', () => {
  const sse = { 'content-type': 'text/event-stream' }
  const json = { 'content-type': 'application/json' }
  const cases: [string, number, string, string, RequestListener][] = [
    [
      'answers 500',
      502,
      'upstream_server_error',
      '',
      (_req, res) => res.writeHead(500, json).end('{"error":{"message":"boom"}}'),
    ],
    ['answers 503', 502, 'upstream_server_error', '', (_req, res) => res.writeHead(503).end('busy')],
    ['refuses our key', 502, 'upstream_auth_failed', '', (_req, res) => res.writeHead(401, json).end('{}')],
    [
      'does not know the name we call it by',
      502,
      'upstream_invalid_answer',
      '',
      (_req, res) => res.writeHead(404, json).end('{"error":{"message":"no such model"}}'),
    ],
    [
      'redirects',
      502,
      'upstream_invalid_answer',
      '',
      (_req, res) => res.writeHead(302, { location: '/x' }).end(),
    ],
    [
      'answers a web page',
      502,
      'upstream_invalid_answer',
      '',
      (_req, res) => res.writeHead(200, { 'content-type': 'text/html' }).end('<h1>hi</h1>'),
    ],
    [
      'answers broken JSON',
      502,
      'upstream_invalid_answer',
      '',
      (_req, res) => res.writeHead(200, json).end('{"id":'),
    ],
    ['hangs up without a word', 502, 'upstream_unreachable', '', (req) => req.socket.destroy()],
    [
      'hangs up in the middle of a JSON answer',
      502,
      'upstream_cut',
      '',
      (req, res) => {
        res.writeHead(200, { ...json, 'content-length': 1000 })
        res.write('{"id":', () => setTimeout(() => req.socket.destroy(), 20))
      },
    ],
    ['never answers', 504, 'upstream_first_byte_timeout', 'first_byte_ms: 200', () => undefined],
    [
      'pauses too long in a JSON answer',
      504,
      'upstream_idle_timeout',
      'idle_ms: 200',
      (_req, res) => void res.writeHead(200, json).write('{"id":'),
    ],
    [
      'dribbles without end',
      504,
      'upstream_total_timeout',
      'total_ms: 300',
      (_req, res) => {
        res.writeHead(200, json)
        const timer = setInterval(() => res.write(' '), 50)
        res.on('close', () => clearInterval(timer))
      },
    ],
  ]

  it.each(cases)('%s → %i %s, and its slot is free', async (_name, status, reason, timeouts, listener) => {
    const instance = await instanceBefore(await upstream(listener), timeouts)
    const answer = await ask(instance)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('x-loadstar-reason')).toBe(reason)
    expect(answer.headers.get('x-loadstar-model')).toBe('m')
    expect(answer.error).toMatchObject({ type: 'upstream_error', param: null, code: reason })
    expect(answer.error?.message).toContain('"m"')
    expect(answer.text).not.toContain('s3cret')
    expectSlotFree(instance)
  })

  it('is not there at all → 502 upstream_unreachable', async () => {
    const instance = await instanceBefore('http://127.0.0.1:1/v1')
    const answer = await ask(instance)
    expect(answer.status).toBe(502)
    expect(answer.headers.get('x-loadstar-reason')).toBe('upstream_unreachable')
    expectSlotFree(instance)
  })

  it('does not speak HTTP → 502 upstream_invalid_answer', async () => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => socket.destroy())
      socket.resume().end('220 mail.example ESMTP\r\n\r\n')
    })
    const instance = await instanceBefore(await listen(server))
    const answer = await ask(instance)
    expect(answer.status).toBe(502)
    expect(answer.headers.get('x-loadstar-reason')).toBe('upstream_invalid_answer')
    expectSlotFree(instance)
  })

  it('limits our rate → 429 with its own hint', async () => {
    const listener: RequestListener = (_req, res) =>
      res.writeHead(429, { ...json, 'retry-after': '7' }).end('{"error":{"message":"slow down"}}')
    const instance = await instanceBefore(await upstream(listener))
    const answer = await ask(instance)
    expect(answer.status).toBe(429)
    expect(answer.headers.get('retry-after')).toBe('7')
    expect(answer.headers.get('x-should-retry')).toBe('true')
    expect(answer.error).toMatchObject({ type: 'rate_limit_error', code: 'rate_limit_exceeded' })
    expectSlotFree(instance)
  })

  it("passes a refusal of the request itself through as it came, for it is the client's", async () => {
    const said =
      '{"error":{"message":"temperature too high","type":"invalid_request_error","param":"temperature","code":null}}'
    const instance = await instanceBefore(await upstream((_req, res) => res.writeHead(400, json).end(said)))
    const answer = await ask(instance)
    expect(answer.status).toBe(400)
    expect(answer.text).toBe(said)
    expect(instance.snapshot().models[0]?.failures).toBe(0)
    expectSlotFree(instance)
  })

  it('an event stream is told from JSON by its content type, not by what was asked', async () => {
    const listener: RequestListener = (_req, res) =>
      res.writeHead(200, sse).end('data: {}\n\ndata: [DONE]\n\n')
    const instance = await instanceBefore(await upstream(listener))
    expect((await ask(instance)).text).toBe('data: {}\n\ndata: [DONE]\n\n')
  })
})

describe('a stream that breaks after its first byte', () => {
  const chunk = {
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta: { content: 'a' } }],
  }
  const head = { 'content-type': 'text/event-stream' }
  const endings: [string, string, string, RequestListener][] = [
    [
      'is cut in the middle of an event',
      'upstream_cut',
      '',
      (req, res) => {
        res.writeHead(200, head)
        res.write(`data: ${JSON.stringify(chunk)}\n\ndata: {"id":"c","obj`, () =>
          setTimeout(() => req.socket.destroy(), 20),
        )
      },
    ],
    [
      'ends without [DONE]',
      'upstream_cut',
      '',
      (_req, res) => res.writeHead(200, head).end(`data: ${JSON.stringify(chunk)}\n\n`),
    ],
    [
      'pauses too long',
      'upstream_idle_timeout',
      'idle_ms: 200',
      (_req, res) => {
        res.writeHead(200, head)
        res.write(`data: ${JSON.stringify(chunk)}\n\n`)
      },
    ],
    [
      'goes on too long',
      'upstream_total_timeout',
      'total_ms: 300',
      (_req, res) => {
        res.writeHead(200, head)
        const timer = setInterval(() => res.write(`data: ${JSON.stringify(chunk)}\n\n`), 50)
        res.on('close', () => clearInterval(timer))
      },
    ],
  ]

  it.each(endings)(
    '%s: the SDK has what came, then an error with code %s',
    async (_name, code, timeouts, listener) => {
      const instance = await instanceBefore(await upstream(listener), timeouts)
      const client = new OpenAI({ baseURL: `${instance.url}/v1`, apiKey: 'unused', maxRetries: 0 })
      const stream = await client.chat.completions.create({
        model: 'm',
        stream: true,
        messages: [{ role: 'user', content: 'hi' }],
      })
      let received = ''
      const read = (async () => {
        for await (const event of stream) received += event.choices[0]?.delta.content ?? ''
      })()
      await expect(read).rejects.toMatchObject({ code })
      expect(received.startsWith('a')).toBe(true)
      expectSlotFree(instance)
      expect(instance.snapshot().models[0]?.failures).toBe(1)
    },
  )
})
