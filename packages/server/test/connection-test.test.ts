import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import type { Instance } from '../src/cli/instance.js'
import { configOf, quietInstance } from './rig.js'
import { answering, failing, startUpstream, type ScriptedUpstream } from './scripted-upstream.js'

const KEY = 'sk-model-0123456789abcdef'
const API = '/api/v1/model-router'

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

interface Tested {
  readonly ok: boolean
  readonly asked: string
  readonly status: number | null
  readonly latency_ms: number
  readonly message: string
}

async function rig(behaviour: Parameters<typeof startUpstream>[0], more = '') {
  const upstream = await startUpstream(behaviour)
  cleanups.push(() => upstream.stop())
  const yaml = `models: [{ id: m, base_url: '${upstream.url}', upstream_model: org/m, max_concurrent: 1, api_key: '\${M_KEY}' ${more} }]`
  const instance = await quietInstance(configOf(yaml, { M_KEY: KEY }))
  cleanups.push(() => instance.stop())
  return { upstream, instance }
}

async function tested({ url }: Instance, id = 'm'): Promise<Tested> {
  const answer = await fetch(`${url}${API}/models/${id}/test`, { method: 'POST' })
  expect(answer.status).toBe(200)
  const text = await answer.text()
  expect(text).not.toContain(KEY)
  return JSON.parse(text) as Tested
}

/** Answers `/models` with a list, and everything else as `otherwise` does. */
function listing(ids: readonly string[], otherwise: ReturnType<typeof answering> = failing(500)) {
  return (req: IncomingMessage, res: ServerResponse) => {
    if (req.url !== '/v1/models') return otherwise(req, res)
    res.writeHead(200, { 'content-type': 'application/json' })
    res.end(JSON.stringify({ object: 'list', data: ids.map((id) => ({ id })) }))
  }
}

describe('the test of a connection', () => {
  it('asks for the list of models with the key, and is content where it names the model', async () => {
    const heard: IncomingMessage['headers'][] = []
    const { instance, upstream } = await rig((req, res) => {
      heard.push(req.headers)
      listing(['other', 'org/m'])(req, res)
    })
    const answer = await tested(instance)
    expect(answer).toMatchObject({ ok: true, asked: 'models', status: 200 })
    expect(answer.message).toContain('org/m')
    expect(answer.latency_ms).toBeGreaterThan(0)
    expect(heard[0]).toMatchObject({ authorization: `Bearer ${KEY}` })
    expect(upstream.calls).toBe(1)
  })

  it('speaks as Anthropic’s API wants it', async () => {
    const heard: IncomingMessage['headers'][] = []
    const { instance } = await rig((req, res) => {
      heard.push(req.headers)
      listing(['org/m'])(req, res)
    }, ', dialect: anthropic')
    expect(await tested(instance)).toMatchObject({ ok: true })
    expect(heard[0]).toMatchObject({ 'x-api-key': KEY, 'anthropic-version': '2023-06-01' })
    expect(heard[0]?.authorization).toBeUndefined()
  })

  it.each([
    ['there is no list', failing(404)],
    ['the list does not name it', listing(['other'], answering('x'))],
    ['the list is none', listing([], answering('x'))],
  ])('asks for one token where %s', async (_name, behaviour) => {
    const bodies: string[] = []
    const { instance } = await rig((req, res) => {
      if (req.method === 'GET') return behaviour(req, res)
      req.on('data', (part: Buffer) => bodies.push(part.toString()))
      answering('pong')(req, res)
    })
    expect(await tested(instance)).toMatchObject({ ok: true, asked: 'chat', status: 200 })
    expect(JSON.parse(bodies.join(''))).toMatchObject({ model: 'org/m', max_tokens: 1 })
    const load = await fetch(`${instance.url}${API}/models/m/load`)
    expect(await load.json()).toMatchObject({ load: { in_flight: 0 } })
  })

  it('sends no more to a model than its limit: without a slot for one token it says so', async () => {
    const { instance, upstream } = await rig((req, res) => {
      if (req.method === 'GET') failing(404)(req, res)
    })
    const gone = new AbortController()
    const running = fetch(`${instance.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] }),
      signal: gone.signal,
    }).catch(() => undefined)
    await expect.poll(() => upstream.active).toBe(1)
    const answer = await tested(instance)
    expect(answer).toMatchObject({ ok: false, asked: 'chat', status: null })
    expect(answer.message).toContain('no slot free')
    expect(upstream.active).toBe(1)
    gone.abort()
    await running
  })

  it.each([
    [401, 'it refuses the key (HTTP 401)'],
    [403, 'it refuses the key (HTTP 403)'],
    [429, 'takes no more requests at the moment (HTTP 429)'],
    [503, 'it fails (HTTP 503)'],
    [418, 'it refuses the request (HTTP 418)'],
  ])('says what a status %i means, and repeats nothing of the answer', async (status, meaning) => {
    const { instance } = await rig((_req, res) => {
      res.writeHead(status, { 'content-type': 'application/json' })
      res.end(JSON.stringify({ error: { message: `Incorrect API key provided: ${KEY}` } }))
    })
    const answer = await tested(instance)
    expect(answer).toMatchObject({ ok: false, status })
    expect(answer.message).toContain(meaning)
  })

  it('tells of a backend that is not there, of a broken answer and of a model nobody knows', async () => {
    const { instance, upstream } = await rig((_req, res) => {
      res.writeHead(200, { 'content-length': '100' }).write('{"data":[')
      setImmediate(() => res.destroy())
    })
    expect(await tested(instance)).toMatchObject({ ok: false, status: null })
    await upstream.stop()
    const gone = await tested(instance)
    expect(gone).toMatchObject({ ok: false, asked: 'models', status: null })
    expect(gone.message).toContain('ECONNREFUSED')
    cleanups.shift()
    const unknown = await fetch(`${instance.url}${API}/models/none/test`, { method: 'POST' })
    expect(unknown.status).toBe(404)
  })
})

describe('a model whose key is missing', () => {
  it('is told to want one, with the name of the variable', async () => {
    const upstream: ScriptedUpstream = await startUpstream(failing(401))
    cleanups.push(() => upstream.stop())
    const yaml = `server: { api_key_envs: [LOADSTAR_TEST_UNSET] }`
    const instance = await quietInstance(configOf(yaml))
    cleanups.push(() => instance.stop())
    const made = await fetch(`${instance.url}${API}/models`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        id: 'm',
        base_url: upstream.url,
        max_concurrent: 1,
        api_key_env: 'LOADSTAR_TEST_UNSET',
      }),
    })
    expect(made.status).toBe(201)
    expect((await tested(instance)).message).toBe(
      'it wants a key (HTTP 401), and LOADSTAR_TEST_UNSET is not set, or not in server.api_key_envs',
    )
  })
})
