import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FILE_AGENT, NOW_MS, PREFIX, startApi, type Answer, type RunningApi } from './api-fixture.contract.js'

let api: RunningApi
beforeEach(async () => {
  api = await startApi()
})
afterEach(() => api.close())

const run = (body?: object, status = 200) => api.call('POST', 'auto-assign-all', status, body)
const placement = ({ assignments }: Answer) =>
  Object.fromEntries(assignments.map((each) => [String(each['agent_id']), each['model_id']]))

const AGENTS = [
  { id: 'coder', name: 'Coder', capabilities: ['coding', 'math'] },
  { id: 'talker', task_type: 'general' },
]
const MODELS = [
  { id: 'big', name: 'Big', capabilities: { coding: 0.8 }, max_concurrent: 1 },
  { id: 'small', capabilities: { general: 1 }, max_concurrent: 4, max_queue: 9 },
]

describe('with agents and models given', () => {
  it('answers every field of the contract', async () => {
    const answer = await run({
      agents: AGENTS,
      models: MODELS,
      strategy: 'greedy',
      enable_load_balancing: false,
    })
    expect(answer).toEqual({
      success: true,
      assignments: [
        {
          agent_id: 'coder',
          agent_name: 'Coder',
          model_id: 'big',
          model_name: 'Big',
          score: 58,
          match_score: 58,
          method: 'greedy',
          is_optimal: false,
          capability_overlap: ['coding'],
          missing_required: ['math'],
          capability_score: 58,
          performance_score: null,
          performance_adjustment: null,
          has_performance_data: false,
          success_rate: null,
          avg_latency_ms: null,
        },
        expect.objectContaining({ agent_id: 'talker', agent_name: 'talker', model_id: 'small', score: 100 }),
      ],
      unassigned: [],
      total_assignments: 2,
      total_score: 158,
      avg_match_score: 79,
      strategy_used: 'greedy',
      load_balancing_enabled: false,
      models_filtered: 0,
      models: [
        expect.objectContaining({ model_id: 'big', assigned: 1, utilization: 1, is_filtered: false }),
        expect.objectContaining({ model_id: 'small', assigned: 1, utilization: 0.25, seat_price: null }),
      ],
      avg_utilization: 0.625,
      is_optimal: false,
      optimality_gap: null,
      dry_run: false,
      cached: false,
      computation_time_ms: expect.any(Number) as number,
      timestamp: new Date(NOW_MS).toISOString(),
    })
  })

  it('stores nothing', async () => {
    await run({ agents: AGENTS, models: MODELS })
    expect(api.registry.activeAssignments()).toEqual([])
    expect(api.registry.agents()).toEqual([FILE_AGENT])
  })

  it('uses the defaults of the configuration, and proves what is optimal', async () => {
    expect(await run({ agents: AGENTS, models: MODELS })).toMatchObject({
      strategy_used: 'optimal',
      load_balancing_enabled: true,
      is_optimal: true,
      optimality_gap: 0,
    })
  })

  it('reproduces the mission’s scenario A, without load and with it', async () => {
    const models = [
      { id: 'A', capabilities: { own: 0.9, other: 0.8 }, max_concurrent: 5 },
      { id: 'B', capabilities: { own: 0.8, other: 0.9 }, max_concurrent: 3 },
      { id: 'C', capabilities: { own: 0.85, other: 0.8 }, max_concurrent: 8 },
    ]
    const agents = ['own', 'own', 'own', 'own', 'other'].map((need, index) => ({
      id: `agent-${index}`,
      capabilities: [need],
    }))
    const counts = async (enable_load_balancing: boolean) => {
      const answer = await run({ agents, models, strategy: 'greedy', enable_load_balancing })
      return answer.models.map(({ assigned }) => assigned)
    }
    expect(await counts(false)).toEqual([4, 1, 0])
    expect(await counts(true)).toEqual([2, 1, 2])
  })

  it('counts the load given: full models are filtered, old news is never free', async () => {
    const models = (load: object) => [{ ...MODELS[1], id: 'first', load }, MODELS[1]]
    const agents = [{ id: 'talker', capabilities: ['general'] }]
    const full = await run({ agents, models: models({ active_requests: 4 }) })
    expect(full).toMatchObject({ models_filtered: 1 })
    expect(full.models[0]).toMatchObject({ is_filtered: true, active_requests: 4, utilization: 1 })
    expect(placement(full)).toEqual({ talker: 'small' })
    const at = (ageMs: number) => new Date(NOW_MS - ageMs).toISOString()
    const fresh = await run({ agents, models: models({ active_requests: 0, last_updated: at(59_000) }) })
    expect(placement(fresh)).toEqual({ talker: 'first' })
    const stale = await run({ agents, models: models({ active_requests: 0, last_updated: at(61_000) }) })
    expect(placement(stale)).toEqual({ talker: 'small' })
    expect(stale.models[0]).toMatchObject({ utilization: null })
  })

  it('tells why an agent got no model', async () => {
    const agents = [...AGENTS, { id: 'away', status: 'offline' }]
    const answer = await run({ agents, models: MODELS, min_score: 90 })
    expect(answer.unassigned.map(({ agent_id, reason }) => [agent_id, reason])).toEqual([
      ['coder', 'below_min_score'],
      ['away', 'agent_not_online'],
    ])
    expect(answer.unassigned[0]?.['message']).toContain('below the minimum of 90')
    expect((await run({ agents: AGENTS, models: [] })).unassigned[0]).toMatchObject({ reason: 'no_models' })
  })

  it('explains itself when asked', async () => {
    const body = { agents: AGENTS, models: MODELS, enable_load_balancing: false }
    expect(await run(body)).not.toHaveProperty('explanation')
    expect((await run({ ...body, explain: true }))['explanation']).toEqual({
      basis: 'reoptimised',
      assigned: [
        {
          agent_id: 'coder',
          model_id: 'big',
          runner_up_id: 'small',
          runner_up_score: 30,
          margin: 28,
          price_paid: 0,
        },
        // It would push the coder to small.
        expect.objectContaining({ agent_id: 'talker', runner_up_id: 'big', margin: 98, price_paid: 0 }),
      ],
      unassigned: [],
      models: [
        { model_id: 'big', price_least: 0, price_greatest: 28, one_more_seat: 0, is_confirmed: true },
        { model_id: 'small', price_least: 0, price_greatest: 0, one_more_seat: 0, is_confirmed: true },
      ],
    })
  })

  it('keeps what agents insist on', async () => {
    const constrained = { agents: AGENTS, models: MODELS, enable_load_balancing: false }
    const forbidden = { constraints: [{ agent_id: 'coder', forbidden_models: ['big'], demand: 2 }] }
    const answer = await run({ ...constrained, ...forbidden })
    expect(placement(answer)).toEqual({ coder: 'small', talker: 'small' })
    expect(answer.models[1]).toMatchObject({ assigned: 2, seats_taken: 3, utilization: 0.75 })
    const apart = await run({ ...constrained, ...forbidden, anti_affinity: [['coder', 'talker']] })
    // Talker on small is worth more than both apart.
    expect(placement(apart)).toEqual({ talker: 'small' })
    expect(apart.unassigned[0]).toMatchObject({ agent_id: 'coder', reason: 'kept_apart' })
    const away = { constraints: [{ agent_id: 'coder', allowed_models: [], min_score: 3 }] }
    expect((await run({ ...constrained, ...away })).unassigned[0]).toMatchObject({
      reason: 'no_allowed_model',
    })
  })

  it('fills capabilities from a profile', async () => {
    const models = [{ id: 'm', profile: 'llama3-70b', capabilities: { math: 1 }, max_concurrent: 1 }]
    const answer = await run({ agents: [AGENTS[0]], models, enable_load_balancing: false })
    expect(answer.assignments[0]).toMatchObject({ score: 96.5, missing_required: [] })
  })

  it('serves ten thousand agents and a hundred models', async () => {
    const agents = Array.from({ length: 10_000 }, (_, index) => ({
      id: `agent-${index}`,
      capabilities: [['coding', 'math', 'reasoning', 'general'][index % 4]],
    }))
    const models = Array.from({ length: 100 }, (_, index) => ({
      id: `model-${index}`,
      capabilities: {
        coding: (index % 7) / 7,
        math: (index % 11) / 11,
        reasoning: (index % 5) / 5,
        general: 0.5,
      },
      max_concurrent: 120,
    }))
    for (const strategy of ['greedy', 'balanced', 'optimal']) {
      const answer = await run({ agents, models, strategy })
      expect(answer['total_assignments']).toBe(10_000)
    }
  })
})

describe('over the registry', () => {
  beforeEach(async () => {
    const model = { base_url: 'http://127.0.0.1:9002/v1', capabilities: { coding: 0.9, general: 0.9 } }
    await api.call('POST', 'models', 201, { ...model, id: 'strong', max_concurrent: 2 })
    await api.call('POST', 'agents', 201, { id: 'coder', capabilities: ['coding'] })
  })

  it('stores the result in the place of the last, without a body too', async () => {
    const answer = await run()
    expect(placement(answer)).toEqual({ filed: 'strong', coder: 'strong' })
    const stored = await api.call('GET', 'assignments', 200)
    expect(stored.assignments.map((each) => [each['agent_id'], each['model_id'], each['method']])).toEqual([
      ['filed', 'strong', 'optimal'],
      ['coder', 'strong', 'optimal'],
    ])
    await run({ strategy: 'greedy' })
    expect(await api.call('GET', 'assignments', 200)).toMatchObject({ total_count: 2 })
  })

  it('stores nothing in a dry run', async () => {
    const answer = await run({ dry_run: true })
    expect(answer).toMatchObject({ dry_run: true, total_assignments: 2 })
    expect(await api.call('GET', 'assignments', 200)).toMatchObject({ total_count: 0 })
  })

  it('keeps what was assigned by hand', async () => {
    await run()
    const { assignments } = await api.call('GET', 'assignments?agent_id=coder', 200)
    await api.call('PUT', `assignments/${assignments[0]?.id}`, 200, { model_id: 'filed' })
    const answer = await run()
    expect(placement(answer)).toEqual({ filed: 'strong', coder: 'filed' })
    expect(answer.assignments.map(({ method }) => method)).toEqual(['optimal', 'manual'])
    expect(await api.call('GET', 'assignments', 200)).toMatchObject({ total_count: 2 })
    expect(api.registry.assignmentOf('coder')).toMatchObject({ method: 'manual', modelId: 'filed' })
  })

  it('sees the live load: a full model is filtered', async () => {
    await api.call('POST', 'models/strong/load', 200, { active_requests: 2 })
    const answer = await run()
    expect(answer).toMatchObject({ models_filtered: 1 })
    expect(placement(answer)).toEqual({ filed: 'filed', coder: 'filed' })
  })
})

describe('a run that is asked for again', () => {
  const post = async (body: object, headers: Record<string, string> = {}) => {
    const answer = await api.app.inject({
      method: 'POST',
      url: `${PREFIX}/auto-assign-all`,
      payload: body,
      headers,
    })
    expect(answer.statusCode, answer.body).toBe(200)
    return {
      answer: answer.json<Answer>(),
      cache: answer.headers['x-loadstar-cache'],
      age: answer.headers['age'],
    }
  }
  const strong = { id: 'strong', base_url: 'http://127.0.0.1:9002/v1', capabilities: { general: 0.9 } }

  it('has the same assignments, says that they were kept, and is counted', async () => {
    const body = { agents: AGENTS, models: MODELS }
    const first = await post(body)
    const again = await post({ ...body, dry_run: true })
    expect([first.cache, first.age, again.cache, again.age]).toEqual(['MISS', undefined, 'HIT', '0'])
    expect(again.answer).toEqual({ ...first.answer, dry_run: true, cached: true })
    expect((await post({ ...body, strategy: 'greedy' })).cache).toBe('MISS')
    expect((await post(body, { 'cache-control': 'no-cache' })).answer).toMatchObject({ cached: false })
    expect(await api.call('GET', 'stats', 200)).toMatchObject({
      assignment_cache: { hits: 1, shared: 0, misses: 3, entries: 2 },
    })
  })

  it('moves no load, and is made anew after any change of the catalog or of a capacity', async () => {
    await api.call('POST', 'models', 201, { ...strong, max_concurrent: 20 })
    expect((await post({})).cache).toBe('MISS')
    const loads = api.router.loads(NOW_MS)
    expect((await post({})).cache).toBe('HIT')
    expect(api.router.loads(NOW_MS)).toEqual(loads)
    const changes: Parameters<typeof api.call>[] = [
      ['PUT', 'models/strong', 200, { max_concurrent: 21 }],
      ['PUT', 'models/strong', 200, { capabilities: { general: 0.8 } }],
      ['POST', 'agents', 201, { id: 'talker', task_type: 'general' }],
      ['PUT', 'agents/talker', 200, { status: 'offline' }],
      ['POST', 'assignments', 201, { agent_id: 'talker', model_id: 'strong' }],
      ['DELETE', 'models/strong', 204],
    ]
    for (const [method, path, status, payload] of changes) {
      const url = `${PREFIX}/${path}`
      const done = await api.app.inject({
        method,
        url,
        ...(payload === undefined ? {} : { payload: payload as object }),
      })
      expect([path, Math.floor(done.statusCode / 100)]).toEqual([path, Math.floor(status / 100)])
      expect([path, (await post({})).cache]).toEqual([path, 'MISS'])
      expect([path, (await post({})).cache]).toEqual([path, 'HIT'])
    }
  })

  it('is found again when a change is taken back', async () => {
    await post({})
    await api.call('POST', 'agents', 201, { id: 'talker', task_type: 'general' })
    expect((await post({})).cache).toBe('MISS')
    await api.app.inject({ method: 'DELETE', url: `${PREFIX}/agents/talker` })
    const back = await post({})
    expect([back.cache, back.answer['total_assignments']]).toEqual(['HIT', 1])
    expect(api.registry.activeAssignments().map(({ agentId }) => agentId)).toEqual(['filed'])
  })

  it('is the same at loads within a step, and another when a model is full', async () => {
    await api.call('POST', 'models', 201, { ...strong, max_concurrent: 20 })
    const at = async (active: number) => {
      await api.call('POST', 'models/strong/load', 200, { active_requests: active })
      return (await post({ dry_run: true })).cache
    }
    const seen = []
    for (const active of [0, 1, 2, 3, 19, 20, 1]) seen.push(await at(active))
    expect(seen).toEqual(['MISS', 'HIT', 'MISS', 'HIT', 'MISS', 'MISS', 'HIT'])
  })

  it('stands in the registry afterwards, whoever was there in between', async () => {
    await api.call('POST', 'models', 201, { ...strong, max_concurrent: 20 })
    await api.call('POST', 'agents', 201, { id: 'coder', capabilities: ['coding'] })
    await post({})
    const { version } = api.registry
    const before = await api.call('GET', 'assignments', 200)
    expect((await post({})).cache).toBe('HIT')
    expect(await api.call('GET', 'assignments', 200)).toEqual(before)
    expect(api.registry.version).toBe(version)
    await post({ strategy: 'greedy' })
    expect((await post({})).cache).toBe('HIT')
    expect(api.registry.activeAssignments().map(({ method }) => method)).toEqual(['optimal', 'optimal'])
  })
})

describe('bad input is refused with field, rule and value', () => {
  const both = { agents: AGENTS, models: MODELS }
  it.each([
    [
      { agents: AGENTS },
      'models',
      'models is required beside the other list: give both agents and models, or neither',
    ],
    [{ models: MODELS }, 'agents', 'agents is required beside the other list'],
    [
      { ...both, strategy: 'hungarian' },
      'strategy',
      'strategy must be one of greedy, balanced, optimal, got "hungarian"',
    ],
    [{ ...both, load_weight: 2 }, 'load_weight', 'load_weight must be ≤ 1, got 2'],
    [{ ...both, enable_load_balancing: 'yes' }, 'enable_load_balancing', 'must be true or false, got "yes"'],
    [{ ...both, agents: [AGENTS[0], AGENTS[0]] }, 'agents[1].id', 'agents[1].id must be unique'],
    [{ ...both, models: [MODELS[0], MODELS[0]] }, 'models[1].id', 'models[1].id must be unique'],
    [
      { ...both, models: [...MODELS, { ...MODELS[0], id: 'x', max_concurrent: -1 }] },
      'models[2].max_concurrent',
      'models[2].max_concurrent must be ≥ 0, got -1',
    ],
    [
      { ...both, models: [{ ...MODELS[0], capabilities: { coding: -0.1 } }] },
      'models[0].capabilities.coding',
      'models[0].capabilities.coding must be ≥ 0, got -0.1',
    ],
    [{ ...both, models: [{ ...MODELS[0], base_url: 'x' }] }, 'models[0].base_url', 'is not a known key'],
    [
      { ...both, agents: [{ id: 'a', task_type: 'cooking' }] },
      'agents[0].task_type',
      'must be one of coding, math',
    ],
    [
      { ...both, models: [{ ...MODELS[0], load: { active_requests: 1, last_updated: 'now' } }] },
      'models[0].load.last_updated',
      'must be a date and time',
    ],
    [
      { ...both, constraints: [{ agent_id: 'x' }] },
      'constraints["x"]',
      'must belong to an agent of the run, got "x"',
    ],
    [
      { ...both, constraints: [{ agent_id: 'coder' }, { agent_id: 'coder' }] },
      'constraints[1].agent_id',
      'must be given once, got "coder"',
    ],
    [
      { ...both, constraints: [{ agent_id: 'coder', demand: 0 }] },
      'constraints[0].demand',
      'constraints[0].demand must be ≥ 1, got 0',
    ],
    [{ ...both, anti_affinity: [['coder', 'x']] }, 'anti_affinity[0][1]', 'must be an agent of the run'],
    [{ ...both, agents: {} }, 'agents', 'agents must be a list, got a mapping'],
    [{ agents: 1, models: 2 }, 'agents', 'agents must be a list, got 1; models must be a list, got 2'],
  ])('%j', async (body, param, message) => {
    const { error } = await run(body, 400)
    expect(error).toMatchObject({ type: 'invalid_request_error', param })
    expect(error.message).toContain(message)
  })
})
