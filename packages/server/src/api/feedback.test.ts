import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ExchangeRecord } from '../gateway/record.js'
import { startApi, type RunningApi } from './api-fixture.contract.js'

let api: RunningApi
beforeEach(async () => {
  api = await startApi()
})
afterEach(() => api.close())

interface Quality {
  readonly model_id: string
  readonly task_type: string
  readonly declared: number
  readonly mean: number
  readonly low: number
  readonly high: number
  readonly votes: number
}

/** An answer of the model of the file; @returns the id of its decision. */
function answered(leaseId: number, asked: object | undefined = { agentId: 'filed' }): string {
  const attempts = [{ leaseId, modelId: 'filed', outcome: 'completed', serviceMs: 100 }]
  api.ended({ asked, attempts } as unknown as ExchangeRecord)
  return api.decisionIds.of(leaseId)
}

describe.each(['/api/v1/feedback', 'feedback'])('POST %s', (path) => {
  it('counts one vote for each answer, the latest, for the task its agent is for', async () => {
    const id = answered(1)
    const first = await api.call('POST', path, 200, { decision_id: id, thumbs: 'up' })
    expect(first).toMatchObject({ success: true, decision_id: id, replaced: false })
    const again = await api.call('POST', path, 200, { decision_id: id, score: 0.25 })
    const { quality } = again as unknown as { quality: Quality }
    expect(again['replaced']).toBe(true)
    expect(quality).toMatchObject({ model_id: 'filed', task_type: 'general', declared: 0.5, votes: 1 })
    expect(quality.mean).toBeCloseTo((10 * 0.5 + 0.25) / 11, 9)
    expect(quality.low < quality.mean && quality.mean < quality.high).toBe(true)
  })

  it('goes by the task the vote names, else by the one the request named', async () => {
    const named = answered(2, { agentId: 'filed', task: 'math' })
    const [first, second] = [
      await api.call('POST', path, 200, { decision_id: named, thumbs: 'down' }),
      await api.call('POST', path, 200, { decision_id: named, thumbs: 'down', task_type: 'arabic' }),
    ]
    expect(first).toMatchObject({ quality: { task_type: 'math', votes: 1 } })
    expect(second).toMatchObject({ replaced: true, quality: { task_type: 'arabic', votes: 1 } })
    const { qualities } = (await api.call('GET', 'quality', 200)) as unknown as { qualities: Quality[] }
    const voted = qualities.filter(({ votes }) => votes > 0)
    expect(voted.map(({ task_type }) => task_type)).toEqual(['arabic'])
  })

  it('refuses what is no vote, and decisions that nobody knows, naming the field', async () => {
    const id = answered(3)
    const refused = async (status: number, body: object) => (await api.call('POST', path, status, body)).error
    expect(await refused(400, { decision_id: id })).toMatchObject({
      param: 'score',
      message: 'score is required, or thumbs instead of it',
    })
    expect(await refused(400, { decision_id: id, score: 1, thumbs: 'up' })).toMatchObject({ param: 'thumbs' })
    expect(await refused(400, { decision_id: id, score: 1.5 })).toMatchObject({ param: 'score' })
    expect(await refused(400, { decision_id: id, score: 1, task_type: 'x' })).toMatchObject({
      param: 'task_type',
    })
    for (const unknown of ['f-zz', 'other-1', '1']) {
      expect(await refused(404, { decision_id: unknown, score: 1 })).toMatchObject({
        code: 'unknown_decision',
        param: 'decision_id',
      })
    }
  })
})

it('lists declared strengths beside learned ones, of one model or task type where asked', async () => {
  const { qualities } = (await api.call('GET', 'quality?task_type=general', 200)) as unknown as {
    qualities: Quality[]
  }
  expect(qualities).toHaveLength(1)
  expect(qualities[0]).toMatchObject({ model_id: 'filed', declared: 0.5, effective: 0.5, votes: 0 })
  expect((await api.call('GET', 'quality?model_id=nobody', 200))['qualities']).toEqual([])
})

it('assigns by what was measured, with its terms told and stored', async () => {
  for (let leaseId = 1; leaseId <= 20; leaseId++) answered(leaseId)
  const { assignments } = await api.call('POST', 'auto-assign-all', 200, { enable_load_balancing: false })
  const terms = {
    capability_score: 65,
    performance_score: 96.25,
    performance_adjustment: 12.5,
    match_score: 77.5,
    has_performance_data: true,
    success_rate: 1,
    avg_latency_ms: 100,
  }
  expect(assignments).toHaveLength(1)
  expect(assignments[0]).toMatchObject(terms)
  const stored = await api.call('GET', 'assignments', 200)
  expect(stored.assignments[0]).toMatchObject(terms)
})

it('scores models of a request by what it says was measured of them', async () => {
  const model = { id: 'm', max_concurrent: 1, capabilities: { coding: 0.8 } }
  const answer = await api.call('POST', 'auto-assign-all', 200, {
    agents: [{ id: 'a', capabilities: ['coding'] }],
    models: [{ ...model, performance: { requests: 50, success_rate: 0.6, avg_latency_ms: 450 } }],
    enable_load_balancing: false,
  })
  // (0.6 × 86 + 0.25 × 60 + 0.15 × 55) × 0.5
  expect(answer.assignments[0]).toMatchObject({
    capability_score: 86,
    match_score: 37.425,
    success_rate: 0.6,
  })
})
