import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Rollup, RollupStore } from '../telemetry/rollup-store.js'

const START_MS = Date.UTC(2026, 0, 2, 3)

/** An interval of ten seconds, the `index`th. */
function rollup(index: number, fields: Partial<Rollup> = {}): Rollup {
  return {
    stepMs: 10_000,
    startMs: START_MS + index * 10_000,
    subject: 'model:m',
    instance: 'i',
    requests: 3,
    completed: 2,
    succeeded: 2,
    judged: 3,
    calls: 4,
    failures: 1,
    inputTokens: 3_000_000_000,
    outputTokens: 7,
    costUsd: 0.1234567890123,
    sketches: Uint8Array.from([0, 255, 10, 13, 0]),
    ...fields,
  }
}

/** What every store of rollups holds to. */
export function rollupStoreContract(
  open: () => Promise<{ readonly store: RollupStore; readonly close: () => Promise<void> }>,
): void {
  let store: RollupStore
  let close: () => Promise<void>
  beforeEach(async () => ({ store, close } = await open()))
  afterEach(() => close())

  const read = async (fields: Partial<Parameters<RollupStore['read']>[0]> = {}) => {
    const range = { stepMs: 10_000, subject: 'model:m', fromMs: START_MS, toMs: START_MS + 3_600_000 }
    const rows = await store.read({ ...range, ...fields })
    return rows.map((row) => ({ ...row, sketches: Uint8Array.from(row.sketches) }))
  }

  it('gives back rollups as they were put, by start', async () => {
    const rows = [rollup(2), rollup(0, { instance: 'j"\'; --' }), rollup(1)]
    await store.put(rows)
    expect(await read()).toEqual([rows[1], rows[2], rows[0]])
  })

  it('tells only what was asked for: step, subject and time, its end not included', async () => {
    await store.put([
      rollup(0),
      rollup(1, { subject: 'model:n' }),
      rollup(0, { stepMs: 300_000, requests: 9 }),
      rollup(5),
    ])
    expect(await read({ toMs: START_MS + 50_000 })).toEqual([rollup(0)])
    expect(await read({ fromMs: START_MS + 10_000 })).toEqual([rollup(5)])
    expect(await read({ stepMs: 300_000 })).toMatchObject([{ requests: 9 }])
  })

  it('replaces what an instance put before of the same interval, and keeps that of others', async () => {
    await store.put([rollup(0), rollup(0, { instance: 'other' })])
    await store.put([rollup(0, { requests: 8, sketches: Uint8Array.from([1]) })])
    expect((await read()).map(({ instance, requests }) => [instance, requests]).sort()).toEqual([
      ['i', 8],
      ['other', 3],
    ])
  })

  it('takes thousands at once', async () => {
    await store.put(Array.from({ length: 3_000 }, (_, i) => rollup(i, { sketches: new Uint8Array(100) })))
    expect(await read({ toMs: START_MS + 30_000_000 })).toHaveLength(3_000)
  })

  it('forgets what is older, of the step alone', async () => {
    await store.put([rollup(0), rollup(1), rollup(0, { stepMs: 300_000 })])
    await store.prune(10_000, START_MS + 10_000)
    expect(await read()).toEqual([rollup(1)])
    expect(await read({ stepMs: 300_000 })).toHaveLength(1)
  })
}
