import { once } from 'node:events'
import { createConnection } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Instance } from '../src/cli/instance.js'
import { configOf, quietInstance } from './rig.js'

let instance: Instance

beforeAll(async () => {
  // Nobody listens at port 1: whatever gets past the checks ends in 502.
  instance = await quietInstance(
    configOf(`
server: { max_body_bytes: 10000 }
models: [{ id: m, base_url: 'http://127.0.0.1:1/v1', max_concurrent: 2, max_queue: 2, capabilities: { coding: 0.9 } }]
agents: [{ id: coder, capabilities: [coding] }]
`),
  )
})
afterAll(() => instance.stop())

const chat = { model: 'm', messages: [{ role: 'user', content: 'hi' }] }

async function post(body: unknown, headers: Record<string, string> = {}, path = '/v1/chat/completions') {
  const response = await fetch(instance.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const { error } = (await response.json()) as {
    error: { message: string; type: string; param: string | null; code: string }
  }
  return { status: response.status, headers: response.headers, error }
}

describe('what the gateway refuses, naming field, rule and value', () => {
  const cases: [string, unknown, Record<string, string>, number, string, string | null, RegExp][] = [
    ['truncated JSON', '{"model":"m","mess', {}, 400, 'invalid_json', null, /body must be valid JSON/],
    ['NaN', '{"model":"m","temperature":NaN}', {}, 400, 'invalid_json', null, /does not parse/],
    ['an empty body', '', {}, 400, 'invalid_json', null, /ends too early/],
    ['an array', [], {}, 400, 'invalid_value', null, /body must be a JSON object, got an empty array/],
    ['null', 'null', {}, 400, 'invalid_value', null, /got null/],
    [
      'no model',
      { messages: [] },
      {},
      400,
      'invalid_value',
      'model',
      /model must be a non-empty string, got nothing/,
    ],
    ['a number as model', { ...chat, model: 7 }, {}, 400, 'invalid_value', 'model', /got a number/],
    [
      'a very long model name',
      { ...chat, model: 'x'.repeat(300) },
      {},
      400,
      'invalid_value',
      'model',
      /at most 256/,
    ],
    [
      'no messages',
      { model: 'm' },
      {},
      400,
      'invalid_value',
      'messages',
      /messages must be a non-empty array/,
    ],
    [
      'a message that is none',
      { model: 'm', messages: ['hi'] },
      {},
      400,
      'invalid_value',
      'messages[0]',
      /got a string/,
    ],
    [
      'stream as text',
      { ...chat, stream: 'yes' },
      {},
      400,
      'invalid_value',
      'stream',
      /true or false, got a string/,
    ],
    ['an unknown model', { ...chat, model: 'gpt-9' }, {}, 404, 'model_not_found', 'model', /got "gpt-9"/],
    [
      'an unknown task',
      { ...chat, model: 'auto/poetry' },
      {},
      400,
      'invalid_value',
      'model',
      /translation.*got "poetry"/,
    ],
    [
      'an unknown agent as model',
      { ...chat, model: 'agent/x' },
      {},
      404,
      'agent_not_found',
      'model',
      /got "x"/,
    ],
    [
      'an unknown agent',
      chat,
      { 'x-agent-id': 'nobody' },
      404,
      'agent_not_found',
      'x-agent-id',
      /got "nobody"/,
    ],
    [
      'a capability nobody has',
      chat,
      { 'x-loadstar-require': 'math' },
      400,
      'capability_unavailable',
      'x-loadstar-require',
      /got "math"/,
    ],
    [
      'a negative deadline',
      chat,
      { 'x-loadstar-deadline-ms': '-5' },
      400,
      'invalid_value',
      'x-loadstar-deadline-ms',
      /≥ 1, got "-5"/,
    ],
    [
      'a priority nobody knows',
      chat,
      { 'x-loadstar-priority': 'urgent' },
      400,
      'invalid_value',
      'x-loadstar-priority',
      /one of system, interactive, default, bulk, got "urgent"/,
    ],
    [
      'a form',
      'model=m',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'unsupported_media_type',
      null,
      /application\/json/,
    ],
    [
      'a compressed body',
      chat,
      { 'content-encoding': 'gzip' },
      415,
      'unsupported_media_type',
      null,
      /content-encoding must be left out, got "gzip"/,
    ],
    [
      'a body over the limit',
      { ...chat, pad: 'x'.repeat(20_000) },
      {},
      413,
      'body_too_large',
      null,
      /at most 10000 bytes/,
    ],
  ]

  it.each(cases)('%s', async (_name, body, headers, status, code, param, message) => {
    const answer = await post(body, headers)
    expect(answer.status).toBe(status)
    expect(answer.error).toMatchObject({ type: 'invalid_request_error', code, param })
    expect(answer.error.message).toMatch(message)
    expect(answer.headers.get('x-should-retry')).toBe('false')
    expect(answer.headers.get('x-request-id')).toBeTruthy()
  })

  it('a route nobody knows is a 404, a wrong method a 405, both in the envelope', async () => {
    expect((await post(chat, {}, '/v1/nope')).error.code).toBe('unknown_url')
    const response = await fetch(`${instance.url}/v1/chat/completions`)
    expect(response.status).toBe(405)
    expect(await response.json()).toMatchObject({ error: { code: 'method_not_allowed', param: null } })
  })

  it('a body of 10 MB is answered with 413, also to a client that sends everything before it reads', async () => {
    const body = JSON.stringify({ ...chat, pad: 'x'.repeat(10_000_000) })
    const { hostname, port } = new URL(instance.url)
    const socket = createConnection(Number(port), hostname)
    socket.pause()
    const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\n`
    socket.write(`${head}content-length: ${body.length}\r\n\r\n`)
    for (let at = 0; at < body.length; at += 65_536) {
      const sent = new Promise<void>((resolve, reject) => {
        socket.write(body.slice(at, at + 65_536), (error) => (error ? reject(error) : resolve()))
      })
      await sent
    }
    const answered = once(socket, 'data')
    socket.resume()
    const [answer] = (await answered) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 413 /)
    socket.destroy()
  })

  it('a chunked body that grows over the limit is refused too', async () => {
    const stream = new ReadableStream({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode('x'.repeat(4_000)))
        if ((sent += 4_000) > 40_000) controller.close()
      },
    })
    let sent = 0
    const response = await fetch(`${instance.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: stream,
      duplex: 'half',
    })
    expect(response.status).toBe(413)
  })

  it('bytes that are not HTTP do not disturb it', async () => {
    const { hostname, port } = new URL(instance.url)
    await new Promise<void>((resolve, reject) => {
      const socket = createConnection(Number(port), hostname, () =>
        socket.end('\x16\x03\x01 nonsense\r\n\r\n'),
      )
      socket
        .on('error', reject)
        .on('close', () => resolve())
        .resume()
    })
    expect((await fetch(`${instance.url}/livez`)).status).toBe(200)
  })

  it('keeps an acceptable request id and replaces another', async () => {
    const kept = await post({}, { 'x-request-id': 'req-42' })
    expect(kept.headers.get('x-request-id')).toBe('req-42')
    const replaced = await post({}, { 'x-request-id': 'a b' })
    expect(replaced.headers.get('x-request-id')).toMatch(/^[0-9a-f]{16}-[0-9a-z]+$/)
  })

  it('accepts every way to name a model that exists', async () => {
    for (const model of ['m', 'auto', 'auto/coding', 'agent/coder']) {
      expect((await post({ ...chat, model })).error.code).toBe('upstream_unreachable')
    }
  })
})
