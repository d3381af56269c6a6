import { describe, expect, it } from 'vitest'
import { equalReplicas } from '../scenarios.js'
import type { Scenario } from '../scenario.js'
import { simulate } from '../simulate.js'
import type { AnswerFate, ClientFate, Faults, TimedFault } from './faults.js'

/** One model of two slots that takes 100 ms for everything, half of it until the first token. */
function one(atMs: readonly number[], faults: Faults): Scenario {
  return {
    name: 'one model',
    models: [
      {
        id: 'm',
        maxConcurrent: 2,
        maxQueue: 10,
        targetUtilization: 1,
        service: { kind: 'drawn', ms: { kind: 'constant', value: 100 }, firstTokenShare: 0.5 },
      },
    ],
    classes: [{ id: 'any', candidates: [{ modelId: 'm', score: 80 }], maxWaitMs: 5_000 }],
    streams: [{ arrivals: { kind: 'trace', records: atMs.map((at) => ({ atMs: at, classId: 'any' })) } }],
    router: { health: { breaker: { consecutiveFailures: 0, minSuccessRate: 0 } } },
    durationMs: 10_000,
    faults,
  }
}

function outcomesOf(atMs: readonly number[], faults: Faults) {
  const { overall, endedMs } = simulate(one(atMs, faults), { isWatched: true })
  const outcomes = Object.fromEntries(Object.entries(overall.outcomes).filter(([, count]) => count > 0))
  return { outcomes, leftBeforeSubmit: overall.leftBeforeSubmit, endedMs }
}

describe('a fault', () => {
  it.each<[ClientFate, object]>([
    ['leavesBeforeSubmit', {}],
    ['leavesWaiting', { client_gone: 1 }],
    ['leavesBeforeDispatch', { client_gone: 1 }],
    ['leavesStreaming', { client_gone: 1 }],
    ['leavesAfterwards', { completed: 1 }],
  ])('of the client, %s, ends the request so', (fate, outcomes) => {
    const clients = { [fate]: 1, leavesAfterMs: { kind: 'constant', value: 20 } as const }
    const told = outcomesOf([0], { clients })
    expect(told.outcomes).toEqual(outcomes)
    expect(told.leftBeforeSubmit).toBe(fate === 'leavesBeforeSubmit' ? 1 : 0)
  })

  it.each<[AnswerFate, object, number]>([
    ['refused', { refused_by_model: 1 }, 5],
    ['tooMany', { upstream_error: 1 }, 5],
    ['tooManyYet', { upstream_error: 1 }, 5],
    ['failed', { upstream_error: 1 }, 50],
    ['stalled', { upstream_timeout: 1 }, 400],
    ['crawled', { completed: 1 }, 300],
  ])('of the model, %s, ends the request so, and then', (fate, outcomes, endedMs) => {
    const answers = { [fate]: 1, timeoutMs: 400, crawlFactor: 3 }
    expect(outcomesOf([0], { answers })).toEqual({ outcomes, leftBeforeSubmit: 0, endedMs })
  })

  it('that cuts an answer comes after its first token', () => {
    const { outcomes, endedMs } = outcomesOf([0], { answers: { cut: 1 } })
    expect(outcomes).toEqual({ upstream_cut: 1 })
    expect(endedMs).toBeGreaterThan(50)
    expect(endedMs).toBeLessThan(100)
  })

  it.each<[string, TimedFault[], object]>([
    [
      'a cut of limits lets those go on who are there, and starts nothing new',
      [{ kind: 'capacity', atMs: 10, modelId: 'm', change: { maxConcurrent: 1 } }],
      { completed: 4 },
    ],
    [
      'a cut to nothing turns away who waits',
      [{ kind: 'capacity', atMs: 10, modelId: 'm', change: { maxConcurrent: 0 } }],
      { completed: 2, rejected_no_model: 2 },
    ],
    [
      'a model that is taken out finishes what it has',
      [
        { kind: 'remove', atMs: 10, modelId: 'm' },
        { kind: 'add', atMs: 50, modelId: 'm' },
      ],
      { completed: 2, rejected_no_model: 2 },
    ],
    [
      'a crash ends what the instance held, and who waited there',
      [{ kind: 'crash', atMs: 10, instance: 0, afterMs: 30 }],
      { instance_lost: 2, cancelled_in_queue: 2 },
    ],
    [
      'a cut outage breaks off what is there, and what comes',
      [{ kind: 'outage', atMs: 60, modelId: 'm', lastsMs: 1_000, fate: 'cut' }],
      { upstream_cut: 4 },
    ],
    [
      'a jump of the clock ends waits that are over by it',
      [{ kind: 'clock', atMs: 10, byMs: 60_000 }],
      { completed: 2, expired_in_queue: 2 },
    ],
    ['a clock that jumps back loses nobody', [{ kind: 'clock', atMs: 10, byMs: -60_000 }], { completed: 4 }],
    ['a drain turns away who waits', [{ kind: 'drain', atMs: 10 }], { completed: 2, rejected_draining: 2 }],
    [
      'others on both slots let nobody in',
      [{ kind: 'report', atMs: 0, modelId: 'm', external: 2 }],
      { expired_in_queue: 4 },
    ],
  ])('in time: %s', (_, timed, outcomes) => {
    expect(outcomesOf([0, 0, 1, 1], { timed }).outcomes).toEqual(outcomes)
  })

  it('is the same whatever router is asked', () => {
    const scenario: Scenario = {
      ...equalReplicas({ durationMs: 60_000 }),
      faults: { answers: { refused: 0.1 }, clients: { leavesBeforeSubmit: 0.1 } },
    }
    const of = (policy: 'bid' | 'random') =>
      simulate({ ...scenario, router: { policy } }, { seed: 4 }).overall
    expect(of('bid').outcomes.refused_by_model).toBeGreaterThan(0)
    expect(of('bid').outcomes.refused_by_model).toBe(of('random').outcomes.refused_by_model)
    expect(of('bid').leftBeforeSubmit).toBe(of('random').leftBeforeSubmit)
  })

  it.each<[Faults, string]>([
    [
      { clients: { leavesWaiting: 0.6, leavesStreaming: 0.6 } },
      'faults.clients must add up to 1 at most, got 1.2',
    ],
    [{ answers: { tooManyYet: 2 } }, 'faults.answers.too_many_yet must be a number 0..1, got 2'],
    [
      { timed: [{ kind: 'remove', atMs: 0, modelId: 'x' }] },
      'faults.timed[0].model_id must name a model, got "x"',
    ],
    [
      { timed: [{ kind: 'crash', atMs: 0, instance: 1, afterMs: 0 }] },
      'faults.timed[0].instance must be < 1, got 1',
    ],
    [{ perMinute: { crash: -1 } }, 'faults.per_minute.crash must be a finite number ≥ 0, got -1'],
  ])('is refused when it makes no sense: %j', (faults, message) => {
    expect(() => simulate(one([0], faults))).toThrow(message)
  })
})
