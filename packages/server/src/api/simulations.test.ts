import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startApi, type Answer, type RunningApi } from './api-fixture.contract.js'
import { listen } from './events/event-reader.contract.js'

const PATH = '/api/v1/simulations'

let api: RunningApi
beforeEach(async () => {
  api = await startApi()
})
afterEach(() => api.close())

interface Simulated {
  readonly id: string
  readonly status: string
  readonly progress: number
  readonly result: object | null
}

const simulationOf = (answer: Answer) => answer['simulation'] as Simulated
const start = async (body: object) => simulationOf(await api.call('POST', PATH, 202, body))
const read = async (id: string) => simulationOf(await api.call('GET', `${PATH}/${id}`, 200))
const untilEnded = (id: string) =>
  expect
    .poll(() => read(id), { timeout: 30_000, interval: 50 })
    .toMatchObject({
      ended_at: expect.any(String) as string,
    })

const SHORT = { scenario: 'hundred_at_once' }
/** Some seconds of work. */
const LONG = { scenario: 'equal_replicas', load: 2.5 }

describe('simulations', () => {
  it('are taken on, tell how far they are, and are read with both sides once they are done', async () => {
    const url = await api.app.listen({ host: '127.0.0.1', port: 0 })
    const reader = await listen(url)
    const changes = { policy: 'random', models: [{ id: 'a', max_concurrent: 10 }] }
    const { id, status } = await start({ ...SHORT, changes })
    expect(status).toBe('queued')
    await untilEnded(id)
    const states: unknown[] = []
    await reader.next(({ event, data }) => {
      if (event === 'simulation') states.push(data)
      return event === 'simulation' && data['status'] === 'done'
    })
    expect(states).toEqual(states.map((state) => ({ ...(state as object), id })))
    expect(states.at(-1)).toEqual({ id, status: 'done', progress: 1 })
    reader.leave()
    const done = await read(id)
    expect(done).toMatchObject({
      status: 'done',
      progress: 1,
      error: null,
      result: {
        left_out: 0,
        before: { policy: 'bid', requests: 100, completed: 100, success_rate: 1, cost_usd: 0 },
        after: { policy: 'random' },
      },
    })
    const { before, after } = done.result as Record<string, { models: Record<string, unknown>[] }>
    expect(before?.models).toHaveLength(3)
    expect(before?.models[0]).toMatchObject({ id: 'a', max_concurrent: 50, success_rate: 1 })
    expect(after?.models[0]).toMatchObject({ id: 'a', max_concurrent: 10, greatest_concurrency: 8 })
    const list = await api.call('GET', PATH, 200)
    expect(list['simulations']).toMatchObject([{ id, status: 'done', result: null }])
  })

  it('run one at a time, a few wait, and more are turned away; those that are cancelled make room', async () => {
    const ids: string[] = []
    for (let i = 0; i < 5; i++) ids.push((await start(LONG)).id)
    expect((await api.call('POST', PATH, 503, LONG)).error.code).toBe('simulator_busy')
    await expect.poll(async () => (await read(ids[0] ?? '')).status).toBe('running')
    for (const id of ids) {
      const cancelled = simulationOf(await api.call('DELETE', `${PATH}/${id}`, 200))
      expect(cancelled).toMatchObject({ id, status: 'cancelled', result: null })
      expect((await read(id)).status).toBe('cancelled')
    }
    const { id } = await start(SHORT)
    await untilEnded(id)
    expect((await read(id)).status).toBe('done')
    await api.call('DELETE', `${PATH}/${id}`, 200)
    expect((await api.call('GET', `${PATH}/${id}`, 404)).error.code).toBe('unknown_simulation')
    expect((await api.call('DELETE', `${PATH}/${id}`, 404)).error.code).toBe('unknown_simulation')
  })

  it('that cannot be made fail with the field at fault', async () => {
    const { id } = await start({ ...SHORT, changes: { models: [{ id: 'x', max_queue: 3 }] } })
    await untilEnded(id)
    expect(await read(id)).toMatchObject({
      status: 'failed',
      error: {
        code: 'invalid_value',
        param: 'changes.models[0].id',
        message: 'changes.models[0].id must be a model of what is simulated ("a", "b", "c"), got "x"',
      },
    })
  })

  const FROM = '2026-01-31T12:00:00Z'
  it.each([
    [{}, 'from', 'give both from and to, or a scenario'],
    [{ from: FROM }, 'to', 'to is required'],
    [{ from: FROM, to: FROM }, 'from', 'from must be before to'],
    [{ ...SHORT, from: FROM }, 'scenario', 'must be left out'],
    [{ ...SHORT, load: 0.5 }, 'load', 'equal_replicas, unequal_models, knee'],
    [{ from: FROM, to: '2026-01-31T13:00:00Z', load: 1 }, 'load', 'must be left out'],
    [{ scenario: 'none' }, 'scenario', 'none'],
    [{ ...SHORT, changes: { models: [{ id: 'a', slots: 3 }] } }, 'changes.models[0].slots', 'slots'],
  ])('are not taken on where they contradict themselves: %j', async (body, param, message) => {
    const { error } = await api.call('POST', PATH, 400, body)
    expect(error.message).toContain(message)
    expect(error.param).toBe(param)
  })

  it('of recorded requests need a record', async () => {
    const { error } = await api.call('POST', PATH, 404, { from: FROM, to: '2026-01-31T13:00:00Z' })
    expect(error.code).toBe('history_disabled')
  })

  it('tell what worlds come with the program', async () => {
    const { scenarios } = (await api.call('GET', `${PATH}/scenarios`, 200)) as unknown as {
      scenarios: { name: string; takes_load: boolean; models: object[] }[]
    }
    expect(scenarios.map(({ name }) => name)).toContain('unequal_models')
    for (const { models } of scenarios) expect(models.length).toBeGreaterThan(0)
  })
})
