import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FILE_MODEL, NOW_MS, PREFIX, startApi, type Answer, type RunningApi } from './api-fixture.contract.js'

let api: RunningApi
beforeEach(async () => {
  api = await startApi()
})
afterEach(() => api.close())

const MODEL = { id: 'strong', base_url: 'http://127.0.0.1:9002/v1/', max_concurrent: 2 }

describe('agents', () => {
  it('are created, listed, read, changed and deleted', async () => {
    const created = await api.call('POST', 'agents', 201, {
      id: 'team/coder',
      task_type: 'summarization',
      capabilities: ['coding'],
      preferred_capabilities: ['coding', 'math'],
      min_context_length: 4096,
    })
    expect(created.agent).toEqual({
      id: 'team/coder',
      name: 'team/coder',
      type: 'inference',
      status: 'online',
      endpoint: null,
      capabilities: ['coding', 'general'],
      preferred_capabilities: ['math', 'long_context'],
      min_context_length: 4096,
      source: 'api',
    })
    const list = await api.call('GET', 'agents', 200)
    expect(list.agents.map(({ id }) => id)).toEqual(['filed', 'team/coder'])
    expect(list).toMatchObject({ success: true, total_count: 2, page: 1, page_size: 100, total_pages: 1 })
    expect((await api.call('GET', 'agents/team%2Fcoder', 200)).agent).toEqual(created.agent)
    const changed = await api.call('PUT', 'agents/team%2Fcoder', 200, {
      status: 'offline',
      endpoint: 'http://x',
    })
    expect(changed.agent).toEqual({ ...created.agent, status: 'offline', endpoint: 'http://x' })
    expect((await api.call('GET', 'agents?status=offline', 200)).total_count).toBe(1)
    await api.call('DELETE', 'agents/team%2Fcoder', 200)
    const gone = await api.call('GET', 'agents/team%2Fcoder', 404)
    expect(gone.error).toEqual({
      message: 'there is no agent "team/coder"',
      type: 'invalid_request_error',
      param: 'id',
      code: 'unknown_agent',
    })
  })

  it('keep what a change leaves out, lose what it sets to null, and follow a new task type', async () => {
    await api.call('POST', 'agents', 201, {
      id: 'a',
      endpoint: 'http://x',
      capabilities: ['math'],
      min_context_length: 9,
    })
    const cleared = await api.call('PUT', 'agents/a', 200, { endpoint: null, min_context_length: null })
    expect(cleared.agent).toMatchObject({ endpoint: null, min_context_length: null, capabilities: ['math'] })
    const tasked = await api.call('PUT', 'agents/a', 200, { task_type: 'reasoning' })
    expect(tasked.agent).toMatchObject({ capabilities: ['reasoning'] })
    const both = await api.call('PUT', 'agents/a', 200, { task_type: 'reasoning', capabilities: ['own'] })
    expect(both.agent).toMatchObject({ capabilities: ['own', 'reasoning'] })
    expect((await api.call('PUT', 'agents/a', 200, {})).agent).toEqual(both.agent)
  })
})

describe('models', () => {
  it('are created with defaults, changed live and deleted, and the router follows', async () => {
    const created = await api.call('POST', 'models', 201, { ...MODEL, profile: 'mistral-7b', alias: 'chat' })
    expect(created.model).toMatchObject({
      id: 'strong',
      context_length: 32_768,
      max_queue: 8,
      target_utilization: 0.8,
      price: null,
      base_url: 'http://127.0.0.1:9002/v1',
      dialect: 'openai',
      alias: 'chat',
      upstream_model: 'strong',
      api_key_env: null,
      tags: [],
      source: 'api',
    })
    expect(created.model['capabilities']).toMatchObject({ coding: 0.8, low_latency: 0.85 })
    expect(api.registry.modelsOfAlias('chat').map(({ id }) => id)).toEqual(['strong'])
    const price = { input_usd_per_mtok: 0.2, output_usd_per_mtok: 1 }
    const changes = { max_concurrent: 5, alias: null, price, api_key_env: 'KEY', capabilities: { own: 1 } }
    const changed = await api.call('PUT', 'models/strong', 200, changes)
    expect(changed.model).toEqual({ ...created.model, ...changes })
    expect((await api.call('GET', 'models/strong', 200)).model).toEqual(changed.model)
    expect((await api.call('GET', 'models/strong/load', 200)).load).toMatchObject({ max_concurrent: 5 })
    const cleared = await api.call('PUT', 'models/strong', 200, { price: null, api_key_env: null })
    expect(cleared.model).toMatchObject({ price: null, api_key_env: null })
    const fewer = await api.call('PUT', 'models/strong', 200, { max_concurrent: 3 })
    expect(fewer.model).toMatchObject({ max_concurrent: 3, max_queue: 8 })
    const derived = await api.call('PUT', 'models/strong', 200, { max_queue: null })
    expect(derived.model).toMatchObject({ max_concurrent: 3, max_queue: 12 })
    const both = await api.call('PUT', 'models/strong', 200, { max_concurrent: 7, max_queue: null })
    expect(both.model).toMatchObject({ max_concurrent: 7, max_queue: 28 })
    await api.call('DELETE', 'models/strong', 200)
    expect((await api.call('GET', 'load', 200)).loads.map((load) => load['model_id'])).toEqual(['filed'])
    expect((await api.call('GET', 'models/strong', 404)).error.code).toBe('unknown_model')
  })

  it('never show a secret, and never take one', async () => {
    const { body } = await api.app.inject({ method: 'GET', url: `${PREFIX}/models` })
    expect(body).toContain(FILE_MODEL.baseUrl)
    expect(body).not.toContain(FILE_MODEL.apiKey)
    const { error } = await api.call('POST', 'models', 400, { ...MODEL, api_key: 'sk-literal' })
    expect(error.message).toMatch(/^api_key is not a known key; .*api_key_env/)
    expect(error.message).not.toContain('sk-literal')
    const url = 'http://me:hunter2@127.0.0.1/v1'
    await api.call('POST', 'models', 201, MODEL)
    for (const inUrl of [
      await api.call('POST', 'models', 400, { ...MODEL, base_url: url }),
      await api.call('PUT', 'models/strong', 400, { base_url: url }),
    ]) {
      expect(inUrl.error.message).toBe(
        'base_url must not carry a user or password; use api_key_env, got "http://***@127.0.0.1/v1"',
      )
    }
  })

  it('name no environment variable as their key that is not listed for it', async () => {
    const refused = {
      message: 'api_key_env must be one of server.api_key_envs (KEY), got "PATH"',
      type: 'invalid_request_error',
      param: 'api_key_env',
      code: 'invalid_value',
    }
    const unlisted = { ...MODEL, api_key_env: 'PATH' }
    expect((await api.call('POST', 'models', 400, unlisted)).error).toEqual(refused)
    await api.call('POST', 'models', 201, { ...MODEL, api_key_env: 'KEY' })
    expect((await api.call('PUT', 'models/strong', 400, { api_key_env: 'PATH' })).error).toEqual(refused)
    expect((await api.call('GET', 'models/strong', 200)).model['api_key_env']).toBe('KEY')
    await api.close()
    api = await startApi({ apiKeyEnvs: [] })
    const { error } = await api.call('POST', 'models', 400, { ...MODEL, api_key_env: 'KEY' })
    expect(error.message).toBe('api_key_env must be one of server.api_key_envs (which lists none), got "KEY"')
  })

  it('are taken out of service and back, and limited otherwise for a time, those of the file as well', async () => {
    const out = await api.call('PATCH', 'models/filed', 200, { enabled: false, max_queue: 3 })
    expect(out.model).toMatchObject({
      enabled: false,
      max_concurrent: 4,
      max_queue: 3,
      override: { max_concurrent: null, max_queue: 3, target_utilization: null },
    })
    const { load } = await api.call('GET', 'models/filed/load', 200)
    expect(load).toMatchObject({ max_concurrent: 0, max_queue: 3 })
    const back = await api.call('PATCH', 'models/filed', 200, { enabled: true, max_concurrent: 9 })
    expect(back.model).toMatchObject({ enabled: true, max_concurrent: 9, max_queue: 3 })
    expect((await api.call('GET', 'models/filed/load', 200)).load['max_concurrent']).toBe(9)
    const given = await api.call('PATCH', 'models/filed', 200, { max_concurrent: null, max_queue: null })
    expect(given.model).toMatchObject({ max_concurrent: 4, max_queue: 8, override: null })
    for (const [payload, message] of [
      [{}, 'the body must change something'],
      [{ max_concurrent: -1 }, 'max_concurrent must be ≥ 0, got -1'],
      [{ name: 'x' }, 'name is not a known key'],
    ] as const) {
      expect((await api.call('PATCH', 'models/filed', 400, payload)).error.message).toContain(message)
    }
    expect((await api.call('PATCH', 'models/none', 404, { enabled: false })).error.code).toBe('unknown_model')
  })

  it('of the file are changed there only, and ids are taken once', async () => {
    await api.call('POST', 'models', 201, MODEL)
    for (const [method, path, payload] of [
      ['PUT', 'models/filed', { max_concurrent: 1 }],
      ['DELETE', 'models/filed', undefined],
      ['POST', 'models', { ...MODEL, id: 'filed' }],
    ] as const) {
      const { error } = await api.call(method, path, 409, payload)
      expect(error).toEqual({
        message: 'models.filed is defined in loadstar.yaml; change it there',
        type: 'invalid_request_error',
        param: 'id',
        code: 'defined_in_file',
      })
    }
    const { error } = await api.call('POST', 'models', 409, MODEL)
    expect(error).toMatchObject({
      code: 'already_exists',
      message: 'id must be new, but models already has "strong"',
    })
  })
})

describe('assignments', () => {
  beforeEach(async () => {
    await api.call('POST', 'models', 201, { ...MODEL, capabilities: { general: 0.9 } })
    await api.call('POST', 'agents', 201, { id: 'other', capabilities: ['math'] })
  })

  it('are made by hand, listed by filter and page, overridden and deleted', async () => {
    const made = await api.call('POST', 'assignments', 201, {
      agent_id: 'filed',
      model_id: 'filed',
      notes: 'pin',
    })
    expect(made.assignment).toEqual({
      id: made.assignment.id,
      agent_id: 'filed',
      agent_name: 'Filed',
      model_id: 'filed',
      model_name: 'Filed',
      score: 65,
      match_score: 65,
      method: 'manual',
      is_optimal: false,
      capability_overlap: ['general'],
      missing_required: [],
      capability_score: 65,
      performance_score: null,
      performance_adjustment: null,
      has_performance_data: false,
      success_rate: null,
      avg_latency_ms: null,
      status: 'active',
      notes: 'pin',
      created_at: new Date(NOW_MS).toISOString(),
      updated_at: new Date(NOW_MS).toISOString(),
    })
    await api.call('POST', 'assignments', 201, { agent_id: 'other', model_id: 'strong' })
    const path = `assignments/${made.assignment.id}`
    const changed = await api.call('PUT', path, 200, { model_id: 'strong', notes: null })
    expect(changed.assignment).toMatchObject({ model_id: 'strong', method: 'manual', score: 93, notes: null })
    expect((await api.call('GET', 'assignments?model_id=strong', 200)).total_count).toBe(2)
    expect((await api.call('GET', 'assignments?model_id=filed', 200)).total_count).toBe(0)
    const second = await api.call('GET', 'assignments?page=2&page_size=1', 200)
    expect(second).toMatchObject({ total_count: 2, page: 2, page_size: 1, total_pages: 2 })
    expect(second.assignments.map((each) => each['agent_id'])).toEqual(['other'])
    await api.call('PUT', path, 200, { status: 'inactive' })
    expect((await api.call('GET', 'assignments?status=active&agent_id=filed', 200)).total_count).toBe(0)
    expect(await api.call('DELETE', path, 200)).toMatchObject({ success: true })
    expect((await api.call('DELETE', path, 404)).error.code).toBe('unknown_assignment')
    expect((await api.call('PUT', path, 404, {})).error.param).toBe('id')
  })

  it('refuse unknown agents and models, and a second one by hand', async () => {
    const ids = { agent_id: 'other', model_id: 'strong' }
    expect((await api.call('POST', 'assignments', 404, { ...ids, agent_id: 'no' })).error.param).toBe(
      'agent_id',
    )
    expect((await api.call('POST', 'assignments', 404, { ...ids, model_id: 'no' })).error.param).toBe(
      'model_id',
    )
    const { assignment } = await api.call('POST', 'assignments', 201, ids)
    expect((await api.call('POST', 'assignments', 409, ids)).error.code).toBe('already_assigned')
    const unknown = await api.call('PUT', `assignments/${assignment.id}`, 404, { model_id: 'no' })
    expect(unknown.error).toMatchObject({ code: 'unknown_model', param: 'model_id' })
    const { error } = await api.call('PUT', `assignments/${assignment.id}`, 400, { status: 'activ' })
    expect(error.message).toBe('status must be one of active, inactive (did you mean active?), got "activ"')
  })
})

describe('load', () => {
  it('is what the router counts and what the model reports', async () => {
    api.router.submit({ requestId: 'r', candidates: [{ modelId: 'filed', score: 50 }] }, NOW_MS)
    const before = await api.call('GET', 'models/filed/load', 200)
    expect(before.load).toMatchObject({
      model_id: 'filed',
      active_requests: 1,
      in_flight: 1,
      queue_depth: 0,
      avg_latency_ms: null,
      utilization: 0.25,
      max_concurrent: 4,
      is_overloaded: false,
      is_over_target: false,
      is_stale: false,
      last_updated: new Date(NOW_MS).toISOString(),
      latency: { count: 0, p95_ms: null },
    })
    const report = { active_requests: 4, queue_depth: 2, avg_latency_ms: 120 }
    const after = await api.call('POST', 'models/filed/load', 200, report)
    expect(after.load).toMatchObject({ ...report, in_flight: 1, utilization: 1, is_overloaded: true })
    expect((await api.call('GET', 'load', 200)).loads).toEqual([after.load])
    expect((await api.call('GET', 'models/none/load', 404)).error.code).toBe('unknown_model')
    expect((await api.call('POST', 'models/none/load', 404, report)).error.code).toBe('unknown_model')
    const { error } = await api.call('POST', 'models/filed/load', 400, { active_requests: -1 })
    expect(error).toMatchObject({ param: 'active_requests', message: 'active_requests must be ≥ 0, got -1' })
  })
})

describe('health', () => {
  it('is part of the load: breaker, closure by retry-after and slots that may be used', async () => {
    const well = await api.call('GET', 'models/filed/load', 200)
    expect(well.load).toMatchObject({
      breaker: 'closed',
      breaker_until: null,
      closed_until: null,
      slow_start_until: null,
      usable_slots: 4,
      proposed_slots: 4,
      penalty_ms: 0,
    })
    const request = { requestId: 'r', candidates: [{ modelId: 'filed', score: 50 }] }
    for (let i = 0; i < 5; i++) {
      const answer = api.router.submit(request, NOW_MS)
      if (answer.kind === 'admitted') api.router.settle(answer.lease.id, 'upstream_error', NOW_MS)
    }
    const open = await api.call('GET', 'models/filed/load', 200)
    expect(open.load).toMatchObject({
      breaker: 'open',
      usable_slots: 0,
      penalty_ms: expect.any(Number) as number,
    })
    expect(open.load['breaker_until']).toBe(new Date(api.router.nextWakeMs() ?? NaN).toISOString())
  })

  it('shows until when a model asked to be left alone', async () => {
    const answer = api.router.submit(
      { requestId: 'r', candidates: [{ modelId: 'filed', score: 50 }] },
      NOW_MS,
    )
    if (answer.kind !== 'admitted') return expect.unreachable()
    api.router.settle(answer.lease.id, 'refused_by_model', NOW_MS, { retryAfterMs: 9_000 })
    const { load } = await api.call('GET', 'models/filed/load', 200)
    expect(load).toMatchObject({ closed_until: new Date(NOW_MS + 9_000).toISOString(), usable_slots: 0 })
  })
})

describe('the instance', () => {
  it('tells itself in numbers', async () => {
    await api.call('POST', 'agents', 201, { id: 'away', status: 'offline' })
    await api.call('POST', 'assignments', 201, { agent_id: 'filed', model_id: 'filed' })
    api.router.submit({ requestId: 'r', candidates: [{ modelId: 'filed', score: 50 }] }, NOW_MS)
    api.router.submit({ requestId: 's', candidates: [{ modelId: 'gone', score: 50 }] }, NOW_MS)
    const stats = await api.call('GET', 'stats', 200)
    expect(stats).toMatchObject({
      success: true,
      total_agents: 2,
      online_agents: 1,
      total_models: 1,
      overloaded_models: 0,
      total_assignments: 1,
      manual_assignments: 1,
      avg_match_score: 65,
      requests_total: 2,
      in_flight: 1,
      waiting: 0,
      is_draining: false,
      version: '1.2.3',
      timestamp: new Date(NOW_MS).toISOString(),
    })
    expect(stats['requests']).toMatchObject({ completed: 0, rejected_no_model: 1 })
  })

  it('is alive and ready, and not ready while it drains', async () => {
    expect(await api.call('GET', '/livez', 200)).toEqual({ status: 'ok' })
    expect(await api.call('GET', '/readyz', 200)).toEqual({ status: 'ready' })
    expect(await api.call('GET', '/health', 200)).toEqual({ status: 'ready' })
    api.state.isDraining = true
    await api.call('GET', '/livez', 200)
    for (const path of ['/readyz', '/health']) {
      const { error } = await api.call('GET', path, 503)
      expect(error).toEqual({
        message: 'this instance is shutting down',
        type: 'server_error',
        param: null,
        code: 'draining',
      })
    }
  })
})

describe('bad input is refused with field, rule and value', () => {
  it.each([
    [{ ...MODEL, max_concurrent: -1 }, 'max_concurrent', 'max_concurrent must be ≥ 0, got -1'],
    [{ ...MODEL, max_concurrent: 1.5 }, 'max_concurrent', 'max_concurrent must be an integer, got 1.5'],
    [{ ...MODEL, max_concurrent: 1e308 }, 'max_concurrent', 'max_concurrent must be ≤ 1000000, got 1e+308'],
    [{ ...MODEL, max_concurrent: -1e308 }, 'max_concurrent', 'max_concurrent must be ≥ 0, got -1e+308'],
    [{ ...MODEL, max_concurrent: '4' }, 'max_concurrent', 'got "4"'],
    [{ ...MODEL, max_concurrent: null }, 'max_concurrent', 'got null'],
    [{ id: 'x', base_url: MODEL.base_url }, 'max_concurrent', 'max_concurrent is required'],
    [
      { ...MODEL, capabilities: { coding: 1.1 } },
      'capabilities.coding',
      'capabilities.coding must be ≤ 1, got 1.1',
    ],
    [{ ...MODEL, target_utilization: 0 }, 'target_utilization', 'target_utilization must be > 0, got 0'],
    [{ ...MODEL, max_concurent: 3 }, 'max_concurent', 'is not a known key; did you mean max_concurrent?'],
    [
      { ...MODEL, profile: 'llama' },
      'profile',
      'profile must be one of llama3-70b, mistral-7b, tinyllama-1b',
    ],
    [
      { ...MODEL, base_url: 'ftp://x' },
      'base_url',
      'base_url must be an http:// or https:// URL, got "ftp://x"',
    ],
    [{ ...MODEL, id: 'a b' }, 'id', 'id must be 1 to 128 of the characters'],
    [{ ...MODEL, api_key_env: 'MY-KEY' }, 'api_key_env', 'must be the name of an environment variable'],
    [[MODEL], null, 'the body must be a mapping, got a list'],
    ['text', null, 'the body must be a mapping'],
  ])('%j', async (payload, param, message) => {
    const answer = await api.app.inject({
      method: 'POST',
      url: `${PREFIX}/models`,
      headers: { 'content-type': 'application/json' },
      payload: JSON.stringify(payload),
    })
    expect(answer.statusCode).toBe(400)
    const { error } = answer.json<{ error: Record<string, unknown> }>()
    expect(error).toMatchObject({ type: 'invalid_request_error', param, code: 'invalid_value' })
    expect(error['message']).toContain(message)
    expect(error['message']).not.toContain('; ' + String(param))
    expect(api.registry.models()).toHaveLength(1)
  })

  it('several problems at once are told together, but not without end', async () => {
    const two = await api.call('POST', 'models', 400, { ...MODEL, max_queue: -1, tags: [''] })
    expect(two.error.message).toBe('max_queue must be ≥ 0, got -1; tags[0] must not be empty, got ""')
    const many = await api.call('POST', 'models', 400, { ...MODEL, tags: Array(1000).fill('') })
    expect(many.error.message).toMatch(/; and 995 more$/)
  })

  it('query fields', async () => {
    expect((await api.call('GET', 'agents?page=0', 400)).error.message).toContain('page must be ≥ 1')
    expect((await api.call('GET', 'agents?page_size=x', 400)).error.param).toBe('page_size')
    expect((await api.call('GET', 'agents?pge=2', 400)).error.message).toContain('did you mean page?')
    expect((await api.call('GET', 'assignments?status=on', 400)).error.param).toBe('status')
  })

  const JSON_TYPE = { 'content-type': 'application/json' }
  const LARGE = 9 * 1024 * 1024
  it.each([
    ['{"id": "a"', JSON_TYPE, 400, 'invalid_json', 'body must be valid JSON: it ends too early'],
    ['{"id": NaN}', JSON_TYPE, 400, 'invalid_json', 'body must be valid JSON: it does not parse at byte 7'],
    ['', JSON_TYPE, 400, 'invalid_value', 'the body is required'],
    [
      'id: a',
      { 'content-type': 'text/yaml' },
      415,
      'unsupported_media_type',
      'content-type must be application/json, got "text/yaml"',
    ],
    [
      'id: a',
      { 'content-type': 'text/plain' },
      415,
      'unsupported_media_type',
      'content-type must be application/json, got "text/plain"',
    ],
    [
      'id: a',
      { 'content-type': 'nonsense' },
      415,
      'unsupported_media_type',
      'content-type must be application/json, got "nonsense"',
    ],
    ['{}', {}, 415, 'unsupported_media_type', 'content-type must be application/json, got none'],
    [
      '{}',
      { ...JSON_TYPE, 'content-encoding': 'gzip' },
      415,
      'unsupported_media_type',
      'content-encoding must be left out, got "gzip"',
    ],
    [
      `"${'x'.repeat(LARGE - 2)}"`,
      JSON_TYPE,
      413,
      'body_too_large',
      `body must be at most 8388608 bytes (server.max_body_bytes), got ${LARGE} or more`,
    ],
  ] as const)('body %.20s with %j', async (payload, headers, status, code, message) => {
    const answer = await api.app.inject({
      method: 'POST',
      url: `${PREFIX}/agents`,
      payload: Buffer.from(payload),
      headers,
    })
    expect(answer.json()).toEqual({ error: { message, type: 'invalid_request_error', param: null, code } })
    expect(answer.statusCode).toBe(status)
  })

  it.each([
    ['{"id": "a", "__proto__": {"x": 1}}', '__proto__', /^__proto__ is not a key that a body may have$/],
    ['{"id": "a", "\\u005f_proto__": 1}', '__proto__', /^__proto__ is not a key that a body may have$/],
    ['{"capabilities": {"__proto__": 1}}', 'capabilities.__proto__', /^capabilities.__proto__ is not a key/],
    [
      '{"id": "a", "base_url": "http://x/v1", "max_concurrent": 1, "constructor": {"prototype": 1}}',
      'constructor',
      /^constructor is not a known key; known here: id, /,
    ],
  ])('keys that reach for a prototype: %s', async (payload, param, message) => {
    const url = `${PREFIX}/models`
    const answer = await api.app.inject({ method: 'POST', url, payload, headers: JSON_TYPE })
    expect(answer.statusCode).toBe(400)
    const { error } = answer.json<Answer>()
    expect(error).toMatchObject({ param, code: 'invalid_value' })
    expect(error.message).toMatch(message)
  })

  it('a body that is missing, but not where none is needed, whatever type is announced', async () => {
    expect((await api.call('POST', 'agents', 400)).error.message).toBe('the body is required')
    await api.call('POST', 'agents', 201, { id: 'a' })
    const url = `${PREFIX}/agents/a`
    const answer = await api.app.inject({ method: 'DELETE', url, headers: JSON_TYPE })
    expect(answer.statusCode, answer.body).toBe(200)
    expect(api.registry.agent('a')).toBeUndefined()
  })

  it('routes and paths that do not exist', async () => {
    for (const [method, path] of [
      ['GET', '/nowhere?x=1'],
      ['POST', '/livez'],
      ['GET', `${PREFIX}/agents/a/b`],
    ] as const) {
      const { error } = await api.call(method, path, 404)
      expect(error).toMatchObject({ code: 'unknown_route', param: null })
      expect(error.message).toBe(`there is no route ${method} ${path.split('?')[0]}`)
    }
    const malformed = await api.call('GET', 'agents/%zz', 400)
    expect(malformed.error).toMatchObject({
      code: 'invalid_url',
      message: `the path must be percent-encoded UTF-8, got "${PREFIX}/agents/%zz"`,
    })
    const long = await api.call('GET', `agents/${'x'.repeat(500)}`, 414)
    expect(long.error.code).toBe('invalid_url')
    expect(long.error.message).toContain('an id in the path must be at most 400 characters, got "')
  })

  it('and never repeated at full length', async () => {
    const long = 'x'.repeat(20_000)
    for (const [path, status] of [
      [`/${long}`, 404],
      [`agents/${long}`, 414],
      [`agents/%zz${long}`, 400],
    ] as const) {
      expect((await api.call('GET', path, status)).error.message.length, path.slice(0, 20)).toBeLessThan(300)
    }
  })
})

describe('every answer', () => {
  it('carries the request’s id: the caller’s own where it is fit for a log line', async () => {
    const idFor = async (given?: string) => {
      const headers = given === undefined ? {} : { 'x-request-id': given }
      return (await api.app.inject({ method: 'GET', url: '/livez', headers })).headers['x-request-id']
    }
    expect(await idFor('abc-1')).toBe('abc-1')
    expect(await idFor('a b\tc')).toMatch(/^[0-9a-f]{16}-[0-9a-z]+$/)
    expect(await idFor()).toMatch(/^[0-9a-f]{16}-[0-9a-z]+$/)
  })

  it('to a fault of ours tells only where the log has it', async () => {
    await api.close()
    api = await startApi({
      live: {
        loads: () => [],
        counters: () => {
          throw new Error('a secret detail')
        },
        hedges: () => ({ made: 0, won: 0, refused: 0 }),
        decision: () => undefined,
        seedPrices: () => undefined,
        reportLoad: () => undefined,
        isDraining: () => false,
      },
    })
    const answer = await api.app.inject({ url: `${PREFIX}/stats`, headers: { 'x-request-id': 'abc' } })
    expect(answer.statusCode).toBe(500)
    expect(answer.json()).toEqual({
      error: {
        message: 'an internal error; the log has it under request abc',
        type: 'server_error',
        param: null,
        code: 'internal_error',
      },
    })
    expect(api.logged).toMatchObject([{ err: { message: 'a secret detail' }, request_id: 'abc' }])
  })
})
