import { scenarios, simulate, type Scenario } from '@loadstar/core'
import { describe, expect, it } from 'vitest'
import type { Recorded } from '../../history/trace.js'
import { performWhatIf } from './perform.js'
import { changed, SCENARIO_NAMES, type Changes, type Source, type WhatIf } from './what-if.js'

const NOTHING: Changes = { models: [] }
const nobody = () => undefined

function asked(source: Source, changes: Changes, more: Partial<WhatIf> = {}): WhatIf {
  return { source, changes, router: { policy: 'bid' }, seed: 1, ...more }
}

/** A request every 100 ms that took a second at the only model, which had two slots. */
const RECORDED: readonly Recorded[] = Array.from({ length: 400 }, (_, i) => ({
  at_ms: 1_000_000 + i * 100,
  asked_model: 'auto',
  agent_id: 'coder',
  task: null,
  priority: 'default',
  model_id: 'a',
  outcome: 'completed' as const,
  total_ms: 1_000,
  queue_ms: 0,
  service_ms: 400 + (i % 5) * 50,
  first_byte_ms: 100,
  input_tokens: 1_000,
  output_tokens: 100,
  considered: { policy: 'bid', explored: false, margin: null, models: [['a', 80, 0, 80, null]], omitted: 0 },
}))
const PRICED = {
  id: 'a',
  maxConcurrent: 6,
  maxQueue: 1_000,
  targetUtilization: 1,
  price: { inputUsdPerMTok: 1, outputUsdPerMTok: 10 },
}
const OF_RECORDS: Source = { kind: 'recorded', models: [PRICED] }

describe('a what-if', () => {
  it('that changes nothing finds both sides alike', () => {
    for (const source of [OF_RECORDS, { kind: 'scenario', name: 'hundred_at_once' }] as const) {
      const { before, after } = performWhatIf(asked(source, NOTHING), RECORDED, nobody)
      expect(after).toEqual(before)
      expect(before.overall.arrived).toBeGreaterThan(90)
    }
  })

  it('asks both sides the same, however many models there are: rates do not follow the changes', () => {
    const source: Source = { kind: 'scenario', name: 'equal_replicas', load: 0.1 }
    const models = [
      ...[2, 3, 4, 5, 6, 7].map((i) => ({ id: `replica-${i}`, isRemoved: true })),
      { id: 'replica-1', maxConcurrent: 1 },
    ]
    const { before, after } = performWhatIf(asked(source, { models }), [], nobody)
    expect(after.overall.arrived).toBe(before.overall.arrived)
    expect(after.models.map(({ id }) => id)).toEqual(['replica-0', 'replica-1'])
    expect(after.models.find(({ id }) => id === 'replica-1')?.greatestConcurrency).toBe(1)
    expect(after.overall.waitMs.mean ?? 0).toBeGreaterThan(10 * (before.overall.waitMs.mean ?? 0))
  })

  it('of a world that comes with the program is that world', () => {
    const source: Source = { kind: 'scenario', name: 'knee', load: 0.1 }
    const { before } = performWhatIf(asked(source, NOTHING, { seed: 3 }), [], nobody)
    const itself = simulate({ ...scenarios.knee(0.1), router: { policy: 'bid' } }, { seed: 3 })
    expect(before.overall.arrived).toBe(itself.overall.arrived)
    for (const { id, utilization } of before.models) {
      expect(utilization).toBeCloseTo(itself.models[id]?.utilization ?? 0, 1)
    }
  })

  it('on recorded requests tells waits, durations, utilization and cost of each model on both sides', () => {
    const shares: number[] = []
    const changes = { models: [{ id: 'a', maxConcurrent: 5 }] }
    const result = performWhatIf(asked(OF_RECORDS, changes), RECORDED, (share) => shares.push(share))
    const [before, after] = [result.before.models[0], result.after.models[0]]
    expect(result.leftOut).toBe(0)
    for (const side of [before, after]) {
      expect(side).toMatchObject({ requests: 400, completed: 400 })
      expect(side?.costUsd).toBeCloseTo((400 * (1_000 * 1 + 100 * 10)) / 1e6, 9)
    }
    expect(before?.maxConcurrent).toBe(6)
    expect(after).toMatchObject({ maxConcurrent: 5, greatestConcurrency: 5 })
    expect(after?.utilization).toBeGreaterThan(before?.utilization ?? 1)
    expect(after?.wait.avg).toBeGreaterThan(before?.wait.avg ?? Infinity)
    expect(after?.latency.p95).toBeGreaterThan(after?.latency.p50 ?? Infinity)
    expect(shares.length).toBeGreaterThan(20)
    expect(shares).toEqual([...shares].sort((a, b) => a - b))
    expect(shares.at(-1)).toBeLessThanOrEqual(1)
  })

  it('adds models that serve as others do, and turns away what nobody is left to serve', () => {
    const more = { models: [{ id: 'b', like: 'a', maxConcurrent: 1 }] }
    const { after } = performWhatIf(asked(OF_RECORDS, more), RECORDED, nobody)
    expect(after.models).toMatchObject([{ id: 'a' }, { id: 'b', maxConcurrent: 1, greatestConcurrency: 1 }])
    expect(after.models[1]?.requests).toBeGreaterThan(0)
    const other = {
      models: [
        { id: 'c', like: 'a' },
        { id: 'a', isRemoved: true },
      ],
    }
    expect(performWhatIf(asked(OF_RECORDS, other), RECORDED, nobody).after.models[0]).toMatchObject({
      id: 'c',
      completed: 400,
    })
    const alone = { ...RECORDED[0], considered: only('b'), model_id: 'b' } as Recorded
    const gone = { models: [{ id: 'b', isRemoved: true }] }
    const result = performWhatIf(asked(OF_RECORDS, gone), [...RECORDED, alone], nobody)
    expect(result.before.overall.outcomes.rejected_no_model).toBe(0)
    expect(result.after.overall.outcomes.rejected_no_model).toBe(1)
  })

  it.each([
    [{ models: [{ id: 'x', maxConcurrent: 1 }] }, 'changes.models[0].id', 'got "x"'],
    [{ models: [{ id: 'a', like: 'a' }] }, 'changes.models[0].id', 'must be new'],
    [{ models: [{ id: 'b', like: 'x' }] }, 'changes.models[0].like', 'got "x"'],
    [{ models: [{ id: 'a', isRemoved: true }] }, 'changes.models', 'must leave a model'],
  ])('that cannot be is refused before any work: %j', (changes, param, message) => {
    const run = () => performWhatIf(asked(OF_RECORDS, changes), RECORDED, nobody)
    expect(run).toThrow(message)
    expect(run).toThrow(expect.objectContaining({ param }) as Error)
  })

  it('on a window without requests says so', () => {
    const run = () => performWhatIf(asked(OF_RECORDS, NOTHING), [], nobody)
    expect(run).toThrow(expect.objectContaining({ code: 'no_requests', param: 'from' }) as Error)
  })

  it('takes every world by its name, and changes its policy alone where nothing else is asked', () => {
    for (const name of SCENARIO_NAMES) expect(name).toMatch(/^[a-z_]+$/)
    const world: Scenario = { ...scenarios.hundredAtOnce(), router: { policy: 'bid', maxWaitMs: 5 } }
    expect(changed(world, { policy: 'random', models: [] })).toEqual({
      ...world,
      router: { policy: 'random', maxWaitMs: 5 },
    })
  })
})

function only(id: string): NonNullable<Recorded['considered']> {
  return { policy: 'bid', explored: false, margin: null, models: [[id, 80, 0, 80, null]], omitted: 0 }
}
