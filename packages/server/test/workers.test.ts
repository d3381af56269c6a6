import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { request } from 'node:http'
import { join } from 'node:path'
import { seededRandom } from '@loadstar/core'
import { Agent } from 'undici'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { runClosedLoop } from '../src/traffic/closed-loop.js'
import { agentWorkload } from '../src/traffic/plan.js'
import {
  getJson,
  MAIN,
  serve,
  startFleet,
  stop,
  temporaryFolder,
  workersOf,
  type ModelStats,
  type Running,
  type RunningFleet,
  type RunningGateway,
} from './processes.js'

const WORKERS = 3
const API = '/api/v1/model-router'
const PATIENCE = { timeout: 20_000 }

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

function keep<T extends Running>(running: T): T {
  cleanups.push(() => stop(running))
  return running
}

interface Rig {
  readonly gateway: RunningGateway
  readonly fleet: RunningFleet
  modelStats(): Promise<readonly ModelStats[]>
  stats(): Promise<Stats>
}

interface Stats {
  readonly in_flight: number
  readonly waiting: number
  readonly requests_total: number
  readonly requests: Readonly<Record<string, number>>
}

/** Simulated models, each in front of its limit, behind a gateway of several processes. */
async function rigOf(models: readonly { id: string; max_concurrent: number }[], more = ''): Promise<Rig> {
  const folder = temporaryFolder()
  cleanups.push(() => folder.remove())
  const fleet = keep(await startFleet(folder.path, { models }))
  const entries = fleet.models.map(({ id, base_url }, i) => {
    const limit = String(models[i]?.max_concurrent)
    return `  - { id: ${id}, base_url: '${base_url}', max_concurrent: ${limit}, max_queue: 400, target_utilization: 1 }`
  })
  const yaml = `models:\n${entries.join('\n')}\n${more}\nstorage: { url: 'file::memory:' }\n`
  const gateway = keep(await serve(folder.path, yaml, WORKERS))
  return {
    gateway,
    fleet,
    modelStats: () => Promise.all(fleet.models.map(({ url }) => getJson<ModelStats>(`${url}/stats`))),
    stats: () => getJson<Stats>(`${gateway.url}${API}/stats`),
  }
}

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

interface Call {
  /** With the whole answer; fails when that breaks off. */
  readonly answer: Promise<Answer>
  /** With the head of the answer. */
  readonly begun: Promise<Answer['headers']>
  leave(): void
}

/** One call on a connection of its own, so that any worker may get it. */
function call(
  url: string,
  { body, method, headers = {} }: { body?: object; method?: string; headers?: Record<string, string> } = {},
): Call {
  const text = body === undefined ? undefined : JSON.stringify(body)
  const req = request(url, {
    method: method ?? (text === undefined ? 'GET' : 'POST'),
    agent: false,
    headers: { ...(text === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
  })
  const begun = new Promise<Answer['headers']>((resolve, reject) => {
    req.once('response', (res) => resolve(res.headers))
    req.on('error', reject)
  })
  const answer = new Promise<Answer>((resolve, reject) => {
    req.on('error', reject)
    req.once('response', (res) => {
      let read = ''
      res.setEncoding('utf8')
      res.on('data', (chunk: string) => (read += chunk))
      res.on('error', reject)
      res.on('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, text: read }))
    })
  })
  // Whoever wants to know awaits them.
  for (const promise of [begun, answer]) promise.catch(() => undefined)
  req.end(text)
  return { begun, answer, leave: () => void req.destroy() }
}

function chat(
  rig: Rig,
  model: string,
  options: { stream?: boolean; headers?: Record<string, string> } = {},
): Call {
  const { stream = false, headers } = options
  const body = { model, stream, messages: [{ role: 'user', content: 'go on' }] }
  return call(`${rig.gateway.url}/v1/chat/completions`, { body, ...(headers ? { headers } : {}) })
}

const ENDLESS = { tokens_per_second: 50, output_tokens: 100_000 }

describe(`${WORKERS} workers`, () => {
  it('together keep every limit, and answer 200 clients on new connections', async () => {
    const limits = { small: 8, middle: 10, large: 12 }
    const latency = { median_ms: 60, sigma: 0.4 }
    const rig = await rigOf(
      Object.entries(limits).map(([id, max_concurrent]) => ({
        id,
        max_concurrent,
        latency,
        output_tokens: 8,
      })),
    )
    const dispatcher = new Agent({ pipelining: 0 })
    const report = await runClosedLoop({
      clients: 200,
      requests: 1_200,
      dispatcher,
      workload: agentWorkload({
        baseUrl: `${rig.gateway.url}/v1`,
        random: seededRandom(11, 0),
        streamShare: 0.5,
        leaveShare: 0.1,
      }),
    })
    await dispatcher.close()
    expect(report).toMatchObject({ sent: 1_200, failed: 0 })
    expect(report.left).toBeGreaterThan(0)
    const models = await rig.modelStats()
    expect(models.map(({ active, refused }) => [active, refused])).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ])
    // The load was enough to fill every model, and none ever saw one too many.
    expect(models.map(({ peak_concurrency }) => peak_concurrency)).toEqual(Object.values(limits))
    await vi.waitFor(async () => expect(await rig.stats()).toMatchObject({ in_flight: 0, waiting: 0 }))
    const { requests, requests_total } = await rig.stats()
    expect(Object.values(requests).reduce((sum, count) => sum + count, 0)).toBe(requests_total)
    expect(requests_total).toBe(1_200)
  })

  it('serve who waits by priority, and first come first served within one, whichever worker has it', async () => {
    const rig = await rigOf([{ id: 'm', max_concurrent: 1, ...ENDLESS }])
    const holder = chat(rig, 'm', { stream: true })
    await holder.begun
    const order: string[] = []
    const calls: Call[] = []
    for (const name of ['bulk 1', 'bulk 2', 'bulk 3', 'bulk 4', 'interactive 1', 'interactive 2']) {
      const headers = { 'x-loadstar-priority': name.split(' ', 1)[0] as string }
      const waiting = chat(rig, 'm', { stream: true, headers })
      calls.push(waiting)
      void waiting.begun.then(() => {
        order.push(name)
        waiting.leave()
      })
      await vi.waitFor(async () => expect((await rig.stats()).waiting).toBe(calls.length), PATIENCE)
    }
    holder.leave()
    await vi.waitFor(() => expect(order).toHaveLength(6), PATIENCE)
    expect(order).toEqual(['interactive 1', 'interactive 2', 'bulk 1', 'bulk 2', 'bulk 3', 'bulk 4'])
    expect((await rig.modelStats())[0]).toMatchObject({ peak_concurrency: 1, refused: 0 })
  })
})

describe(`${WORKERS} workers together`, () => {
  let rig: Rig
  const ofAll: typeof cleanups = []
  beforeAll(async () => {
    rig = await rigOf([{ id: 'm', max_concurrent: 4 }])
    ofAll.push(...cleanups.splice(0))
  })
  afterAll(async () => {
    for (const cleanup of ofAll.reverse()) await cleanup()
  })

  it('name every decision apart, and the API finds it and counts it', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => chat(rig, 'auto').answer))
    const ids = answers.map(({ headers }) => String(headers['x-loadstar-decision-id']))
    expect(new Set(ids).size).toBe(12)
    for (const id of ids) {
      const { decision } = await getJson<{ decision: object }>(`${rig.gateway.url}${API}/decisions/${id}`)
      expect(decision).toMatchObject({ decision_id: id, model: 'm' })
    }
    expect((await rig.stats()).requests).toMatchObject({ completed: 12 })
    const { loads } = await getJson<{ loads: { latency: { p50_ms: number | null } }[] }>(
      `${rig.gateway.url}${API}/load`,
    )
    expect(loads[0]?.latency.p50_ms).toBeGreaterThan(0)
  })

  it('all know of a change before the API says that it is made', async () => {
    const { url } = rig.gateway
    const known = async (id: string) =>
      (await Promise.all(Array.from({ length: 6 }, () => call(`${url}/v1/models/${id}`).answer))).map(
        ({ status }) => status,
      )
    for (let n = 0; n < 5; n++) {
      const body = { id: `added-${n}`, base_url: 'http://127.0.0.1:1/v1', max_concurrent: 3 }
      expect((await call(`${url}${API}/models`, { body }).answer).status).toBe(201)
      expect(await known(body.id)).toEqual(Array(6).fill(200))
      const removed = call(`${url}${API}/models/${body.id}`, { method: 'DELETE' })
      expect((await removed.answer).status).toBe(200)
      expect(await known(body.id)).toEqual(Array(6).fill(404))
    }
  })

  it('show API, documents and health on the one port, and refuse foreign hosts on every path', async () => {
    const { gateway } = rig
    const status = async (path: string, options = {}) =>
      (await call(gateway.url + path, options).answer).status
    expect(await status('/readyz')).toBe(200)
    expect(await status('/livez')).toBe(200)
    expect(await status('/docs/')).toBe(200)
    expect(await status('/openapi.json')).toBe(200)
    expect(await status('/v1/models')).toBe(200)
    expect(await status('/nowhere')).toBe(404)
    expect(await status(`${API}/stats`, { method: 'HEAD' })).toBe(200)
    // Without a body, and without a type of it.
    expect(await status(`${API}/auto-assign-all`, { method: 'POST' })).toBe(200)
    for (const path of ['/v1/models', '/readyz', `${API}/stats`]) {
      expect(await status(path, { headers: { host: 'elsewhere.example' } })).toBe(403)
    }
    const foreign = { method: 'POST', body: {}, headers: { origin: 'http://elsewhere.example' } }
    expect(await status(`${API}/auto-assign-all`, foreign)).toBe(403)
  })
})

describe('a worker that is killed in the midst of streams', () => {
  it('gives its slots to those who wait, no model sees one too many, and another takes its place', async () => {
    const rig = await rigOf([{ id: 'm', max_concurrent: 6, ...ENDLESS }])
    const before = workersOf(rig.gateway)
    expect(before).toHaveLength(WORKERS)
    const streams = Array.from({ length: 6 }, () => chat(rig, 'm', { stream: true }))
    await Promise.all(streams.map(({ begun }) => begun))
    const waiting = Array.from({ length: 18 }, () => chat(rig, 'm', { stream: true }))
    await vi.waitFor(
      async () => expect(await rig.stats()).toMatchObject({ in_flight: 6, waiting: 18 }),
      PATIENCE,
    )

    process.kill(before[0] as number, 'SIGKILL')
    await vi.waitFor(async () => {
      const { in_flight, requests } = await rig.stats()
      expect(requests['instance_lost']).toBeGreaterThan(0)
      expect(requests['cancelled_in_queue']).toBeGreaterThan(0)
      expect(in_flight).toBe(6)
      expect((await rig.modelStats())[0]).toMatchObject({ active: 6, peak_concurrency: 6, refused: 0 })
    }, PATIENCE)
    await vi.waitFor(() => {
      const after = workersOf(rig.gateway)
      expect(after).toHaveLength(WORKERS)
      expect(after).not.toContain(before[0])
    }, PATIENCE)

    for (const each of [...streams, ...waiting]) each.leave()
    await vi.waitFor(async () => {
      expect(await rig.stats()).toMatchObject({ in_flight: 0, waiting: 0 })
      expect((await rig.modelStats())[0]).toMatchObject({ active: 0, peak_concurrency: 6, refused: 0 })
    }, PATIENCE)
  })

  it('is replaced on the same port also when all die at once', async () => {
    const rig = await rigOf([{ id: 'm', max_concurrent: 2 }])
    const before = workersOf(rig.gateway)
    for (const pid of before) process.kill(pid, 'SIGKILL')
    await vi.waitFor(async () => expect((await chat(rig, 'm').answer).status).toBe(200), PATIENCE)
    await vi.waitFor(() => {
      const after = workersOf(rig.gateway)
      expect(after).toHaveLength(WORKERS)
      expect(after.filter((pid) => before.includes(pid))).toEqual([])
    }, PATIENCE)
  })
})

describe('a worker that is stopped', () => {
  it('keeps its slots: nobody else is given them, and its streams go on when it does', async () => {
    const rig = await rigOf([{ id: 'm', max_concurrent: 6, ...ENDLESS }], 'routing: { max_wait_ms: 500 }')
    const streams = Array.from({ length: 6 }, () => chat(rig, 'm', { stream: true }))
    await Promise.all(streams.map(({ begun }) => begun))
    const [stopped] = workersOf(rig.gateway)
    process.kill(stopped as number, 'SIGSTOP')
    cleanups.push(() => void process.kill(stopped as number, 'SIGCONT'))
    // One connection may be handed to the worker that is stopped, and waits there.
    const late = Array.from({ length: 6 }, () => chat(rig, 'm'))
    const refused: string[] = []
    for (const { answer } of late) {
      void answer.then(({ status, headers }) =>
        refused.push(`${status} ${String(headers['x-loadstar-reason'])}`),
      )
    }
    await vi.waitFor(() => expect(refused.length).toBeGreaterThanOrEqual(5), PATIENCE)
    expect(new Set(refused)).toEqual(new Set(['429 queue_wait_expired']))
    expect(await rig.stats()).toMatchObject({ in_flight: 6, requests: { instance_lost: 0 } })
    expect((await rig.modelStats())[0]).toMatchObject({ active: 6, peak_concurrency: 6, refused: 0 })

    process.kill(stopped as number, 'SIGCONT')
    await vi.waitFor(() => expect(refused).toHaveLength(6), PATIENCE)
    expect(await rig.stats()).toMatchObject({ in_flight: 6 })
    for (const stream of streams) stream.leave()
    await vi.waitFor(async () => expect(await rig.stats()).toMatchObject({ in_flight: 0 }), PATIENCE)
    expect((await rig.modelStats())[0]).toMatchObject({ active: 0, refused: 0 })
  })
})

describe('a start on a port that is taken', () => {
  it('fails as a whole, with the same line as one process', async () => {
    const folder = temporaryFolder()
    cleanups.push(() => folder.remove())
    const taken = createServer().listen(0, '127.0.0.1')
    await vi.waitFor(() => expect(taken.listening).toBe(true))
    cleanups.push(() => void taken.close())
    const { port } = taken.address() as AddressInfo
    const yaml = join(folder.path, 'loadstar.yaml')
    writeFileSync(yaml, "storage: { url: 'file::memory:' }\n")
    const endOf = (workers: number) =>
      new Promise((resolve) => {
        execFile(
          process.execPath,
          [MAIN, 'serve', '-c', yaml, '--port', String(port), '--workers', String(workers)],
          (error, stdout, stderr) => resolve({ code: error?.code, stdout, stderr }),
        )
      })
    const alone = await endOf(1)
    expect(alone).toMatchObject({ code: 1, stdout: '' })
    expect(await endOf(WORKERS)).toEqual(alone)
  })
})
