import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { attempt, exchange } from '../telemetry/exchange-record.contract.js'
import { Rollups } from '../telemetry/rollups.js'
import { NOW_MS, startApi, type RunningApi } from './api-fixture.contract.js'

let api: RunningApi
beforeEach(async () => {
  api = await startApi()
})
afterEach(() => api.close())

describe('GET /metrics', () => {
  it('tells latency, success and usage of all, by model and by agent, best model first', async () => {
    const call = attempt({ modelId: 'filed', inputTokens: 5, outputTokens: 6, costUsd: 0.5 })
    const plain = exchange()
    const asked = plain.asked && { ...plain.asked, agentId: 'filed' }
    api.meters.ended(exchange({ asked, attempts: [call], totalMs: 100 }))
    api.meters.ended(exchange({ asked, attempts: [call], totalMs: 300 }))
    const failed = attempt({ modelId: 'gone', score: 90, outcome: 'upstream_error' })
    api.meters.ended(exchange({ outcome: 'upstream_error', attempts: [failed] }))
    const answer = await api.call('GET', 'metrics?window=1m', 200)
    expect(answer).toMatchObject({
      window: '1m',
      requests: 3,
      success_rate: 2 / 3,
      latency: { count: 2, min_ms: 100, max_ms: 300, avg_ms: 200 },
      usage: { input_tokens: 10, output_tokens: 12, cost_usd: 1 },
      top_models: [
        { model_id: 'filed', success_rate: 1, avg_match_score: 80, score: 80 },
        { model_id: 'other', success_rate: 0, score: 0 },
      ],
    })
    expect(answer.models).toMatchObject([
      { model_id: 'filed', requests: 2, attempts: 2, failures: 0 },
      { model_id: 'other', requests: 1, failures: 1 },
    ])
    expect(answer.agents).toMatchObject([
      { agent_id: 'filed', requests: 2, usage: { cost_usd: 1 } },
      { agent_id: 'other', requests: 1, success_rate: 0 },
    ])
  })

  it('says null, not zero, of what nothing is known of', async () => {
    const answer = await api.call('GET', 'metrics', 200)
    expect(answer).toMatchObject({
      window: '5m',
      requests: 0,
      success_rate: null,
      top_models: [],
      models: [],
    })
    expect(answer['latency']).toMatchObject({ count: 0, avg_ms: null, p99_ms: null })
  })

  it('knows no other window', async () => {
    const { error } = await api.call('GET', 'metrics?window=2m', 400)
    expect(error.param).toBe('window')
    expect(error.message).toContain('2m')
  })
})

describe('GET /metrics/series', () => {
  const FROM = new Date(NOW_MS - 60_000).toISOString()

  it('tells one point per step, null where nothing happened', async () => {
    api.meters.ended(exchange({ totalMs: 40 }))
    const { rollups } = api.stores
    await new Rollups({
      meters: api.meters,
      store: rollups,
      instance: 'i',
      retentionMs: 1e9,
      clock: () => NOW_MS,
      log: { warn: () => undefined },
    }).stop()
    const to = new Date(NOW_MS + 10_000).toISOString()
    const path = `metrics/series?from=${FROM}&to=${to}`
    const answer = await api.call('GET', `${path}&metric=latency`, 200)
    const points = answer['points'] as { value: number | null; timing?: object }[]
    expect(answer['step']).toBe(10)
    expect(points.map(({ value }) => value)).toEqual([...Array<null>(6).fill(null), 40, null])
    expect(points[6]?.timing).toMatchObject({ count: 1, p95_ms: 40 })
    const counted = await api.call('GET', `${path}&metric=requests&agent_id=other&step=3600`, 200)
    expect(counted['points']).toMatchObject([{ value: 1 }])
  })

  it.each([
    ['metric=nonsense', 'metric'],
    ['', 'metric'],
    [`metric=requests&from=${FROM}&to=${FROM}`, 'from'],
    ['metric=requests&step=15', 'step'],
    ['metric=requests&from=2020-01-01T00:00:00Z&step=10', 'step'],
    ['metric=requests&model_id=a&agent_id=b', 'agent_id'],
    ['metric=requests&from=yesterday', 'from'],
  ])('refuses %s by naming %s', async (query, param) => {
    const { error } = await api.call('GET', `metrics/series?${query}`, 400)
    expect(error.param).toBe(param)
  })
})
