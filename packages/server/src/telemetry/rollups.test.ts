import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { SeriesPoint } from '../api/metrics-view.js'
import { openStores, type Stores } from '../storage/stores.js'
import { exchange } from './exchange-record.contract.js'
import { Meters } from './meters.js'
import { Rollups } from './rollups.js'
import { readSeries } from './series.js'

const START_MS = Date.UTC(2026, 0, 2, 3)
const MINUTE_MS = 60_000

let stores: Stores
beforeEach(async () => {
  stores = await openStores('file::memory:')
})
afterEach(() => stores.close())

/** An instance whose time passes by ticks of ten seconds, as its timer would make them. */
function instanceAt(nowMs: number, name: string) {
  const time = { nowMs }
  const clock = () => time.nowMs
  const warnings: unknown[] = []
  const meters = new Meters({ clock, isModel: () => true, isAgent: () => true, mostModels: 9, mostAgents: 9 })
  const rollups = new Rollups({
    meters,
    store: stores.rollups,
    instance: name,
    retentionMs: 86_400_000,
    clock,
    log: { warn: (fields: unknown) => void warnings.push(fields) },
  })
  return {
    meters,
    rollups,
    warnings,
    passMs: async (ms: number): Promise<void> => {
      const endMs = time.nowMs + ms
      while (time.nowMs < endMs) {
        time.nowMs = Math.min(endMs, Math.floor(time.nowMs / 10_000) * 10_000 + 10_000)
        await rollups.tick()
      }
    },
  }
}

async function countsOf(stepMs: number, toMs: number): Promise<number[]> {
  const points = await readSeries(stores.rollups, {
    subject: { kind: 'model', id: 'm' },
    fromMs: START_MS,
    toMs,
    stepMs,
  })
  return points.map(({ measured }) => measured?.requests ?? 0)
}

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0)

describe('rollups', () => {
  it('tell the same number of requests at every step, whatever happened when', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 400_000 }), fc.integer({ min: 1, max: 5 })), {
          minLength: 1,
          maxLength: 8,
        }),
        async (bursts) => {
          await stores.close()
          stores = await openStores('file::memory:')
          const { meters, rollups, passMs } = instanceAt(START_MS, 'i')
          for (const [gapMs, times] of bursts) {
            await passMs(gapMs)
            for (let i = 0; i < times; i++) meters.ended(exchange({ totalMs: 10 * (i + 1) }))
          }
          await rollups.stop()
          const requests = sumOf(bursts.map(([, times]) => times))
          for (const stepMs of [10_000, 30_000, 300_000, 3_600_000]) {
            expect(sumOf(await countsOf(stepMs, START_MS + 3_600_000)), `${stepMs}`).toBe(requests)
          }
        },
      ),
      { numRuns: 15 },
    )
  })

  it('tell durations with their percentiles over each step', async () => {
    const { meters, passMs } = instanceAt(START_MS, 'i')
    for (const totalMs of [10, 20, 1_000]) meters.ended(exchange({ totalMs }))
    await passMs(MINUTE_MS)
    const query = { subject: { kind: 'all' } as const, fromMs: START_MS, toMs: START_MS + 30_000 }
    const points = await readSeries(stores.rollups, { ...query, stepMs: 10_000 })
    expect(points.map(({ measured }) => measured?.times.latency.count ?? null)).toEqual([3, null, null])
    const latency = (points[0] as SeriesPoint).measured?.times.latency
    expect(latency).toMatchObject({ min: 10, max: 1_000 })
    expect(Math.abs((latency?.p50 ?? 0) - 20)).toBeLessThanOrEqual(0.4)
  })

  it('join what an instance and the next one counted within the same interval', async () => {
    const first = instanceAt(START_MS, 'first')
    first.meters.ended(exchange({ totalMs: 10 }))
    await first.passMs(15_000)
    await first.rollups.stop()
    const second = instanceAt(START_MS + 18_000, 'second')
    second.meters.ended(exchange({ totalMs: 30 }))
    await second.rollups.stop()
    expect(await countsOf(300_000, START_MS + 300_000)).toEqual([2])
    const [point] = await readSeries(stores.rollups, {
      subject: { kind: 'all' },
      fromMs: START_MS,
      toMs: START_MS + 3_600_000,
      stepMs: 3_600_000,
    })
    expect(point?.measured?.times.latency).toMatchObject({ count: 2, min: 10, max: 30 })
  })

  it('hold all but the last ten seconds, and by five minutes all but the last minute, if nothing is stopped', async () => {
    const { meters, passMs } = instanceAt(START_MS, 'i')
    for (let second = 0; second < 150; second++) {
      meters.ended(exchange())
      await passMs(1_000)
    }
    meters.ended(exchange())
    expect(sumOf(await countsOf(10_000, START_MS + 300_000))).toBe(150)
    expect(sumOf(await countsOf(300_000, START_MS + 300_000))).toBe(120)
  })

  it('are forgotten when they are old: the finest after two hours, those of five minutes after a day', async () => {
    const { meters, passMs } = instanceAt(START_MS, 'i')
    meters.ended(exchange())
    await passMs(150 * MINUTE_MS)
    const end = START_MS + 86_400_000
    const stored = async (stepMs: number) =>
      stores.rollups.read({ stepMs, subject: 'all', fromMs: START_MS, toMs: end })
    expect(await stored(10_000)).toHaveLength(0)
    expect(await stored(300_000)).toHaveLength(1)
    await passMs(30 * 60 * MINUTE_MS)
    expect(await stored(300_000)).toHaveLength(0)
    expect(await stored(3_600_000)).toHaveLength(0)
  })

  it('that cannot be stored are told in the log, and the next are tried again', async () => {
    const { meters, warnings, passMs } = instanceAt(START_MS, 'i')
    await stores.close()
    meters.ended(exchange())
    await passMs(10_000)
    expect(warnings).toMatchObject([{ rollups: 3 }])
    stores = await openStores('file::memory:')
  })
})
