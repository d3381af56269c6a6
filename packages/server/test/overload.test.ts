import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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

const LIMITS = { small: 40, middle: 50, large: 60 }
/** That of a model whose configuration does not say. */
const TARGET = 0.8
const CLIENTS = 400
const DURATION_MS = 20_000

let folder: ReturnType<typeof temporaryFolder>
let fleet: RunningFleet
let gateway: RunningGateway

beforeAll(async () => {
  folder = temporaryFolder()
  fleet = await startFleet(folder.path, {
    models: Object.entries(LIMITS).map(([id, max_concurrent]) => ({
      id,
      max_concurrent,
      latency: { median_ms: 150, sigma: 0.3 },
      tokens_per_second: 80,
      output_tokens: 16,
    })),
  })
  const models = fleet.models.map(
    ({ id, base_url }) =>
      `  - { id: ${id}, base_url: '${base_url}', max_concurrent: ${LIMITS[id as keyof typeof LIMITS]}, max_queue: 400 }`,
  )
  gateway = await serve(folder.path, `models:\n${models.join('\n')}\nstorage: { url: 'file::memory:' }\n`)
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

describe(`${CLIENTS} clients at once before models limited to four fifths of ${Object.values(LIMITS).join('/')}`, () => {
  it.each([
    ['all stay to the end', 0],
    ['one in five leaves in mid-stream', 0.2],
  ])(
    '%s: no overload reaches a client or a model, and every slot is free at the end',
    async (_name, leaveShare) => {
      for (const { url } of fleet.models) await fetch(`${url}/reset`, { method: 'POST' })
      const report = await runClosedLoop({
        clients: CLIENTS,
        durationMs: DURATION_MS,
        workload: agentWorkload({
          baseUrl: `${gateway.url}/v1`,
          random: seededRandom(7, leaveShare * 10),
          streamShare: 0.5,
          leaveShare,
        }),
      })
      const { sent, succeeded, left, failed, byStatus } = report
      expect({ failed, statuses: Object.keys(byStatus) }).toEqual({ failed: 0, statuses: ['2xx'] })
      expect(succeeded + left).toBe(sent)
      expect(left > 0).toBe(leaveShare > 0)

      for (const { id, url } of fleet.models) {
        const stats = await getJson<ModelStats>(`${url}/stats`)
        expect(stats).toMatchObject({ active: 0, refused: 0 })
        // The load was enough to fill it, and nothing went over its target.
        const target = Math.floor(TARGET * LIMITS[id as keyof typeof LIMITS])
        expect(stats.peak_concurrency).toBeLessThanOrEqual(target)
        expect(stats.peak_concurrency).toBeGreaterThan(target / 2)
      }
      const stats = await getJson<Stats>(`${gateway.url}/api/v1/model-router/stats`)
      expect(stats).toMatchObject({ in_flight: 0, waiting: 0 })
      const ended = Object.values(stats.requests).reduce((sum, count) => sum + count, 0)
      expect(ended).toBe(stats.requests_total)
    },
  )
})
