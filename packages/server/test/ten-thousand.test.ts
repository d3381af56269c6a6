import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readlinkSync } from 'node:fs'
import { Agent, get, request, type IncomingMessage } from 'node:http'
import { fileURLToPath } from 'node:url'
import { seededRandom } from '@loadstar/core'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { serve, stop, temporaryFolder, type RunningGateway } from './processes.js'

const REQUESTS = 10_000
/** A minute on a quiet machine. */
const PATIENCE_MS = 600_000
const CLIENTS = 60
const LIMIT = 12
const SEED = Number(process.env['LOADSTAR_SEED'] ?? 7)
const BACKEND = fileURLToPath(new URL('./chaos-backend.ts', import.meta.url))

let folder: ReturnType<typeof temporaryFolder>
let gateway: RunningGateway
const backends: { readonly child: ChildProcess; readonly url: string }[] = []

beforeAll(async () => {
  folder = temporaryFolder()
  for (let stream = 0; stream < 3; stream++) {
    const args = ['--import', 'tsx', BACKEND, String(SEED), String(stream)]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    backends.push({ child, url: `http://127.0.0.1:${Number(line.toString())}` })
  }
  const [native, translated, claude] = backends.map(({ url }) => url)
  const common = `alias: all, max_concurrent: ${LIMIT}, max_queue: 6`
  gateway = await serve(
    folder.path,
    `models:
  - { id: native, base_url: '${native}/v1', ${common} }
  - { id: translated, base_url: '${translated}/v1', responses_api: translated, ${common} }
  - { id: claude, base_url: '${claude}/v1', dialect: anthropic, ${common} }
storage: { url: 'file::memory:' }
routing:
  max_wait_ms: 200
  timeouts: { first_byte_ms: 300, idle_ms: 200, total_ms: 400 }
  # One submit for each request, so that they can be counted.
  retries: { max_attempts: 1 }
  hedging: { share: 0 }
  health: { breaker: { consecutive_failures: 0, min_success_rate: 0 } }
`,
  )
})
afterAll(async () => {
  await stop(gateway)
  for (const { child } of backends) child.kill()
  folder.remove()
})

const APIS = ['chat/completions', 'completions', 'embeddings', 'responses', 'messages'] as const
const MODELS = ['native', 'translated', 'claude', 'all', 'auto'] as const

/** What a client does. Those of the second line are never submitted to the router. */
type Conduct =
  | 'stay'
  | 'leave at once'
  | 'leave after a while'
  | 'leave in the answer'
  | 'leave in the body'
  | 'break the body'
  | 'ask for the impossible'

/** What a client draws before it sends anything, always as many numbers. */
interface Plan {
  readonly api: (typeof APIS)[number]
  readonly conduct: Conduct
  readonly body: string
  readonly patienceMs: number
}

const NOT_SUBMITTED: ReadonlySet<Conduct> = new Set([
  'leave in the body',
  'break the body',
  'ask for the impossible',
])

function planner(random: () => number): () => Plan {
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T
  return () => {
    const api = pick(APIS)
    const model = pick(MODELS)
    const isText = api === 'completions' || api === 'embeddings'
    const isStream = random() < 0.6 && !isText
    const chance = random()
    const conduct: Conduct =
      isText && model === 'claude'
        ? 'ask for the impossible'
        : chance < 0.04
          ? 'leave at once'
          : chance < 0.12
            ? 'leave after a while'
            : chance < 0.22
              ? 'leave in the answer'
              : chance < 0.25
                ? 'leave in the body'
                : chance < 0.27
                  ? 'break the body'
                  : 'stay'
    const said = [{ role: 'user', content: random() < 0.05 ? 'x'.repeat(40_000) : 'hi' }]
    const fields = {
      'chat/completions': { messages: said },
      completions: { prompt: 'hi' },
      embeddings: { input: 'hi' },
      responses: { input: said },
      messages: { messages: said, max_tokens: 9 },
    }[api]
    const body = JSON.stringify({ model, stream: isStream, ...fields })
    return {
      api,
      conduct,
      body: conduct === 'break the body' ? body.slice(0, -3) : body,
      patienceMs: random() * 60,
    }
  }
}

/** @returns the status of the answer, or `undefined` where none came; once the request is over. */
function send({ api, conduct, body, patienceMs }: Plan, agent: Agent): Promise<number | undefined> {
  return new Promise((resolve) => {
    let status: number | undefined
    const req = request(`${gateway.url}/v1/${api}`, {
      method: 'POST',
      agent,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    })
    const leave = (): void => void req.destroy()
    req.on('error', () => undefined)
    req.once('close', () => resolve(status))
    req.once('response', (res) => {
      status = res.statusCode
      res.on('error', () => undefined)
      if (conduct === 'leave in the answer') res.once('data', leave)
      else res.resume()
    })
    if (conduct === 'leave in the body') {
      req.write(body.slice(0, body.length / 2), () => setTimeout(leave, patienceMs / 10))
      return
    }
    // Only what has been sent whole is sure to be submitted.
    if (conduct === 'leave at once') req.once('finish', leave)
    if (conduct === 'leave after a while') req.once('finish', () => setTimeout(leave, patienceMs))
    req.end(body)
  })
}

interface Stats {
  readonly in_flight: number
  readonly waiting: number
  readonly requests_total: number
  readonly requests: Readonly<Record<string, number>>
}

/** Over a connection that does not stay. */
async function getJson<T>(url: string): Promise<T> {
  const [answer] = (await once(get(url, { agent: false }), 'response')) as [IncomingMessage]
  return JSON.parse(Buffer.concat((await answer.toArray()) as Buffer[]).toString()) as T
}

function socketsOf(pid: number): number {
  const folder = `/proc/${pid}/fd`
  return readdirSync(folder).filter((fd) => linkOf(`${folder}/${fd}`).startsWith('socket:')).length
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    // Closed since the folder was read.
    return ''
  }
}

it(
  `of ${REQUESTS} requests of every API each ends once and leaves nothing behind (LOADSTAR_SEED=${SEED})`,
  async () => {
    const pid = gateway.child.pid as number
    const baseline = socketsOf(pid)
    const plan = planner(seededRandom(SEED, 100))
    const agent = new Agent({ keepAlive: true })
    const statuses = new Map<number | undefined, number>()
    let [sent, notSubmitted] = [0, 0]
    const client = async (): Promise<void> => {
      while (sent < REQUESTS) {
        sent++
        const next = plan()
        if (NOT_SUBMITTED.has(next.conduct)) notSubmitted++
        const status = await send(next, agent)
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
        if (next.conduct === 'break the body' || next.conduct === 'ask for the impossible')
          expect(status).toBe(400)
      }
    }
    await Promise.all(Array.from({ length: CLIENTS }, client))
    agent.destroy()

    const stats = () => getJson<Stats>(`${gateway.url}/api/v1/model-router/stats`)
    await vi.waitFor(async () => expect(await stats()).toMatchObject({ in_flight: 0, waiting: 0 }), {
      timeout: 10_000,
    })
    const { requests, requests_total: total } = await stats()
    expect(Object.values(requests).reduce((sum, count) => sum + count, 0)).toBe(total)
    expect({ submitted: total, notSubmitted, sum: total + notSubmitted }).toMatchObject({ sum: REQUESTS })
    // Everything that can happen did.
    for (const outcome of [
      'completed',
      'refused_by_model',
      'upstream_error',
      'upstream_timeout',
      'upstream_cut',
      'client_gone',
      'rejected_queue_full',
      'cancelled_in_queue',
    ]) {
      expect([outcome, requests[outcome]]).not.toEqual([outcome, 0])
    }
    expect(statuses.get(500)).toBeUndefined()

    for (const { url } of backends) {
      const model = await getJson<{ active: number; peak: number; calls: number }>(`${url}/stats`)
      expect(model.active).toBe(0)
      expect(model.peak).toBeLessThanOrEqual(LIMIT)
      expect(model.calls).toBeGreaterThan(REQUESTS / 20)
    }
    // Connections that were kept for another request close by and by.
    await vi.waitFor(() => expect(socketsOf(pid)).toBe(baseline), { timeout: 20_000, interval: 200 })
  },
  PATIENCE_MS,
)
