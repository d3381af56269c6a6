import OpenAI from 'openai'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Instance } from '../src/cli/instance.js'
import { getJson } from './processes.js'
import { hasRedis, startRedis, type RedisServer } from './redis-server.js'
import { configOf, quietInstance } from './rig.js'
import { answering, beginning, failing, startUpstream, type ScriptedUpstream } from './scripted-upstream.js'

const SECRETS = { ONE_KEY: 'sk-one-0123456789abcdef', TWO_KEY: 'sk-two-0123456789abcdef' }
const API = '/api/v1/model-router'
const CACHE = { transform: 'x-loadstar-cache', age: 'age', model: 'x-loadstar-model' }
const GREEDY = { model: 'm', temperature: 0, messages: [{ role: 'user' as const, content: 'hi' }] }

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

let upstream: ScriptedUpstream
beforeAll(async () => {
  upstream = await startUpstream(answering('hello'))
})
afterAll(() => upstream.stop())

async function instanceOf(more: string): Promise<Instance> {
  upstream.behave(answering('hello'))
  const instance = await quietInstance(
    configOf(
      `
models:
  - { id: m, alias: any, base_url: '${upstream.url}', max_concurrent: 1, cache_responses: true }
  - { id: other, base_url: '${upstream.url}', max_concurrent: 1 }
agents: [{ id: coder }, { id: writer }]
history: { flush_ms: 50 }
${more}`,
      SECRETS,
    ),
  )
  ends.push(() => instance.stop())
  return instance
}

const clientOf = ({ url }: { url: string }, apiKey = 'unused', agent?: string) =>
  new OpenAI({
    baseURL: `${url}/v1`,
    apiKey,
    maxRetries: 0,
    defaultHeaders: agent === undefined ? {} : { 'x-agent-id': agent },
  })

/** What the cache said of a request, and what came. */
async function ask(client: OpenAI, fields: object = {}, headers: Record<string, string> = {}) {
  const { data, response } = await client.chat.completions
    .create({ ...GREEDY, ...fields, stream: false }, { headers })
    .withResponse()
  return { cache: response.headers.get(CACHE.transform), text: data.choices[0]?.message.content, response }
}

async function askStream(client: OpenAI) {
  const { data, response } = await client.chat.completions.create({ ...GREEDY, stream: true }).withResponse()
  const texts: string[] = []
  for await (const chunk of data) texts.push(chunk.choices[0]?.delta.content ?? '')
  const type = response.headers.get('content-type')
  return { cache: response.headers.get(CACHE.transform), text: texts.join(''), type }
}

describe('where nothing is said of a cache', () => {
  it('every request goes to its model, and no header speaks of it', async () => {
    const client = clientOf(await instanceOf(''))
    const before = upstream.calls
    expect(await ask(client, { model: 'other' })).toMatchObject({ cache: null, text: 'hello' })
    expect(await ask(client, { model: 'other' })).toMatchObject({ cache: null, text: 'hello' })
    expect(await ask(client, { temperature: 0.7 })).toMatchObject({ cache: null })
    expect(upstream.calls - before).toBe(3)
  })
})

interface Kind {
  readonly name: string
  readonly isThere: boolean
  /** The section `response_cache`, over an empty cache. */
  readonly section: () => Promise<string>
}

let redis: RedisServer | undefined
afterAll(() => redis?.remove())

const KINDS: readonly Kind[] = [
  { name: 'in memory', isThere: true, section: () => Promise.resolve('') },
  {
    name: 'in Redis',
    isThere: hasRedis,
    section: async () => {
      redis ??= await startRedis()
      await redis.stop()
      await redis.start()
      return `response_cache: { url: '${redis.url}', timeout_ms: 10000 }`
    },
  },
]

for (const { name, isThere, section } of KINDS) {
  describe.runIf(isThere)(`a response cache ${name}`, () => {
    it('gives an answer again, a stream as a stream, without asking the model', async () => {
      const client = clientOf(await instanceOf(await section()))
      expect(await ask(client)).toMatchObject({ cache: 'miss', text: 'hello' })
      expect(await askStream(client)).toMatchObject({ cache: 'miss', text: 'hello' })
      upstream.behave(failing(500))
      const again = await ask(client)
      expect(again).toMatchObject({ cache: 'hit', text: 'hello' })
      expect(again.response.headers.get(CACHE.model)).toBe('m')
      expect(Number(again.response.headers.get(CACHE.age))).toBeGreaterThanOrEqual(0)
      expect(await askStream(client)).toEqual({ cache: 'hit', text: 'hello', type: 'text/event-stream' })
    })

    it('never gives the answer of one key or agent to another', async () => {
      const auth = `auth: { keys: [{ id: one, key: '\${ONE_KEY}' }, { id: two, key: '\${TWO_KEY}' }] }`
      const instance = await instanceOf(`${auth}\n${await section()}`)
      const one = clientOf(instance, SECRETS.ONE_KEY)
      const others = [
        clientOf(instance, SECRETS.TWO_KEY),
        clientOf(instance, SECRETS.ONE_KEY, 'coder'),
        clientOf(instance, SECRETS.ONE_KEY, 'writer'),
      ]
      expect(await ask(one)).toMatchObject({ cache: 'miss' })
      for (const other of others) expect(await ask(other)).toMatchObject({ cache: 'miss' })
      for (const anyone of [one, ...others]) expect(await ask(anyone)).toMatchObject({ cache: 'hit' })
    })

    it('needs no slot, costs no budget, and is told as what it is', async () => {
      const auth = `auth: { keys: [{ id: one, key: '\${ONE_KEY}', role: admin }] }`
      const budgets = 'budgets: [{ key: one, per_day: { requests: 2 } }]'
      const instance = await instanceOf(`${auth}\n${budgets}\n${await section()}`)
      const client = clientOf(instance, SECRETS.ONE_KEY)
      expect(await ask(client)).toMatchObject({ cache: 'miss' })
      const release = holdingAnswers()
      const held = ask(client, { temperature: 1 })
      await upstreamIsBusy()
      // The one slot is taken and the budget spent.
      expect(await ask(client)).toMatchObject({ cache: 'hit', text: 'hello' })
      release()
      await held
      await expect(ask(client, { seed: 1 })).rejects.toMatchObject({ status: 429 })
      const headers = { authorization: `Bearer ${SECRETS.ONE_KEY}` }
      const stats = await getJson<{ answers: Record<string, number> }>(`${instance.url}${API}/stats`, headers)
      expect(stats.answers).toMatchObject({ completed: 2, cached: 1, over_budget: 1 })
      await expect
        .poll(() => decisions(instance.url, headers), { timeout: 10_000 })
        .toContainEqual({ outcome: 'cached', model_id: 'm', attempts: 0, decision_id: null })
      const metrics = await (await fetch(`${instance.url}/metrics`, { headers })).text()
      expect(metrics).toContain('loadstar_requests_total{model="m",outcome="cached"} 1\n')
      expect(metrics).toContain('loadstar_response_cache_misses_total{model="m"} 1\n')
    })

    it('keeps no answer that failed, was cut, was refused, is too long or not to be kept', async () => {
      const kept = (await section()).replace(' }', ', max_answer_bytes: 1024 }')
      const instance = await instanceOf(kept || 'response_cache: { max_answer_bytes: 1024 }')
      const client = clientOf(instance)
      upstream.behave(beginning(': half\n\n', (_req, res) => void res.destroy()))
      await expect(askStream(client)).rejects.toThrow()
      upstream.behave(failing(400))
      await expect(ask(client)).rejects.toMatchObject({ status: 400 })
      upstream.behave(answering('x'.repeat(1025)))
      expect(await ask(client)).toMatchObject({ cache: 'miss' })
      upstream.behave(answering('hello'))
      expect(await ask(client, {}, { 'cache-control': 'no-store' })).toMatchObject({ cache: null })
      expect(await ask(client)).toMatchObject({ cache: 'miss', text: 'hello' })
      expect(await askStream(client)).toMatchObject({ cache: 'miss', text: 'hello' })
      upstream.behave(answering('newer'))
      expect(await ask(client, {}, { 'cache-control': 'no-cache' })).toMatchObject({ text: 'newer' })
      expect(await ask(client)).toMatchObject({ cache: 'hit', text: 'newer' })
    })

    it('gives no answer of a model that is gone, elsewhere, or not to be kept any more', async () => {
      const instance = await instanceOf(await section())
      const client = clientOf(instance)
      const model = { id: 'mine', base_url: upstream.url, max_concurrent: 1, cache_responses: true }
      const change = (method: string, path: string, body: object) =>
        fetch(`${instance.url}${API}/models${path}`, {
          method,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        })
      const mine = { model: 'mine' }
      expect((await change('POST', '', model)).status).toBe(201)
      expect(await ask(client, mine)).toMatchObject({ cache: 'miss' })
      expect(await ask(client, mine)).toMatchObject({ cache: 'hit' })
      expect((await change('PUT', '/mine', { upstream_model: 'new' })).status).toBe(200)
      expect(await ask(client, mine)).toMatchObject({ cache: 'miss' })
      expect(await ask(client, mine)).toMatchObject({ cache: 'hit' })
      expect((await change('PUT', '/mine', { cache_responses: false })).status).toBe(200)
      expect(await ask(client, mine)).toMatchObject({ cache: null })
    })
  })
}

describe.runIf(hasRedis)('a shared response cache', () => {
  it('answers at one instance what another has asked', async () => {
    const section = await (KINDS[1] as Kind).section()
    const [first, second] = [await instanceOf(section), await instanceOf(section)]
    expect(await ask(clientOf(first))).toMatchObject({ cache: 'miss' })
    await expect.poll(() => ask(clientOf(second)), { timeout: 5_000 }).toMatchObject({ cache: 'hit' })
  })

  it('that is away, or hangs, is as an empty one; its return is noticed', async () => {
    const section = (await (KINDS[1] as Kind).section()).replace('10000', '300')
    const client = clientOf(await instanceOf(section))
    const server = redis as RedisServer
    expect(await ask(client)).toMatchObject({ cache: 'miss' })
    server.freeze()
    expect(await ask(client)).toMatchObject({ cache: 'miss', text: 'hello' })
    server.thaw()
    await server.stop()
    expect(await ask(client)).toMatchObject({ cache: 'miss', text: 'hello' })
    await server.start()
    await expect.poll(() => ask(client), { timeout: 10_000 }).toMatchObject({ cache: 'hit' })
  })
})

function holdingAnswers(): () => void {
  let release = (): void => undefined
  const released = new Promise<void>((resolve) => (release = resolve))
  upstream.behave((req, res) => void released.then(() => answering('late')(req, res)))
  return release
}

async function upstreamIsBusy(): Promise<void> {
  await expect.poll(() => upstream.active, { timeout: 5_000 }).toBe(1)
}

async function decisions(url: string, headers: Record<string, string>): Promise<object[]> {
  type Page = {
    decisions: { outcome: string; model_id: string; attempts: number; decision_id: string | null }[]
  }
  const page = await getJson<Page>(`${url}${API}/decisions`, headers)
  return page.decisions.map(({ outcome, model_id, attempts, decision_id }) => ({
    outcome,
    model_id,
    attempts,
    decision_id,
  }))
}
