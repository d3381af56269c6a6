import { afterEach, describe, expect, it } from 'vitest'
import {
  PREFIX,
  RUN_CACHE,
  startApi,
  WORKER_FILE,
  type Answer,
  type RunningApi,
} from '../api-fixture.contract.js'
import { RunCache } from './run-cache.js'
import { createSolver, MOST_INLINE_WORK, workOf, type Solver } from './solver.js'

let api: RunningApi | undefined
let solver: Solver | undefined
afterEach(async () => {
  await api?.close()
  await solver?.close()
})

/** On a real port, so that sockets, streams and clients that leave are real. */
async function listen(timeLimitMs = 60_000) {
  solver = createSolver({ timeLimitMs, workerFile: WORKER_FILE })
  api = await startApi({ runs: new RunCache({ solver, options: RUN_CACHE, clock: () => 0 }) })
  const url = await api.app.listen({ host: '127.0.0.1', port: 0 })
  const post = (body: unknown, signal?: AbortSignal) =>
    fetch(`${url}${PREFIX}/auto-assign-all`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      ...(signal === undefined ? {} : { signal }),
    })
  return { url, post, solver, api }
}

function team(agents: number, models: number) {
  return {
    agents: Array.from({ length: agents }, (_, i) => ({
      id: `agent-${i}`,
      capabilities: [`c${i % 7}`, `c${i % 11}`],
    })),
    models: Array.from({ length: models }, (_, j) => ({
      id: `model-${j}`,
      capabilities: Object.fromEntries(
        Array.from({ length: 11 }, (_, c) => [`c${c}`, ((j * 37 + c * 101) % 89) / 89]),
      ),
      max_concurrent: Math.ceil(agents / models),
    })),
  }
}

/** Hundreds of groups to keep apart, within a bound: sixty relaxations, seconds of work while other things take milliseconds. */
const LONG = {
  ...team(3000, 60),
  anti_affinity: Array.from({ length: 500 }, (_, g) =>
    Array.from({ length: 6 }, (_, k) => `agent-${g * 6 + k}`),
  ),
}

/** Lets the event loop turn until the solver has so many runs in threads. */
async function untilPending(of: Solver, count: number) {
  while (of.pending() !== count) await new Promise((resolve) => setImmediate(resolve))
}

describe('a large assignment', () => {
  it('lets live traffic go on: requests are answered on their sockets before it is', async () => {
    const { url, post, solver } = await listen()
    const gone = new AbortController()
    const answer = post(LONG, gone.signal)
    await untilPending(solver, 1)
    for (let i = 0; i < 5; i++) expect((await fetch(`${url}/livez`)).status).toBe(200)
    const small = await post({ ...team(5, 2), enable_load_balancing: false })
    expect(((await small.json()) as Answer)['total_assignments']).toBe(5)
    expect(solver.pending()).toBe(1)
    gone.abort()
    await expect(answer).rejects.toThrow()
  })

  it('stops when the client leaves, and the next one is served', async () => {
    const { post, solver, api } = await listen()
    const gone = new AbortController()
    const answer = post(LONG, gone.signal)
    await untilPending(solver, 1)
    gone.abort()
    await expect(answer).rejects.toThrow()
    await untilPending(solver, 0)
    expect((await post(team(1000, 40))).status).toBe(200)
    expect(api.logged).toEqual([])
  })

  it('past the time limit is a 503 that names the option', async () => {
    const { post, solver } = await listen(50)
    const answer = await post(LONG)
    expect(answer.status).toBe(503)
    expect(await answer.json()).toEqual({
      error: {
        message: 'the assignment took longer than assignment.time_limit_ms = 50',
        type: 'server_error',
        param: null,
        code: 'solve_timeout',
      },
    })
    expect(solver.pending()).toBe(0)
  })

  it('is proved and explained, refuses bad input as a small one does, and stores what is of the registry', async () => {
    const { post, api } = await listen()
    const big = team(1000, 40)
    const answer = (await (await post({ ...big, explain: true })).json()) as Answer
    expect(answer['explanation']).toMatchObject({ basis: 'reoptimised' })
    expect(answer).toMatchObject({ is_optimal: true, optimality_gap: 0, total_assignments: 1000 })
    const twice = await post({ ...big, agents: [...big.agents, big.agents[0]] })
    expect(twice.status).toBe(400)
    expect(((await twice.json()) as Answer).error).toMatchObject({
      code: 'duplicate_id',
      param: 'agents[1000].id',
    })
    for (const agent of big.agents.slice(0, 400)) await api.call('POST', 'agents', 201, agent)
    const model = { base_url: 'http://127.0.0.1:9/v1' }
    for (const each of big.models)
      await api.call('POST', 'models', 201, { ...each, ...model, max_concurrent: 20 })
    await post({ anti_affinity: [['agent-0', 'agent-7']], strategy: 'optimal' })
    expect(await api.call('GET', 'assignments', 200)).toMatchObject({ total_count: 401 })
  })

  it('of ten thousand agents comes in chunks, not as one string', async () => {
    const { post } = await listen()
    const answer = await post(team(10_000, 10))
    expect(answer.headers.get('transfer-encoding')).toBe('chunked')
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
    let chunks = 0
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of answer.body ?? []) {
      chunks++
      text += decoder.decode(chunk as Uint8Array, { stream: true })
    }
    expect(chunks).toBeGreaterThan(10)
    expect((JSON.parse(text) as Answer).assignments).toHaveLength(10_000)
  })
})

describe('the work of a run', () => {
  const run = (agents: number, models: number) =>
    ({ ...team(agents, models), strategy: 'optimal', loadBalancing: true }) as unknown as Parameters<
      typeof workOf
    >[0]

  it('counts scores, more where everything is solved several times', () => {
    expect(workOf(run(50, 10))).toBe(500)
    expect(workOf({ ...run(50, 10), explain: true })).toBe(5500)
    expect(workOf({ ...run(50, 10), explain: true, strategy: 'greedy' })).toBe(500)
    expect(workOf({ ...run(50, 10), constraints: new Map([['agent-0', { demand: 3 }]]) })).toBe(52 * 10 * 60)
    expect(workOf({ ...run(50, 10), constraints: new Map([['agent-0', { minScore: 3 }]]) })).toBe(500)
    expect(workOf(run(100, 20))).toBeLessThanOrEqual(MOST_INLINE_WORK)
    expect(workOf(run(1000, 100))).toBeGreaterThan(MOST_INLINE_WORK)
  })
})
