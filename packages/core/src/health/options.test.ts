import { describe, expect, it } from 'vitest'
import { type HealthOptions, resolveHealth } from './options.js'

describe('resolveHealth', () => {
  it.each<[HealthOptions, string]>([
    [{ breaker: { consecutiveFailures: -1 } }, 'health.breaker.consecutive_failures'],
    [{ breaker: { consecutiveFailures: 2.5 } }, 'health.breaker.consecutive_failures'],
    [{ breaker: { minSuccessRate: 1.01 } }, 'health.breaker.min_success_rate'],
    [{ breaker: { minResults: 0 } }, 'health.breaker.min_results'],
    [{ breaker: { windowMs: 0 } }, 'health.breaker.window_ms'],
    [{ breaker: { minOpenMs: 0 } }, 'health.breaker.min_open_ms'],
    [{ breaker: { maxOpenMs: 999 } }, 'health.breaker.max_open_ms'],
    [{ breaker: { maxOpenMs: Infinity } }, 'health.breaker.max_open_ms'],
    [{ breaker: { probes: 0 } }, 'health.breaker.probes'],
    [{ maxClosedMs: -1 }, 'health.max_closed_ms'],
    [{ penalty: { factor: NaN } }, 'health.penalty.factor'],
    [{ penalty: { minMs: -5 } }, 'health.penalty.min_ms'],
    [{ penalty: { halfLifeMs: 0 } }, 'health.penalty.half_life_ms'],
    [{ slowStart: { windowMs: -1 } }, 'health.slow_start.window_ms'],
    [{ slowStart: { minShare: 2 } }, 'health.slow_start.min_share'],
    [{ slowStart: { aggression: 0 } }, 'health.slow_start.aggression'],
    [{ panicShare: -0.5 }, 'health.panic_share'],
    [{ limits: { minSlots: 0 } }, 'limits.min_slots'],
  ])('refuses %o naming %s', (options, field) => {
    expect(() => resolveHealth(options)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID', field }))
  })

  it('leaves what was not named at its default', () => {
    const rules = resolveHealth({ breaker: { probes: 3 }, slowStart: { whenAdded: true } })
    expect(rules.breaker).toMatchObject({ probes: 3, consecutiveFailures: 5, backoff: { leastMs: 1_000 } })
    expect(rules.slowStart).toEqual({ windowMs: 30_000, minShare: 0.1, aggression: 1, whenAdded: true })
    expect(rules.limits.apply).toBe(false)
  })
})
