import { describe, expect, it } from 'vitest'
import type { Scenario } from './scenario.js'
import { equalReplicas, hundredAtOnce, knee, unequalModels } from './scenarios.js'
import { serviceMs } from './service-time.js'
import { simulate } from './simulate.js'
import { Samples } from './spread.js'
import { Workload } from './workload.js'

const MINUTE_MS = 60_000

/** One queue over all slots, first come first served: who is next takes the slot that frees first. */
function pooledLatencies(scenario: Scenario, seed: number) {
  const [model] = scenario.models
  if (model === undefined) throw new Error('a scenario has models')
  const slots = scenario.models.reduce((sum, { maxConcurrent }) => sum + maxConcurrent, 0)
  const freeMs = Array.from({ length: slots }, () => 0)
  const latencies = new Samples()
  const workload = new Workload(scenario, seed)
  for (let arrival = workload.next(); arrival !== undefined; arrival = workload.next()) {
    const first = freeMs.indexOf(Math.min(...freeMs))
    const endMs = Math.max(arrival.atMs, freeMs[first] as number) + serviceMs(model, 1, arrival)
    freeMs[first] = endMs
    if (arrival.atMs >= (scenario.warmUpMs ?? 0)) latencies.add(endMs - arrival.atMs)
  }
  return latencies.spread()
}

describe('a simulated world', () => {
  it('I8: is the same for the same seed, and another for another', () => {
    const scenario = unequalModels(0.9, 5 * MINUTE_MS)
    const report = simulate(scenario, { seed: 5 })
    expect(simulate(scenario, { seed: 5 })).toEqual(report)
    expect(simulate(scenario, { seed: 6 }).traceHash).not.toBe(report.traceHash)
  })

  it.each([0.7, 0.95])(
    'serves equal replicas at %d of their slots as one queue over all slots would',
    (load) => {
      const scenario = equalReplicas({ load, durationMs: 20 * MINUTE_MS })
      for (const seed of [1, 2]) {
        const { latencyMs } = simulate(scenario, { seed }).overall
        const pooled = pooledLatencies(scenario, seed)
        expect(latencyMs.count).toBe(pooled.count)
        expect(latencyMs.p99).toBeLessThanOrEqual(1.05 * (pooled.p99 as number))
        expect((latencyMs.mean as number) / (pooled.mean as number)).toBeCloseTo(1, 1)
      }
    },
  )

  it('uses slots as much as the offered load says', () => {
    const { models } = simulate(equalReplicas({ load: 0.6, durationMs: 60 * MINUTE_MS }), { seed: 3 })
    const shares = Object.values(models).map(({ utilization }) => utilization)
    expect(shares.reduce((sum, share) => sum + share, 0) / shares.length).toBeCloseTo(0.6, 1)
  })

  it('serves a hundred at once without a wait or a failure', () => {
    const { overall, models } = simulate(hundredAtOnce(), { seed: 1 })
    expect(overall.outcomes.completed).toBe(100)
    expect(overall.waitMs.max).toBe(0)
    for (const { greatestConcurrency } of Object.values(models))
      expect(greatestConcurrency).toBeLessThanOrEqual(40)
  })

  it('accounts for every request, and never overfills a model', () => {
    for (const scenario of [unequalModels(1.3, 10 * MINUTE_MS), knee(0.9)]) {
      const { overall, models } = simulate({ ...scenario, durationMs: 10 * MINUTE_MS, warmUpMs: 0 })
      const ended = Object.values(overall.outcomes).reduce((sum, count) => sum + count, 0)
      expect(ended).toBe(overall.arrived)
      scenario.models.forEach(({ id, maxConcurrent }) => {
        expect(models[id]?.greatestConcurrency).toBeLessThanOrEqual(maxConcurrent)
        expect(models[id]?.overcommitted).toBe(0)
      })
    }
  })

  it('slows a model down past its knee, for all requests there', () => {
    const [model] = knee().models
    if (model === undefined) throw new Error('a scenario has models')
    const at = (requests: number): Scenario => ({
      name: 'a knee',
      models: [
        {
          ...model,
          targetUtilization: 1,
          service: { kind: 'drawn', ms: { kind: 'constant', value: 1_000 } },
        },
      ],
      classes: [{ id: 'any', candidates: [{ modelId: model.id, score: 1 }] }],
      streams: [
        {
          arrivals: {
            kind: 'trace',
            records: Array.from({ length: requests }, () => ({ atMs: 0, classId: 'any' })),
          },
        },
      ],
      durationMs: 1,
    })
    // Ten slots, knee at eight, three times as slow at ten.
    expect(simulate(at(8)).endedMs).toBeCloseTo(1_000)
    expect(simulate(at(9)).endedMs).toBeCloseTo(2_000)
    expect(simulate(at(10)).endedMs).toBeCloseTo(3_000)
  })

  it.each([
    [{ models: [] }, 'models must not be empty'],
    [{ load: 0 }, 'load must be a finite number > 0, got 0'],
    [
      { classes: [{ id: 'any', candidates: [{ modelId: 'ghost', score: 1 }] }] },
      'must name a model, got "ghost"',
    ],
    [
      { streams: [{ arrivals: { kind: 'poisson' as const, perSecond: 1 } }] },
      'streams[0].mix must name a class',
    ],
  ])('is refused when it makes no sense: %j', (change, message) => {
    expect(() => simulate({ ...equalReplicas(), ...change })).toThrow(message)
  })
})
