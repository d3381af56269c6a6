import { LoadstarError } from '@loadstar/core'
import { describe, expect, it } from 'vitest'
import { RUN_CACHE } from '../api-fixture.contract.js'
import { RunCache } from './run-cache.js'
import type { Solver } from './solver.js'
import { answerOf, perform, type Solved, type SolveTask } from './task.js'

const facts = { dryRun: true, isCached: false, timestamp: 'then' }

function taskOf(models: number, options: Partial<SolveTask['input']> = {}): SolveTask {
  const input: SolveTask['input'] = {
    agents: ['a', 'b'].map((id) => ({
      id,
      name: id,
      type: 'inference',
      status: 'online',
      requiredCapabilities: ['coding'],
      preferredCapabilities: [],
    })),
    models: Array.from({ length: models }, (_, j) => ({
      id: `m${j}`,
      name: `m${j}`,
      capabilities: { coding: j / models },
      contextLength: 8192,
      maxConcurrent: 1,
      maxQueue: 4,
      targetUtilization: 0.8,
    })),
    strategy: 'optimal',
    loadBalancing: true,
    ...options,
  }
  return { input, wantsAnswer: true, wantsResult: true }
}

const textOf = (solved: Solved) => [...answerOf(solved, facts)].map(String).join('')

function setUp(options: Partial<typeof RUN_CACHE> = {}) {
  const state = { nowMs: 0, solves: 0 }
  const solver: Pick<Solver, 'solve'> = {
    solve: (task) => {
      state.solves++
      return Promise.resolve().then(() => perform(task))
    },
  }
  const cache = new RunCache({ solver, options: { ...RUN_CACHE, ...options }, clock: () => state.nowMs })
  return { cache, state, ask: (task: SolveTask) => cache.solve(task, { isCoarse: false }) }
}

/** Runs that end when they are told to. */
function setUpHeld() {
  const runs: { finish: () => void; signal: AbortSignal | undefined }[] = []
  const solver: Pick<Solver, 'solve'> = {
    solve: (task, signal) =>
      new Promise((resolve, reject) => {
        runs.push({ finish: () => resolve(perform(task)), signal })
        signal?.addEventListener('abort', () => reject(new Error('stopped')))
      }),
  }
  return { runs, cache: new RunCache({ solver, options: RUN_CACHE, clock: () => 0 }) }
}

describe('a kept run', () => {
  it('is found again with the same answer, byte by byte, until it is too old', async () => {
    const { cache, state, ask } = setUp()
    const first = await ask(taskOf(3))
    state.nowMs = 299_999
    const again = await ask(taskOf(3))
    expect([first.origin, again.origin]).toEqual(['miss', 'hit'])
    expect(again.madeMs).toBe(0)
    expect(again.solved.result).toEqual(first.solved.result)
    expect(textOf(again.solved)).toBe(textOf(first.solved))
    expect(JSON.parse(textOf(again.solved))).toMatchObject({ total_assignments: 2, timestamp: 'then' })
    state.nowMs = 300_000
    expect((await ask(taskOf(3))).origin).toBe('miss')
    expect(state.solves).toBe(2)
    expect(cache.counts()).toMatchObject({ hit: 1, shared: 0, miss: 2, entries: 1 })
  })

  it('makes room for others, and nothing is kept where it is turned off', async () => {
    const { cache, state, ask } = setUp({ maxBytes: 6_000 })
    for (const models of [2, 3, 4, 5, 2]) await ask(taskOf(models))
    expect(state.solves).toBe(5)
    expect(cache.counts().bytes).toBeLessThanOrEqual(6_000)
    const off = setUp({ ttlMs: 0 })
    expect((await off.ask(taskOf(2))).origin).toBe('miss')
    expect((await off.ask(taskOf(2))).origin).toBe('miss')
    expect(off.cache.counts()).toMatchObject({ entries: 0, bytes: 0 })
  })

  it('is never one that failed', async () => {
    const { cache, state, ask } = setUp()
    const bad = taskOf(2, { loadWeight: 7 })
    await expect(ask(bad)).rejects.toBeInstanceOf(LoadstarError)
    await expect(ask(bad)).rejects.toBeInstanceOf(LoadstarError)
    expect(state.solves).toBe(2)
    expect(cache.counts().entries).toBe(0)
  })

  it('is made anew for whoever wants it fresh, and that one is kept', async () => {
    const { cache, state, ask } = setUp()
    await ask(taskOf(2))
    state.nowMs = 1_000
    expect((await cache.solve(taskOf(2), { isCoarse: false, isFresh: true })).origin).toBe('miss')
    expect(await ask(taskOf(2))).toMatchObject({ origin: 'hit', madeMs: 1_000 })
  })

  it('without a result does not serve who wants one', async () => {
    const { ask } = setUp()
    await ask({ ...taskOf(2), wantsResult: false })
    expect((await ask(taskOf(2))).solved.result).not.toBeNull()
  })
})

describe('equal runs at once', () => {
  it('are made once', async () => {
    const { runs, cache } = setUpHeld()
    const asked = [1, 2, 3].map(() => cache.solve(taskOf(3), { isCoarse: true }))
    const other = cache.solve(taskOf(4), { isCoarse: true })
    expect(runs).toHaveLength(2)
    for (const { finish } of runs) finish()
    expect((await Promise.all(asked)).map(({ origin }) => origin)).toEqual(['miss', 'shared', 'shared'])
    expect((await other).origin).toBe('miss')
  })

  it('go on while anybody waits, and stop when the last has left', async () => {
    const { runs, cache } = setUpHeld()
    const leaving = [new AbortController(), new AbortController()]
    const asked = leaving.map(({ signal }) => cache.solve(taskOf(3), { isCoarse: true, signal }))
    leaving[0]?.abort()
    await expect(asked[0]).rejects.toMatchObject({ code: 'SOLVE_CANCELLED' })
    expect(runs[0]?.signal?.aborted).toBe(false)
    leaving[1]?.abort()
    await expect(asked[1]).rejects.toMatchObject({ code: 'SOLVE_CANCELLED' })
    expect(runs[0]?.signal?.aborted).toBe(true)
    const next = cache.solve(taskOf(3), { isCoarse: true })
    expect(runs).toHaveLength(2)
    runs[1]?.finish()
    expect((await next).origin).toBe('miss')
  })
})
