import { afterEach, expect, test } from 'vitest'
import { startFleet, type Fleet } from '../fleet/fleet.js'
import { parseFleet } from '../fleet/spec.js'
import { measureSide } from './compare-run.js'

const fleets: Fleet[] = []

afterEach(async () => {
  await Promise.all(fleets.splice(0).map((fleet) => fleet.close()))
})

test('a measured side counts what really happened: what goes over a limit fails, peaks are those of the models', async () => {
  const model = { max_concurrent: 10, latency: { median_ms: 150, sigma: 0 }, output_tokens: 1 }
  const fleet = await startFleet(
    parseFleet(
      {
        models: [
          { id: 'a', ...model },
          { id: 'b', ...model },
        ],
      },
      'test',
    ),
  )
  fleets.push(fleet)
  const rounds: number[] = []
  const measured = await measureSide({
    // 13 requests to a model of 10, 7 to the other.
    workload: () => (index) => {
      const id = index < 13 ? 'a' : 'b'
      return { baseUrl: fleet.server(id).baseUrl, model: id, isStream: true }
    },
    servers: fleet.servers,
    maxConcurrent: 10,
    rounds: 3,
    burst: 20,
    signal: new AbortController().signal,
    onRound: (round) => rounds.push(round),
  })
  expect(rounds).toEqual([1, 2, 3])
  expect(measured).toMatchObject({ requests: 60, succeeded: 51, failures: 9 })
  expect(measured.latencyMs.count).toBe(51)
  expect(measured.models).toMatchObject([
    { id: 'a', requests: 39, refused: 9, peakConcurrency: 10 },
    { id: 'b', requests: 21, refused: 0, peakConcurrency: 7 },
  ])
  const [full, partly] = measured.models.map(({ utilization }) => utilization)
  expect((partly ?? 0) / (full ?? 1)).toBeCloseTo(0.7, 1)
})
