import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import {
  connect,
  createServer as createTcpServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Instance } from '../src/cli/instance.js'
import { configOf, quietInstance } from './rig.js'

const opened: { stop(): Promise<void> | void }[] = []
afterEach(async () => {
  for (const part of opened.splice(0).reverse()) await part.stop()
})

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  opened.push({
    stop: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise<void>((resolve) => server.close(() => resolve()))
    },
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
}

const JSON_TYPE = { 'content-type': 'application/json' }

async function instanceBefore(baseUrl: string): Promise<Instance> {
  const instance = await quietInstance(
    configOf(`models: [{ id: m, base_url: '${baseUrl}', max_concurrent: 1, max_queue: 4 }]`),
  )
  opened.push(instance)
  return instance
}

async function before(listener: RequestListener): Promise<Instance> {
  return instanceBefore(await listen(createServer(listener)))
}

/** A backend that answers whatever it is asked with these bytes. */
async function beforeBytes(answer: string): Promise<Instance> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.once('data', () => socket.end(answer))
  })
  return instanceBefore(await listen(server))
}

interface Wire {
  readonly socket: Socket
  readonly text: () => string
  readonly closed: Promise<unknown>
}

/** A connection on which bytes are sent as they are. */
function wire({ url }: Instance): Wire {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  let text = ''
  socket.setEncoding('utf8').on('data', (part: string) => (text += part))
  socket.on('error', () => socket.destroy())
  return { socket, text: () => text, closed: once(socket, 'close') }
}

const BODY = '{"model":"m","input":"hi"}'

function post(target: string, headers: readonly string[] = [], body = BODY): string {
  const head = [
    `POST ${target} HTTP/1.1`,
    'host: localhost',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    ...headers,
  ]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}

function ask({ url }: Instance, signal?: AbortSignal): Promise<Response> {
  const init = { method: 'POST', headers: JSON_TYPE, body: BODY, ...(signal ? { signal } : {}) }
  return fetch(`${url}/v1/embeddings`, init)
}

function expectFree(instance: Instance): void {
  const { inFlight, waiting } = instance.snapshot()
  expect({ inFlight, waiting }).toEqual({ inFlight: 0, waiting: 0 })
}

const answerOk: RequestListener = (_req, res) => res.writeHead(200, JSON_TYPE).end('{"object":"list"}')

describe('requests pipelined on one connection', () => {
  it('are answered in order', async () => {
    const instance = await before(answerOk)
    const { socket, text, closed } = wire(instance)
    socket.write(post('/v1/embeddings') + post('/v1/nope') + post('/v1/embeddings', ['connection: close']))
    await closed
    expect(text().match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 404', 'HTTP/1.1 200'])
    expectFree(instance)
  })

  it('take a slot only when it is their turn to be answered', async () => {
    let calls = 0
    const instance = await before((_req, res) => {
      calls++
      res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: {}\n\n')
    })
    const { socket, text, closed } = wire(instance)
    socket.write(post('/v1/embeddings') + post('/v1/embeddings'))
    await vi.waitFor(() => expect(text()).toContain('data: {}'))
    expect(instance.snapshot()).toMatchObject({ inFlight: 1, waiting: 0, submitted: 1 })
    socket.destroy()
    await closed
    await vi.waitFor(() => expectFree(instance))
    expect(calls).toBe(1)
  })
})

describe('a client that sends what is not a request', () => {
  it('while it is being answered finds nothing but the answer', async () => {
    const instance = await before((_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: {}\n\n')
    })
    const { socket, text, closed } = wire(instance)
    socket.write(post('/v1/embeddings'))
    await vi.waitFor(() => expect(text()).toContain('data: {}'))
    socket.write('NONSENSE\r\n\r\n')
    await closed
    expect(text().match(/HTTP\/1\.1/g)).toHaveLength(1)
    await vi.waitFor(() => expectFree(instance))
  })
})

describe('every lawful way to write a request', () => {
  it.each([
    ['with a query', post('/v1/embeddings?api-version=1', ['connection: close'])],
    ['in absolute form', post('http://localhost/v1/embeddings', ['connection: close'])],
    [
      'in absolute form with a query',
      post('HTTP://localhost:80/v1/embeddings?x=/v1/', ['connection: close']),
    ],
    ['that expects 100-continue', post('/v1/embeddings', ['expect: 100-continue', 'connection: close'])],
    ['that offers an upgrade', post('/v1/embeddings', ['upgrade: h2c', 'connection: upgrade, close'])],
    [
      'in chunks',
      'POST /v1/embeddings HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nconnection: close\r\n' +
        `transfer-encoding: chunked\r\n\r\n${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`,
    ],
    [
      'of HTTP/1.0',
      `POST /v1/embeddings HTTP/1.0\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`,
    ],
  ])('%s is served', async (_name, bytes) => {
    const instance = await before(answerOk)
    const { socket, text, closed } = wire(instance)
    socket.write(bytes)
    await closed
    expect(text().replace('HTTP/1.1 100 Continue\r\n\r\n', '')).toMatch(/^HTTP\/1\.1 200 /)
    expect(text()).toContain('{"object":"list"}')
    expectFree(instance)
  })

  it.each([
    ['//v1/embeddings', '404'],
    ['/v1//embeddings', '404'],
    ['/v1/../v1/embeddings', '404'],
    ['*', '404'],
    ['http://localhost/v2', '404'],
    ['http://localhost', '404'],
  ])('%s is none: %s', async (target, status) => {
    const instance = await before(answerOk)
    const { socket, text, closed } = wire(instance)
    socket.write(post(target, ['connection: close']))
    await closed
    expect(text().slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length)).toBe(status)
    expect(text()).toContain('{"error":{')
  })

  it('HEAD is answered as GET, without the body', async () => {
    const instance = await before(answerOk)
    for (const [path, status] of [
      ['/v1/models', 200],
      ['/v1/models/none', 404],
      ['/v1/embeddings', 405],
    ] as const) {
      const answer = await fetch(instance.url + path, { method: 'HEAD' })
      expect([answer.status, await answer.text()]).toEqual([status, ''])
      expect(Number(answer.headers.get('content-length'))).toBeGreaterThan(0)
      expect(answer.headers.get('allow')).toBe(status === 405 ? 'POST' : null)
    }
  })
})

describe('an answer of a model', () => {
  it('with a header beyond ASCII arrives all the same', async () => {
    const body = '{"object":"list"}'
    const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nx-ratelimit-note: ✓ fine\r\n'
    const instance = await beforeBytes(
      `${head}content-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
    )
    const answer = await ask(instance)
    expect([answer.status, await answer.text()]).toEqual([200, body])
    expect(answer.headers.get('x-ratelimit-note')).toContain('fine')
    expectFree(instance)
  })

  it('is known by its content type in any case', async () => {
    const instance = await before((_req, res) =>
      res.writeHead(200, { 'content-type': 'Application/JSON; Charset=UTF-8' }).end('{"object":"list"}'),
    )
    expect(await (await ask(instance)).json()).toEqual({ object: 'list' })
  })

  it('that is compressed though nobody asked passes through as it is', async () => {
    const events = 'data: {}\n\ndata: [DONE]\n\n'
    const instance = await before((_req, res) =>
      res
        .writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' })
        .end(gzipSync(events)),
    )
    expect(await (await ask(instance)).text()).toBe(events)
    expectFree(instance)
  })

  it('that refuses the request passes through whole, however long it says why', async () => {
    const said = JSON.stringify({ error: { message: 'x'.repeat(1_000_000) } })
    const instance = await before((_req, res) => res.writeHead(422, JSON_TYPE).end(said))
    const answer = await ask(instance)
    // Compared apart, so that a difference does not print a megabyte.
    expect([answer.status, (await answer.text()) === said]).toEqual([422, true])
    expectFree(instance)
  })

  it('that refuses without end is given up as nonsense', async () => {
    const part = Buffer.alloc(1024 * 1024, 'x')
    const instance = await before((_req, res) => {
      res.writeHead(400, JSON_TYPE)
      const more = (): void => void res.write(part, (error) => (error ? undefined : more()))
      more()
    })
    const answer = await ask(instance)
    expect([answer.status, answer.headers.get('x-loadstar-reason')]).toEqual([502, 'upstream_invalid_answer'])
    expectFree(instance)
  })
})

it('how many tokens a message has is estimated, and costs no slot', async () => {
  const instance = await before(answerOk)
  const count = (body: object) =>
    fetch(`${instance.url}/v1/messages/count_tokens`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'auto', ...body }),
    })
  const said = await count({ messages: [{ role: 'user', content: 'word '.repeat(400) }] })
  expect(said.status).toBe(200)
  const { input_tokens: tokens } = (await said.json()) as { input_tokens: number }
  expect(tokens).toBeGreaterThan(400)
  expect(tokens).toBeLessThan(600)
  const wrong = await count({})
  expect(wrong.status).toBe(400)
  expect(await wrong.json()).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' } })
  expect(instance.snapshot().submitted).toBe(0)
})
describe('a client that leaves', () => {
  it('before its model has answered frees the slot, and the model sees its call end', async () => {
    let openCalls = 0
    const instance = await before((req) => {
      openCalls++
      req.socket.on('close', () => openCalls--)
    })
    const leaving = new AbortController()
    const left = ask(instance, leaving.signal)
    await vi.waitFor(() => expect(openCalls).toBe(1))
    leaving.abort()
    await expect(left).rejects.toThrow()
    await vi.waitFor(() => expectFree(instance))
    await vi.waitFor(() => expect(openCalls).toBe(0))
  })

  it('while the connection to its model is being made frees the slot', async () => {
    // A TLS handshake that is never answered is a connection that never comes about.
    const silent = await listen(createTcpServer((socket) => socket.on('error', () => socket.destroy())))
    const instance = await instanceBefore(silent.replace('http:', 'https:'))
    const leaving = new AbortController()
    const left = ask(instance, leaving.signal)
    await vi.waitFor(() => expect(instance.snapshot().inFlight).toBe(1))
    leaving.abort()
    await expect(left).rejects.toThrow()
    await vi.waitFor(() => expectFree(instance))
    expect(instance.snapshot().models).toMatchObject([{ requests: 1, failures: 0 }])
  })

  it('while it reads too slowly frees the slot', async () => {
    const part = `data: ${'x'.repeat(64 * 1024)}\n\n`
    const instance = await before((_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' })
      const more = (): void => void res.write(part, (error) => (error ? undefined : more()))
      more()
    })
    const { socket, closed } = wire(instance)
    socket.pause()
    socket.write(post('/v1/embeddings'))
    await vi.waitFor(() => expect(instance.snapshot().inFlight).toBe(1))
    socket.destroy()
    await closed
    await vi.waitFor(() => expectFree(instance))
  })
})
