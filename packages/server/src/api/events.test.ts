import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { attempt, exchange } from '../telemetry/exchange-record.contract.js'
import { startApi, type RunningApi } from './api-fixture.contract.js'
import { listen } from './events/event-reader.contract.js'

let api: RunningApi
let url: string
beforeEach(async () => {
  api = await startApi()
  url = await api.app.listen({ port: 0, host: '127.0.0.1' })
})
afterEach(() => api.close())

const MODEL = { id: 'late', base_url: 'http://127.0.0.1:9002/v1', max_concurrent: 2 }
const ended = (requestId: string) =>
  api.ended(exchange({ requestId, attempts: [attempt({ modelId: 'filed' })] }))

describe('GET /api/v1/events', () => {
  it('tells the fleet and the alerts at once, and then what changes', async () => {
    const reader = await listen(url, '?interval_ms=250')
    const fleet = await reader.named('fleet')
    expect(fleet.id).toMatch(/^[0-9a-f]{8}-\d+$/)
    expect(fleet.data).toMatchObject({
      is_full: true,
      models: [{ id: 'filed', in_flight: 0, max_concurrent: 4, target_slots: 3, breaker: 'closed' }],
      fleet: { in_flight: 0, queued: 0, active_alerts: 0, success_rate: null },
      flows: [],
    })
    expect((await reader.named('alerts')).data).toEqual({ active: [] })
    api.router.submit({ requestId: 'r', candidates: [{ modelId: 'filed', score: 50 }] }, 1)
    const busy = await reader.next(({ event, data }) => event === 'fleet' && hasModels(data))
    expect(busy.data).toMatchObject({ is_full: false, models: [{ id: 'filed', in_flight: 1 }] })
    reader.leave()
  })

  it('tells of requests that ended as rows of the list of decisions, the latest fifty, and who asked whom', async () => {
    const reader = await listen(url, '?interval_ms=250')
    for (let i = 0; i < 53; i++) ended(`r-${i}`)
    const { data } = await reader.named('decisions')
    expect(data['omitted']).toBe(3)
    const rows = data['decisions'] as readonly object[]
    expect(rows).toHaveLength(50)
    expect(rows[49]).toMatchObject({
      request_id: 'r-52',
      decision_id: 'f-1',
      agent_id: 'a',
      model_id: 'filed',
      outcome: 'completed',
      total_ms: 101,
      must_have: null,
      is_stream: true,
    })
    const told = await reader.next(({ event, data }) => event === 'fleet' && hasFlows(data))
    expect(told.data['flows']).toEqual([{ agent: 'a', model: 'filed', requests: 53 }])
    reader.leave()
  })

  it('says what of the catalog has changed, and all alerts when one has', async () => {
    const reader = await listen(url)
    await reader.named('alerts')
    await api.call('POST', 'models', 201, MODEL)
    await api.call('POST', 'agents', 201, { id: 'poet', task_type: 'general' })
    expect((await reader.named('catalog')).data).toEqual({ kind: 'model', ids: ['late'] })
    expect((await reader.named('catalog')).data).toEqual({ kind: 'agent', ids: ['poet'] })
    const { assignment } = await api.call('POST', 'assignments', 201, { agent_id: 'poet', model_id: 'late' })
    expect((await reader.named('catalog')).data).toEqual({ kind: 'assignment', ids: [assignment.id] })
    await api.call('DELETE', 'models/late', 200)
    expect((await reader.named('catalog')).data).toEqual({ kind: 'model', ids: ['late'] })
    expect((await reader.named('catalog')).data).toEqual({ kind: 'assignment' })
    for (let i = 0; i < 9; i++) {
      api.alerts.ended(exchange({ attempts: [attempt({ modelId: 'filed', outcome: 'upstream_error' })] }))
    }
    api.alerts.look()
    const { data } = await reader.named('alerts')
    const active = data['active'] as readonly object[]
    expect(active.length).toBeGreaterThan(0)
    expect(active[0]).toMatchObject({ model_id: 'filed', status: 'active' })
    reader.leave()
  })

  it('brings after a cut what was missed, once, in order', async () => {
    const reader = await listen(url)
    ended('first')
    const { id } = await reader.named('decisions')
    reader.leave()
    const other = await listen(url)
    ended('second')
    await other.named('decisions')
    await api.call('POST', 'models', 201, MODEL)
    await other.named('catalog')
    for (const back of [
      await listen(url, '', { 'last-event-id': id }),
      await listen(url, `?last_event_id=${id}`),
    ]) {
      const names = []
      for (let i = 0; i < 4; i++) names.push(await back.next(() => true))
      expect(names.map(({ event }) => event)).toEqual(['decisions', 'catalog', 'fleet', 'alerts'])
      expect(names[0]?.data['decisions']).toMatchObject([{ request_id: 'second' }])
      back.leave()
    }
    other.leave()
  })

  it.each(['00000000-1', 'nonsense', ''])(
    'begins with a reset where it does not know the event "%s"',
    async (id) => {
      const reader = await listen(url, `?last_event_id=${id}`)
      expect((await reader.next(() => true)).event).toBe('reset')
      expect((await reader.next(() => true)).event).toBe('fleet')
      reader.leave()
    },
  )

  it('refuses an interval out of range, naming it', async () => {
    const { error } = await api.call('GET', '/api/v1/events?interval_ms=100', 400)
    expect(error).toMatchObject({ param: 'interval_ms', code: 'invalid_value' })
    expect(error.message).toContain('250')
  })

  it('ends every stream when the server closes, and takes no more', async () => {
    const reader = await listen(url)
    const closed = api.app.close()
    await reader.ended
    await closed
  })
})

function hasModels(data: Record<string, unknown>): boolean {
  return (data['models'] as readonly unknown[]).length > 0
}

function hasFlows(data: Record<string, unknown>): boolean {
  return (data['flows'] as readonly unknown[]).length > 0
}
