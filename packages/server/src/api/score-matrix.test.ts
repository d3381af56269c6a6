import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startApi, type RunningApi } from './api-fixture.contract.js'

let api: RunningApi
beforeEach(async () => {
  api = await startApi()
})
afterEach(() => api.close())

const model = (id: string, coding: number, more = {}) => ({
  id,
  name: id.toUpperCase(),
  base_url: 'http://127.0.0.1:9002/v1',
  max_concurrent: 2,
  capabilities: { coding },
  ...more,
})

async function populate(): Promise<void> {
  await api.call('POST', 'models', 201, model('weak', 0.3))
  await api.call('POST', 'models', 201, model('strong', 0.9))
  await api.call(
    'POST',
    'models',
    201,
    model('poet', 0, { capabilities: { writing: 1 }, target_utilization: 1 }),
  )
  await api.call('POST', 'agents', 201, { id: 'coder', capabilities: ['coding'] })
  await api.call('POST', 'agents', 201, { id: 'tester', capabilities: ['coding'], status: 'offline' })
}

describe('GET /score-matrix', () => {
  it('tells what an automatic run works on: its match scores, and what its models’ loads make of them', async () => {
    await populate()
    const matrix = await api.call('GET', 'score-matrix', 200)
    expect(matrix).toMatchObject({ total_agents: 3, total_models: 4 })
    const run = await api.call('POST', 'auto-assign-all', 200, { dry_run: true, strategy: 'greedy' })
    const rows = matrix.agents.map(({ id }) => id)
    const columns = matrix.models.map(({ id }) => id)
    const matchScores = matrix['match_scores'] as number[][]
    expect(run.assignments.length).toBe(2)
    for (const assignment of run.assignments) {
      const row = rows.indexOf(assignment['agent_id'])
      const column = columns.indexOf(assignment['model_id'])
      expect(matchScores[row]?.[column]).toBe(assignment['match_score'])
    }
    expect(matrix['scores']).toEqual(matchScores)
    api.router.submit({ requestId: 'r', candidates: [{ modelId: 'strong', score: 50 }] }, 1)
    const busy = await api.call('GET', 'score-matrix?agent_search=CODER&model_search=str', 200)
    expect(busy).toMatchObject({ total_agents: 1, total_models: 1, agents: [{ id: 'coder' }] })
    const [column] = busy.models
    expect(column).toMatchObject({ id: 'strong', utilization: 0.5, load_factor: 0.85 })
    const [[score = 0] = []] = busy['scores'] as number[][]
    const [[before = 0] = []] = busy['match_scores'] as number[][]
    expect(score).toBeCloseTo(before * 0.85, 9)
  })

  it('says what keeps pairs out of a run, what a model lacks, and who is assigned to whom', async () => {
    await populate()
    await api.call('PATCH', 'models/weak', 200, { enabled: false })
    for (let i = 0; i < 2; i++) {
      api.router.submit({ requestId: 'r', candidates: [{ modelId: 'poet', score: 50 }] }, 1)
    }
    await api.call('POST', 'assignments', 201, { agent_id: 'coder', model_id: 'strong' })
    const matrix = await api.call('GET', 'score-matrix?agent_from=1&model_from=1', 200)
    expect(matrix).toMatchObject({ agent_from: 1, model_from: 1 })
    expect(matrix.agents).toMatchObject([
      { id: 'coder', filtered_because: null, assignment: { model_id: 'strong', method: 'manual' } },
      { id: 'tester', filtered_because: 'not_online', assignment: null },
    ])
    expect(matrix.models).toMatchObject([
      { id: 'weak', filtered_because: 'disabled' },
      { id: 'strong', filtered_because: null },
      { id: 'poet', filtered_because: 'full', utilization: 1 },
    ])
    expect(matrix['missing']).toContainEqual({ agent: 0, model: 2, capabilities: ['coding'] })
  })

  it('shows a window of a large registry, and no larger one than it may', async () => {
    await populate()
    const matrix = await api.call(
      'GET',
      'score-matrix?agent_from=2&agent_count=5&model_from=1&model_count=2',
      200,
    )
    expect(matrix.agents.map(({ id }) => id)).toEqual(['tester'])
    expect(matrix.models.map(({ id }) => id)).toEqual(['weak', 'strong'])
    expect((matrix['scores'] as number[][]).map((row) => row.length)).toEqual([2])
    const { error } = await api.call('GET', 'score-matrix?agent_count=101', 400)
    expect(error).toMatchObject({ param: 'agent_count' })
  })
})

describe('automatic runs', () => {
  it('are taken back, and what they found is pinned', async () => {
    await populate()
    expect((await api.call('POST', 'assignments/undo', 409)).error.code).toBe('nothing_to_undo')
    await api.call('POST', 'auto-assign-all', 200)
    const { assignments } = await api.call('GET', 'assignments?agent_id=coder', 200)
    const id = assignments[0]?.id ?? ''
    const { assignment } = await api.call('PUT', `assignments/${id}`, 200, { pinned: true })
    expect(assignment).toMatchObject({ id, method: 'manual', model_id: assignments[0]?.['model_id'] })
    const undone = await api.call('POST', 'assignments/undo', 200)
    expect(undone).toMatchObject({ restored: 0, left_out: 0 })
    const left = await api.call('GET', 'assignments?status=active', 200)
    expect(left.assignments).toMatchObject([{ id, method: 'manual' }])
  })
})
