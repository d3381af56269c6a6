import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { seededRandom } from '@loadstar/core'
import { runClosedLoop } from '../src/traffic/closed-loop.js'
import { agentWorkload } from '../src/traffic/plan.js'
import {
  getJson,
  serve,
  startFleet,
  stop,
  temporaryFolder,
  type ModelStats,
  type RunningFleet,
  type RunningGateway,
} from './processes.js'

const LIMITS = { small: 6, middle: 8, large: 10 }
const REQUESTS = 2_000
const SEED = 11

let folder: ReturnType<typeof temporaryFolder>
let fleet: RunningFleet
let gateway: RunningGateway

beforeAll(async () => {
  folder = temporaryFolder()
  const faults = {
    error: 0.04,
    stall: 0.01,
    cut: 0.05,
    nonsense: 0.03,
    throttle: 0.03,
    lapse: 0.04,
    slow: 0.02,
  }
  fleet = await startFleet(folder.path, {
    seed: SEED,
    models: Object.entries(LIMITS).map(([id, max_concurrent]) => ({
      id,
      max_concurrent,
      latency: { median_ms: 20, sigma: 0.5 },
      tokens_per_second: 400,
      output_tokens: 24,
      faults,
    })),
  })
  const models = fleet.models.map(
    ({ id, base_url }) =>
      `  - { id: ${id}, base_url: '${base_url}', max_concurrent: ${LIMITS[id as keyof typeof LIMITS]}, max_queue: 12 }`,
  )
  gateway = await serve(
    folder.path,
    `models:\n${models.join('\n')}
storage: { url: 'file::memory:' }
routing: { max_wait_ms: 2000, timeouts: { first_byte_ms: 1000, idle_ms: 1000 } }
`,
  )
})
afterAll(async () => {
  await stop(gateway)
  await stop(fleet)
  folder.remove()
})

interface Stats {
  readonly in_flight: number
  readonly waiting: number
  readonly requests_total: number
  readonly requests: Readonly<Record<string, number>>
}

it(`of ${REQUESTS} requests, with faults of every kind and clients that leave, each ends once and leaves nothing behind`, async () => {
  const report = await runClosedLoop({
    clients: 60,
    requests: REQUESTS,
    timeoutMs: 3_000,
    workload: agentWorkload({
      baseUrl: `${gateway.url}/v1`,
      random: seededRandom(SEED, 1),
      streamShare: 0.6,
      leaveShare: 0.15,
    }),
  })
  const { sent, succeeded, left, failed } = report
  expect({ sent, ended: succeeded + left + failed }).toEqual({ sent: REQUESTS, ended: REQUESTS })
  expect(left).toBeGreaterThan(0)

  await vi.waitFor(
    async () => {
      const { in_flight, waiting } = await getJson<Stats>(`${gateway.url}/api/v1/model-router/stats`)
      expect({ in_flight, waiting }).toEqual({ in_flight: 0, waiting: 0 })
    },
    { timeout: 10_000 },
  )
  const stats = await getJson<Stats>(`${gateway.url}/api/v1/model-router/stats`)
  const ended = Object.values(stats.requests).reduce((sum, count) => sum + count, 0)
  expect(ended).toBe(stats.requests_total)
  expect(stats.requests_total).toBeGreaterThan(REQUESTS)
  for (const { id, url } of fleet.models) {
    const model = await getJson<ModelStats>(`${url}/stats`)
    expect(model).toMatchObject({ active: 0, refused: 0 })
    expect(model.peak_concurrency).toBeLessThanOrEqual(LIMITS[id as keyof typeof LIMITS])
  }
})
