import { afterEach, describe, expect, it } from 'vitest'
import { getJson, serve, startFleet, stop, temporaryFolder } from './processes.js'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

interface Side {
  readonly requests: number
  readonly completed: number
  readonly wait: { readonly mean_ms: number }
  readonly models: readonly {
    readonly id: string
    readonly max_concurrent: number
    readonly completed: number
  }[]
}

interface Answer {
  readonly simulation: {
    readonly id: string
    readonly status: string
    readonly error: object | null
    readonly result: { readonly before: Side; readonly after: Side } | null
  }
}

describe.each([1, 2])('a simulation of what was recorded, with %i workers', (workers) => {
  it('plays the requests of the window again, as they came, on the models as they are and as they might be', async () => {
    const folder = temporaryFolder()
    cleanups.push(() => folder.remove())
    const fleet = await startFleet(folder.path, {
      models: [{ id: 'm', max_concurrent: 8, latency: { median_ms: 60, sigma: 0.1 }, output_tokens: 4 }],
    })
    cleanups.push(() => stop(fleet))
    const [model] = fleet.models
    const yaml = `
models: [{ id: m, base_url: '${model?.base_url ?? ''}', max_concurrent: 8, target_utilization: 1 }]
history: { flush_ms: 20 }
storage: { url: 'file:test.db' }
`
    const gateway = await serve(folder.path, yaml, workers)
    cleanups.push(() => stop(gateway))
    const { url } = gateway
    const post = (path: string, body: object) =>
      fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    const from = new Date().toISOString()
    const statuses = await Promise.all(
      Array.from({ length: 24 }, async () => {
        const answer = await post('/v1/chat/completions', {
          model: 'm',
          messages: [{ role: 'user', content: 'hi' }],
        })
        await answer.text()
        return answer.status
      }),
    )
    expect(statuses.every((status) => status === 200)).toBe(true)
    const decisions = `${url}/api/v1/model-router/decisions`
    await expect
      .poll(async () => (await getJson<{ decisions: object[] }>(decisions)).decisions.length)
      .toBe(24)
    const to = new Date(Date.now() + 1_000).toISOString()
    const changes = { models: [{ id: 'm', max_concurrent: 2 }] }
    const started = await post('/api/v1/simulations', { from, to, changes })
    expect(started.status).toBe(202)
    const { simulation } = (await started.json()) as Answer
    const read = async () => (await getJson<Answer>(`${url}/api/v1/simulations/${simulation.id}`)).simulation
    await expect.poll(async () => (await read()).status, { timeout: 30_000 }).toBe('done')
    const { before, after } = (await read()).result ?? {}
    expect(before).toMatchObject({ requests: 24, completed: 24, models: [{ id: 'm', max_concurrent: 8 }] })
    expect(after).toMatchObject({ requests: 24, completed: 24, models: [{ id: 'm', max_concurrent: 2 }] })
    expect(after?.wait.mean_ms).toBeGreaterThan(2 * (before?.wait.mean_ms ?? Infinity))
    const empty = await post('/api/v1/simulations', {
      from: '2020-01-01T00:00:00Z',
      to: '2020-01-02T00:00:00Z',
    })
    const nothing = ((await empty.json()) as Answer).simulation.id
    const failed = async () => (await getJson<Answer>(`${url}/api/v1/simulations/${nothing}`)).simulation
    await expect.poll(async () => (await failed()).status, { timeout: 30_000 }).toBe('failed')
    expect((await failed()).error).toMatchObject({ code: 'no_requests', param: 'from' })
  })
})
