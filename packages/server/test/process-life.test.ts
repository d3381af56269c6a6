import OpenAI from 'openai'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  getJson,
  serve,
  startFleet,
  stop,
  temporaryFolder,
  type ModelStats,
  type Running,
} from './processes.js'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

function folder(): string {
  const made = temporaryFolder()
  cleanups.push(() => made.remove())
  return made.path
}

function keep<T extends Running>(running: T): T {
  cleanups.push(() => stop(running))
  return running
}

const API = '/api/v1/model-router'
/** In one process, and in one per processor and one more. */
const WORKERS = [1, 3]
const FILE = `
models:
  - { id: filed, base_url: 'http://127.0.0.1:1/v1', max_concurrent: 2, capabilities: { coding: 0.9 } }
agents:
  - { id: coder, capabilities: [coding] }
storage: { url: 'file:kept.db' }
`

async function post(url: string, body: object): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

describe('kill -9', () => {
  it('loses nothing that the API has acknowledged', async () => {
    const path = folder()
    const first = await serve(path, FILE)
    const models = Array.from({ length: 20 }, (_, index) => `added-${index}`)
    for (const id of models) {
      const body = { id, base_url: 'http://127.0.0.1:1/v1', max_concurrent: 3, capabilities: { coding: 0.1 } }
      expect((await post(`${first.url}${API}/models`, body)).status).toBe(201)
    }
    expect((await post(`${first.url}${API}/agents`, { id: 'added', capabilities: ['coding'] })).status).toBe(
      201,
    )
    expect((await post(`${first.url}${API}/auto-assign-all`, {})).status).toBe(200)
    first.child.kill('SIGKILL')
    expect(await first.ended).toBe('SIGKILL')

    const second = keep(await serve(path, FILE))
    const listed = await getJson<{ models: { id: string }[] }>(`${second.url}${API}/models`)
    expect(listed.models.map(({ id }) => id)).toEqual(['filed', ...models])
    const { assignments } = await getJson<{ assignments: { agent_id: string; model_id: string }[] }>(
      `${second.url}${API}/assignments`,
    )
    expect(assignments.map(({ agent_id, model_id }) => [agent_id, model_id]).sort()).toEqual([
      ['added', 'filed'],
      ['coder', 'filed'],
    ])
  })

  it.each(WORKERS)(
    'in the midst of traffic leaves no request running at the models (%d workers)',
    async (workers) => {
      const path = folder()
      const fleet = keep(
        await startFleet(path, {
          models: [{ id: 'endless', max_concurrent: 4, tokens_per_second: 20, output_tokens: 100_000 }],
        }),
      )
      const [model] = fleet.models
      const yaml = `models: [{ id: endless, base_url: '${model?.base_url}', max_concurrent: 4, target_utilization: 1 }]\nstorage: { url: 'file::memory:' }\n`
      const gateway = await serve(path, yaml, workers)
      const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'unused', maxRetries: 0 })
      const streams = await Promise.all(
        Array.from({ length: 4 }, () =>
          client.chat.completions.create({
            model: 'endless',
            stream: true,
            messages: [{ role: 'user', content: 'go on' }],
          }),
        ),
      )
      const stats = () => getJson<ModelStats>(`${model?.url}/stats`)
      expect((await stats()).active).toBe(4)
      gateway.child.kill('SIGKILL')
      for (const stream of streams) {
        await expect(
          (async () => {
            for await (const event of stream) expect(event.object).toBe('chat.completion.chunk')
          })(),
        ).rejects.toThrow()
      }
      await vi.waitFor(async () => expect((await stats()).active).toBe(0), { timeout: 10_000 })
    },
  )
})

describe('a second process on the same database file', () => {
  it('is refused with a line that says why, and the first goes on', async () => {
    const path = folder()
    const first = keep(await serve(path, FILE))
    await expect(serve(path, FILE)).rejects.toThrow(/ended with 1/)
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200)
  })
})

describe('SIGTERM', () => {
  it.each(WORKERS)(
    'turns newcomers away, lets a running stream finish whole, and exits with 0 (%d workers)',
    async (workers) => {
      const path = folder()
      const fleet = keep(
        await startFleet(path, {
          models: [{ id: 'slow', max_concurrent: 1, tokens_per_second: 10, output_tokens: 30 }],
        }),
      )
      const yaml = `models: [{ id: slow, base_url: '${fleet.models[0]?.base_url}', max_concurrent: 1, max_queue: 4 }]\nstorage: { url: 'file::memory:' }\n`
      const gateway = await serve(path, yaml, workers)
      const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'unused', maxRetries: 0 })
      const messages = [{ role: 'user' as const, content: 'hello' }]
      const stream = await client.chat.completions.create({ model: 'slow', messages, stream: true })
      const waiting = client.chat.completions
        .create({ model: 'slow', messages })
        .catch((error: unknown) => error)
      const waitingCount = async () =>
        (await getJson<{ waiting: number }>(`${gateway.url}${API}/stats`)).waiting
      await vi.waitFor(async () => expect(await waitingCount()).toBe(1))

      gateway.child.kill('SIGTERM')
      await vi.waitFor(async () => expect((await fetch(`${gateway.url}/readyz`)).status).toBe(503))
      expect((await fetch(`${gateway.url}/livez`)).status).toBe(200)
      expect(await waiting).toMatchObject({ status: 503 })
      const late = await post(`${gateway.url}/v1/chat/completions`, { model: 'slow', messages })
      expect(late.status).toBe(503)
      expect(late.headers.get('x-loadstar-reason')).toBe('draining')
      expect(Number(late.headers.get('retry-after-ms'))).toBeGreaterThanOrEqual(1_000)

      let finish: string | null = null
      for await (const chunk of stream) finish = chunk.choices[0]?.finish_reason ?? finish
      expect(finish).not.toBeNull()
      expect(await gateway.ended).toBe(0)
    },
  )
})
