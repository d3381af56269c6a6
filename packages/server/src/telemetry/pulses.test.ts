import { describe, expect, it } from 'vitest'
import { attempt, exchange } from './exchange-record.contract.js'
import { Meters } from './meters.js'
import { Pulses } from './pulses.js'

const START_MS = 1_800_000_000_000

function measured() {
  const time = { nowMs: START_MS }
  const meters = new Meters({
    clock: () => time.nowMs,
    isModel: () => true,
    isAgent: () => true,
    mostModels: 9,
    mostAgents: 9,
  })
  return { time, meters, pulses: new Pulses(meters, () => time.nowMs) }
}

describe('the pulse', () => {
  it('is the rate since the start while that is short, and of the last ten to twenty seconds later', () => {
    const { time, meters, pulses } = measured()
    const answered = exchange({ attempts: [attempt({ outputTokens: 30 })] })
    time.nowMs += 2_000
    for (let i = 0; i < 10; i++) meters.ended(answered)
    expect(pulses.model('m')).toMatchObject({ requestsPerSecond: 5, tokensPerSecond: 150 })
    time.nowMs = START_MS + 10_000
    meters.roll()
    time.nowMs += 5_000
    for (let i = 0; i < 5; i++) meters.ended(answered)
    expect(pulses.all().requestsPerSecond).toBe(1)
    for (let i = 0; i < 2; i++) {
      time.nowMs += 10_000
      meters.roll()
    }
    expect(pulses.all()).toMatchObject({ requestsPerSecond: 0, tokensPerSecond: 0 })
  })

  it('judges a model by its calls, everyone together by whole requests, of the last minute', () => {
    const { time, meters, pulses } = measured()
    const failed = attempt({ modelId: 'n', outcome: 'upstream_error' })
    meters.ended(exchange({ attempts: [failed, attempt()] }))
    expect(pulses.model('n')?.successRate).toBe(0)
    expect(pulses.model('m')?.successRate).toBe(1)
    expect(pulses.all().successRate).toBe(1)
    for (let i = 0; i < 8; i++) {
      time.nowMs += 10_000
      meters.roll()
    }
    expect(pulses.all().successRate).toBeNull()
    expect(pulses.model('unknown')).toBeUndefined()
  })

  it('has durations of the last minute, and is at most a second old', () => {
    const { time, meters, pulses } = measured()
    expect(pulses.model('m')).toBeUndefined()
    meters.ended(exchange({ totalMs: 100 }))
    expect(pulses.model('m')).toMatchObject({ avgMs: 100, p50Ms: 100, p99Ms: 100 })
    meters.ended(exchange({ totalMs: 300 }))
    expect(pulses.model('m')?.avgMs).toBe(100)
    time.nowMs += 1_000
    expect(pulses.model('m')?.avgMs).toBe(200)
    time.nowMs += 70_000
    meters.roll()
    time.nowMs += 70_000
    meters.roll()
    expect(pulses.model('m')?.p95Ms).toBeNull()
  })
})
