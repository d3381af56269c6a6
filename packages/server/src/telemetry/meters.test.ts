import fc from 'fast-check'
import { LEASE_OUTCOMES } from '@loadstar/core'
import { describe, expect, it } from 'vitest'
import { WINDOWS } from '../api/metrics-view.js'
import { REQUEST_OUTCOMES, type ExchangeRecord } from '../gateway/record.js'
import { Account } from './account.js'
import { amountIn, callsIn, failuresIn, outcomesIn, requestsIn } from './counter.js'
import { attempt, exchange } from './exchange-record.contract.js'
import { measuredOf } from './measured.js'
import { Meters } from './meters.js'
import type { Subject } from './subject.js'

const START_MS = Date.UTC(2026, 0, 2, 3, 4, 5)

function metersAt(options: Partial<ConstructorParameters<typeof Meters>[0]> = {}) {
  const time = { nowMs: START_MS }
  const meters = new Meters({
    clock: () => time.nowMs,
    isModel: () => true,
    isAgent: () => true,
    mostModels: 100,
    mostAgents: 100,
    ...options,
  })
  const read = (subject: Subject | undefined, windowMs: number = WINDOWS['5m'], isModel = false) => {
    const account = new Account()
    subject?.addRecent(windowMs, time.nowMs, account)
    return measuredOf('x', account, isModel)
  }
  return { meters, time, read }
}

const anyAttempt = fc.record({
  modelId: fc.constantFrom('m', 'n', 'o'),
  outcome: fc.constantFrom(...LEASE_OUTCOMES),
  serviceMs: fc.nat(5_000),
  outputTokens: fc.option(fc.nat(100), { nil: undefined }),
  costUsd: fc.option(fc.nat(9), { nil: undefined }),
})
const anyExchange: fc.Arbitrary<ExchangeRecord> = fc
  .record({
    outcome: fc.constantFrom(...REQUEST_OUTCOMES),
    agentId: fc.constantFrom('a', 'b', undefined),
    totalMs: fc.nat(9_000),
    attempts: fc.array(anyAttempt, { maxLength: 3 }),
  })
  .map(({ agentId, attempts, ...fields }) => {
    const plain = exchange()
    const asked = plain.asked && { ...plain.asked, agentId }
    return exchange({ ...fields, asked, attempts: attempts.map(attempt) })
  })

describe('the meters', () => {
  it('count every request once, under its outcome, and every call under its model', () => {
    fc.assert(
      fc.property(fc.array(anyExchange, { maxLength: 40 }), (records) => {
        const { meters, read } = metersAt()
        for (const record of records) meters.ended(record)
        const outcomes = outcomesIn(meters.all.counts)
        for (const outcome of REQUEST_OUTCOMES) {
          expect(outcomes[outcome]).toBe(records.filter((record) => record.outcome === outcome).length)
        }
        const calls = records.flatMap((record) => record.attempts)
        for (const id of ['m', 'n', 'o']) {
          const own = calls.filter(({ modelId }) => modelId === id)
          const counts = meters.model(id)?.counts ?? new Float64Array(100)
          expect(callsIn(counts)).toBe(own.length)
          expect(amountIn(counts, 'costUsd')).toBe(own.reduce((sum, { costUsd = 0 }) => sum + costUsd, 0))
        }
        for (const subjects of [[...meters.models()], [...meters.agents()]]) {
          for (const [one, together] of [
            [requestsIn, requestsIn(meters.all.counts)],
            [failuresIn, failuresIn(meters.all.counts)],
          ] as const) {
            expect(subjects.reduce((sum, { counts }) => sum + one(counts), 0)).toBe(together)
          }
        }
        const completed = records
          .filter(({ outcome }) => outcome === 'completed')
          .map(({ totalMs }) => totalMs)
        const { latency } = read(meters.all).times
        expect(latency.count).toBe(completed.length)
        expect(latency.max).toBe(completed.length === 0 ? null : Math.max(...completed))
      }),
    )
  })

  it('tell the times of a stream: first token, time between tokens, wait and overhead', () => {
    const { meters, read } = metersAt()
    const call = attempt({ serviceMs: 120, firstByteMs: 20, outputTokens: 11 })
    meters.ended(exchange({ queueMs: 7, overheadMs: 3, attempts: [call] }))
    const { times } = read(meters.model('m'), WINDOWS['1m'], true)
    expect(times.first_token.avg).toBe(20)
    expect(times.per_token.avg).toBe(10)
    expect(times.queue_wait.avg).toBe(7)
    expect(times.overhead.avg).toBe(3)
    expect(times.service.avg).toBe(120)
  })

  it('take no time to the first byte of a whole answer for one to a first token', () => {
    const { meters, read } = metersAt()
    const plain = exchange()
    meters.ended(exchange({ asked: plain.asked && { ...plain.asked, isStream: false } }))
    const { times } = read(meters.all)
    expect(times.first_token.count).toBe(0)
    expect(times.per_token.count).toBe(0)
    expect(times.service.count).toBe(1)
  })

  it('count a request for the model that was heard, whoever raced it', () => {
    const { meters } = metersAt()
    meters.ended(
      exchange({ attempts: [attempt({ modelId: 'm' }), attempt({ modelId: 'n', outcome: 'hedge_lost' })] }),
    )
    expect(requestsIn(meters.model('m')?.counts ?? new Float64Array())).toBe(1)
    expect(requestsIn(meters.model('n')?.counts ?? new Float64Array(100))).toBe(0)
  })

  it('call a further call after a failure a retry, and at another model a fallback; a race is neither', () => {
    const { meters } = metersAt()
    const failed = attempt({ outcome: 'upstream_error' })
    meters.ended(exchange({ attempts: [failed, failed, attempt({ modelId: 'n' })] }))
    meters.ended(exchange({ attempts: [attempt({ outcome: 'hedge_lost' }), attempt({ modelId: 'n' })] }))
    expect(amountIn(meters.all.counts, 'retries')).toBe(2)
    expect(amountIn(meters.all.counts, 'fallbacks')).toBe(1)
  })

  it('hold against nobody what clients left or got wrong', () => {
    const { meters, read } = metersAt()
    meters.ended(exchange())
    for (const outcome of ['client_gone', 'refused_by_model'] as const) {
      meters.ended(exchange({ outcome, attempts: [attempt({ outcome })] }))
    }
    meters.ended(exchange({ outcome: 'refused_at_door', asked: undefined, attempts: [] }))
    expect(read(meters.all).successRate).toBe(1)
    expect(read(meters.model('m'), WINDOWS['5m'], true).successRate).toBe(1)
    meters.ended(exchange({ outcome: 'expired_in_queue', attempts: [] }))
    meters.ended(exchange({ outcome: 'upstream_cut', attempts: [attempt({ outcome: 'upstream_cut' })] }))
    expect(read(meters.all).successRate).toBeCloseTo(1 / 3)
    expect(read(meters.model('m'), WINDOWS['5m'], true).successRate).toBe(0.5)
  })

  it('measure the first agents by their own, all others and whoever is not known as one', () => {
    const { meters } = metersAt({ mostAgents: 3, isModel: (id) => id === 'm' })
    const plain = exchange()
    for (let i = 0; i < 50; i++) {
      meters.ended(exchange({ asked: plain.asked && { ...plain.asked, agentId: `a${i}` } }))
    }
    meters.ended(exchange({ attempts: [attempt({ modelId: 'removed' })] }))
    expect([...meters.agents()].map(({ id }) => id)).toEqual(['a0', 'a1', 'a2', 'other'])
    expect([...meters.models()].map(({ id }) => id)).toEqual(['m', 'other'])
  })

  it('forget a minute ten seconds late at most, five minutes as well, an hour by five minutes', () => {
    fc.assert(
      fc.property(fc.nat(20_000), fc.nat(4_500_000), (before, later) => {
        const { meters, time, read } = metersAt()
        time.nowMs += before
        meters.roll()
        meters.ended(exchange())
        const end = time.nowMs + later
        // As the timer does.
        for (; time.nowMs < end; time.nowMs = Math.min(end, time.nowMs + 10_000)) tick(meters, time.nowMs)
        tick(meters, end)
        for (const [windowMs, grainMs] of [
          [WINDOWS['1m'], 10_000],
          [WINDOWS['5m'], 10_000],
          [WINDOWS['1h'], 300_000],
        ] as const) {
          const { requests, times } = read(meters.all, windowMs)
          if (later <= windowMs - grainMs) expect(requests, `${windowMs}`).toBe(1)
          if (later > windowMs) expect(requests, `${windowMs}`).toBe(0)
          expect(times.latency.count).toBe(requests)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('keep histograms since the start the same whether their values are closed or not', () => {
    const { meters, time } = metersAt()
    meters.ended(exchange({ totalMs: 15 }))
    meters.ended(exchange({ totalMs: 1e6 }))
    const before = meters.all.histogram(0)
    time.nowMs += 10_000
    expect(meters.roll()).toBe(true)
    const { bounds, counts, sum } = meters.all.histogram(0)
    expect({ counts, sum }).toEqual({ counts: before.counts, sum: 1_000_015 })
    expect(counts[bounds.findIndex((bound) => bound >= 15)]).toBe(1)
    expect(counts.at(-1)).toBe(1)
  })
})

function tick(meters: Meters, nowMs: number): void {
  meters.roll()
  meters.each((_kind, subject) => subject.advance(nowMs))
}
