import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { closedUntilMs } from './closure.js'

const ms = fc.nat(1_000_000)

describe('closedUntilMs', () => {
  it('is what was asked for, never shorter than before, and never beyond the most from now', () => {
    fc.assert(
      fc.property(ms, fc.oneof(ms, fc.constant(Infinity)), ms, ms, (before, retryAfter, most, now) => {
        const until = closedUntilMs(before, retryAfter, most, now)
        expect(until).toBeGreaterThanOrEqual(before)
        expect(until).toBeLessThanOrEqual(Math.max(before, now + most))
        if (retryAfter <= most && now + retryAfter >= before) expect(until).toBe(now + retryAfter)
      }),
    )
  })
})
