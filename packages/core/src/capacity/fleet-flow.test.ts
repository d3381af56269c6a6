import { describe, expect, it } from 'vitest'
import { FleetFlow } from './fleet-flow.js'

/** Two models; each second ten requests of 500 ms end at one of them, and five at the other. */
function fleet(seconds: number, turnedAwayPerS: number): FleetFlow {
  const flow = new FleetFlow()
  for (let second = 0; second < seconds; second++) {
    const nowMs = 1_000_000 + second * 1_000
    for (let i = 0; i < 10; i++) flow.record('a', 0, 500, nowMs)
    for (let i = 0; i < 5; i++) flow.record('b', 0, 500, nowMs)
    for (let i = 0; i < turnedAwayPerS; i++) flow.turnedAway(nowMs)
  }
  return flow
}

describe('the flow through a fleet', () => {
  it('is what ended, where nobody was turned away', () => {
    const read = fleet(101, 0).read('a', new Set(['a']), 1_100_000)
    expect(read).toMatchObject({ serviceMs: 500, serviceCv2: 0 })
    expect(read?.arrivalsPerS).toBeCloseTo(10, 0)
  })

  it('those turned away count where models are full, as often as these are used', () => {
    const flow = fleet(101, 6)
    const both = new Set(['a', 'b'])
    expect(flow.read('a', both, 1_100_000)?.arrivalsPerS).toBeCloseTo(14, 0)
    expect(flow.read('b', both, 1_100_000)?.arrivalsPerS).toBeCloseTo(7, 0)
    expect(flow.read('b', new Set(['a']), 1_100_000)?.arrivalsPerS).toBeCloseTo(5, 0)
  })

  it('is unknown while little was seen, and of models that are gone', () => {
    expect(fleet(5, 0).read('a', new Set(), 1_005_000)).toBeUndefined()
    const flow = fleet(101, 0)
    flow.observe([{ modelId: 'b', activeRequests: 0, queueDepth: 0 }], 1_100_000)
    expect(flow.read('a', new Set(), 1_100_000)).toBeUndefined()
    expect(flow.read('b', new Set(), 1_100_000)).toBeDefined()
  })

  it('forgets what is more than five minutes ago', () => {
    expect(fleet(101, 0).read('a', new Set(), 1_100_000 + 400_000)).toBeUndefined()
  })

  it('counts what came and has not ended', () => {
    const flow = new FleetFlow()
    for (let second = 0; second <= 100; second++) {
      const nowMs = second * 1_000
      for (let i = 0; i < 10; i++) flow.record('a', 0, 500, nowMs)
      flow.observe([{ modelId: 'a', activeRequests: 5, queueDepth: second * 2 }], nowMs)
    }
    expect(flow.read('a', new Set(), 100_000)?.arrivalsPerS).toBeCloseTo(12, 0)
  })
})
