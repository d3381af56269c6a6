import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Router } from './router.js'

const MODELS = ['sure', 'unknown'].map((id) => ({
  id,
  maxConcurrent: 10,
  maxQueue: 1_000,
  targetUtilization: 0.8,
}))
const CANDIDATES = [
  { modelId: 'sure', score: 80, spread: 1 },
  { modelId: 'unknown', score: 70, spread: 10 },
]

/** Requests one after the other, each ended before the next; how many went to each model, and how many to learn. */
function alone(share: number, seed: number, requests: number, candidates = CANDIDATES) {
  const router = new Router(MODELS, { policy: 'weighted_load', exploreShare: share, seed })
  const told = { sure: 0, unknown: 0, explored: 0 }
  for (let i = 0; i < requests; i++) {
    const submission = router.submit({ requestId: 'r', candidates, explain: true }, i)
    if (submission.kind !== 'admitted') throw new Error(submission.kind)
    const { lease, decision } = submission
    told[lease.modelId as 'sure' | 'unknown']++
    if (decision?.isExplored === true) told.explored++
    router.settle(lease.id, 'completed', i)
  }
  return told
}

describe('exploration', () => {
  it('never happens where its share is 0, or nothing is uncertain', () => {
    expect(alone(0, 1, 500)).toEqual({ sure: 500, unknown: 0, explored: 0 })
    const certain = CANDIDATES.map(({ modelId, score }) => ({ modelId, score, spread: 0 }))
    expect(alone(1, 1, 500, certain)).toEqual({ sure: 500, unknown: 0, explored: 0 })
  })

  it('tries a model as often as its score may truly be the greatest, and marks that', () => {
    // Ten points apart with a deviation of √101: about 16 % of the draws.
    const { unknown, explored } = alone(1, 7, 20_000)
    expect(explored).toBe(unknown)
    expect(unknown / 20_000).toBeCloseTo(0.16, 1)
    expect(alone(0.1, 7, 20_000).unknown / 20_000).toBeCloseTo(0.016, 2)
  })

  it('comes out the same for the same seed, and differs between seeds', () => {
    const trace = (seed: number): string =>
      JSON.stringify([0, 1, 2].map((n) => alone(0.5, seed, 100 * (n + 1))))
    expect(trace(3)).toBe(trace(3))
    expect(new Set([1, 2, 3, 4, 5].map(trace)).size).toBeGreaterThan(1)
  })

  it('uses no slot above target, whoever asks, and lets nobody be overtaken', () => {
    const system = fc.constantFrom('system', 'default', 'bulk' as const)
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), system), { maxLength: 120 }), fc.nat(), (steps, seed) => {
        const router = new Router(MODELS, { exploreShare: 1, seed })
        const leases: number[] = []
        steps.forEach(([isNew, priority], i) => {
          const before = new Map(router.loads(i).map(({ modelId, inFlight }) => [modelId, inFlight]))
          const { waiting } = router.counters()
          if (!isNew) {
            const leaseId = leases.shift()
            if (leaseId === undefined) return
            for (const { lease } of router.settle(leaseId, 'completed', i).admitted) leases.push(lease.id)
            return
          }
          const submission = router.submit(
            { requestId: 'r', candidates: CANDIDATES, priority, explain: true },
            i,
          )
          if (submission.kind !== 'admitted') return
          leases.push(submission.lease.id)
          if (submission.decision?.isExplored !== true) return
          expect(before.get(submission.lease.modelId)).toBeLessThan(8)
          if (priority === 'default') expect(waiting).toBe(0)
        })
      }),
    )
  })

  it('refuses a share that is none, and a spread that is no number', () => {
    expect(() => new Router(MODELS, { exploreShare: 2 })).toThrow(
      'explore_share must be a number 0..1, got 2',
    )
    const candidates = [{ modelId: 'sure', score: 1, spread: -1 }]
    expect(() => new Router(MODELS).submit({ requestId: 'r', candidates }, 0)).toThrow(
      'candidates[0].spread must be a finite number ≥ 0, got -1',
    )
  })
})
