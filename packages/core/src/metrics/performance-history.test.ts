import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { scoreAdaptive } from '../scoring/adaptive.js'
import { PerformanceHistory } from './performance-history.js'

const WINDOW_MS = 60_000

interface Told {
  readonly agentId?: string
  readonly isSuccess?: boolean
  readonly latencyMs?: number
  readonly outputTokens?: number
}

/** One request of model `m` each hundredth of a second from one time until another. */
function stream(history: PerformanceHistory, fromMs: number, toMs: number, told: Told = {}): void {
  const { isSuccess = true, latencyMs = 100, ...rest } = told
  for (let nowMs = fromMs; nowMs < toMs; nowMs += 10) {
    history.record({ modelId: 'm', isSuccess, latencyMs, ...rest }, nowMs)
  }
}

describe('the history of a model', () => {
  it('counts requests as they are while they are new', () => {
    const history = new PerformanceHistory({ windowMs: WINDOW_MS })
    for (let i = 0; i < 10; i++) {
      history.record({ modelId: 'm', isSuccess: i !== 3, latencyMs: 100 * i }, 1_000)
    }
    expect(history.of('m', 1_000)).toEqual({
      requests: 10,
      successRate: 0.9,
      latencyMs: (4_500 - 300) / 9,
      slowness: expect.closeTo(4_200 / expectedOfMeans(), 9) as number,
    })
    expect(history.of('other', 1_000)).toBeUndefined()
  })

  /** Each answer against the mean of those before, the first against itself. */
  function expectedOfMeans(): number {
    const latencies = [0, 100, 200, 400, 500, 600, 700, 800, 900]
    let sum = 0
    return latencies.reduce((total, latency, i) => {
      const expected = i === 0 ? latency : sum / i
      sum += latency
      return total + expected
    }, 0)
  }

  it('trusts a model again once it has been well for a window, whatever was before', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 0, max: 9_999 }),
        (windows, offsetMs) => {
          const history = new PerformanceHistory({ windowMs: WINDOW_MS })
          const failedMs = offsetMs + windows * WINDOW_MS
          const step = { modelId: 'm', latencyMs: 50 }
          for (let ms = offsetMs; ms < failedMs; ms += 500) history.record({ ...step, isSuccess: false }, ms)
          expect(history.of('m', failedMs)?.successRate).toBe(0)
          let trustedMs = Infinity
          for (let ms = failedMs; ms <= failedMs + WINDOW_MS; ms += 500) {
            history.record({ ...step, isSuccess: true }, ms)
            const { successRate = 0 } = history.of('m', ms) ?? {}
            if (successRate >= 0.9) trustedMs = Math.min(trustedMs, ms)
          }
          expect(trustedMs - failedMs).toBeLessThanOrEqual(0.8 * WINDOW_MS)
          expect(history.of('m', failedMs + WINDOW_MS)?.successRate).toBe(1)
        },
      ),
      { numRuns: 20 },
    )
  })

  it('is the capability score again when nothing was heard for a window', () => {
    const history = new PerformanceHistory({ windowMs: WINDOW_MS })
    stream(history, 0, WINDOW_MS, { isSuccess: false })
    expect(scoreAdaptive(80, history.of('m', WINDOW_MS)).score).toBe(24)
    expect(history.of('m', 2 * WINDOW_MS)).toBeUndefined()
  })

  it('finds an answer usual for its length, and a slower one slow', () => {
    const history = new PerformanceHistory({ windowMs: WINDOW_MS })
    const answer = (tokens: number, factor: number, nowMs: number): void => {
      const latencyMs = factor * (200 + 20 * tokens)
      history.record({ modelId: 'm', isSuccess: true, latencyMs, outputTokens: tokens }, nowMs)
    }
    for (let i = 0; i < 500; i++) answer(50 + ((i * 37) % 400), 1, i * 100)
    for (let i = 0; i < 100; i++) answer(2_000, 1, WINDOW_MS + 50_000 + i)
    expect(history.of('m', WINDOW_MS + 50_100)?.slowness).toBeCloseTo(1, 1)
    for (let i = 0; i < 100; i++) answer(300, 3, 3 * WINDOW_MS + i)
    expect(history.of('m', 3 * WINDOW_MS + 100)?.slowness).toBeGreaterThan(2)
  })

  it('forgets a model that is gone, with all its pairs', () => {
    const history = new PerformanceHistory({ windowMs: WINDOW_MS })
    stream(history, 0, 1_000, { agentId: 'a', isSuccess: false })
    history.forget('m')
    expect([history.of('m', 1_000), [...history.modelIds()], [...history.agentsOf('m')]]).toEqual([
      undefined,
      [],
      [],
    ])
    history.record({ modelId: 'm', agentId: 'a', isSuccess: true, latencyMs: 1 }, 1_000)
    expect(history.ofPair('m', 'a', 1_000)).toMatchObject({ requests: 1, successRate: 1 })
  })
})

describe('what is known of an agent with a model', () => {
  it('is what is known of the model while little is known of the pair, and comes to the pair’s own', () => {
    const distance = (own: number): number => {
      const history = new PerformanceHistory({ windowMs: WINDOW_MS, pairWeight: 10 })
      for (let i = 0; i < 1_000; i++) history.record({ modelId: 'm', isSuccess: true, latencyMs: 100 }, 0)
      for (let i = 0; i < own; i++) {
        history.record({ modelId: 'm', agentId: 'a', isSuccess: false, latencyMs: 0 }, 0)
      }
      return history.ofPair('m', 'a', 0)?.successRate ?? NaN
    }
    expect(distance(0)).toBe(1)
    expect(distance(1)).toBeGreaterThan(0.9)
    for (let own = 1; own < 200; own += 10) expect(distance(own + 10)).toBeLessThan(distance(own))
    expect(distance(2_000)).toBeLessThan(0.01)
  })

  it('lies between the model and the pair alone', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), fc.boolean(), fc.integer({ min: 1, max: 999 }))),
        (events) => {
          const history = new PerformanceHistory({ windowMs: WINDOW_MS })
          const alone = new PerformanceHistory({ windowMs: WINDOW_MS })
          for (const [isSuccess, isOwn, latencyMs] of events) {
            const told = { modelId: 'm', isSuccess, latencyMs }
            history.record(isOwn ? { ...told, agentId: 'a' } : told, 0)
            if (isOwn) alone.record(told, 0)
          }
          const [both, model, pair] = [history.ofPair('m', 'a', 0), history.of('m', 0), alone.of('m', 0)]
          expect(both?.requests).toBe(model?.requests)
          if (both === undefined || model === undefined || pair === undefined) return
          const rates = [model.successRate, pair.successRate]
          expect(both.successRate).toBeGreaterThanOrEqual(Math.min(...rates) - 1e-9)
          expect(both.successRate).toBeLessThanOrEqual(Math.max(...rates) + 1e-9)
          expect(both.latencyMs === null).toBe(model.latencyMs === null)
        },
      ),
    )
  })

  it('is kept of a bounded number of pairs: those not heard of for longest go first', () => {
    const history = new PerformanceHistory({ windowMs: WINDOW_MS, mostPairs: 8 })
    const tell = (agentId: string): void =>
      history.record({ modelId: 'm', agentId, isSuccess: false, latencyMs: 0 }, 0)
    for (let i = 0; i < 1_000; i++) {
      tell('faithful')
      tell(`passer-by ${i}`)
    }
    const agents = [...history.agentsOf('m')]
    expect(agents).toHaveLength(8)
    expect(agents).toContain('faithful')
    expect(agents).toContain('passer-by 999')
  })
})
