import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { rateLimitsOf } from './rate-limits.js'

const openai = (reset: string) => ({
  'x-ratelimit-limit-requests': '60',
  'x-ratelimit-remaining-requests': '59',
  'x-ratelimit-reset-requests': reset,
})

afterEach(() => vi.useRealTimers())

describe('what a model says of its rate limits', () => {
  it.each([
    ['1s', 1_000],
    ['6m0s', 360_000],
    ['20ms', 20],
    ['1h0m0.5s', 3_600_500],
    ['7.66s', 7_660],
    ['0s', 0],
    ['30', 30_000],
  ])('%s is a duration', (reset, resetMs) => {
    const read = rateLimitsOf(openai(reset))
    expect(read).toEqual({
      requests: { limit: 60, remaining: 59, resetMs: expect.closeTo(resetMs) as number },
    })
  })

  it('is read of requests and of tokens, in each of the ways it is written', () => {
    vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00Z') })
    expect(
      rateLimitsOf({
        'anthropic-ratelimit-requests-limit': '50',
        'anthropic-ratelimit-requests-remaining': '49',
        'anthropic-ratelimit-requests-reset': '2026-01-01T01:00:00Z',
        'anthropic-ratelimit-tokens-limit': '40000',
        'anthropic-ratelimit-tokens-remaining': '39000',
        'anthropic-ratelimit-tokens-reset': '2020-01-01T00:00:00Z',
      }),
    ).toEqual({
      requests: { limit: 50, remaining: 49, resetMs: 3_600_000 },
      tokens: { limit: 40_000, remaining: 39_000, resetMs: 0 },
    })
    expect(
      rateLimitsOf({ 'ratelimit-limit': '10', 'ratelimit-remaining': '1', 'ratelimit-reset': '9' }),
    ).toEqual({ requests: { limit: 10, remaining: 1, resetMs: 9_000 } })
  })

  it('is ignored where a part is missing or cannot be read, and is never an error', () => {
    for (const bad of ['', '-1s', 'soon', '1w', '99d', 's', '1s later'])
      expect(rateLimitsOf(openai(bad))).toBeUndefined()
    expect(rateLimitsOf({})).toBeUndefined()
    expect(rateLimitsOf({ ...openai('1s'), 'x-ratelimit-limit-requests': '0' })).toBeUndefined()
    expect(rateLimitsOf({ 'x-ratelimit-limit-requests': '60' })).toBeUndefined()
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (limit, remaining, reset) => {
        const read = rateLimitsOf({
          'anthropic-ratelimit-requests-limit': limit,
          'anthropic-ratelimit-requests-remaining': remaining,
          'anthropic-ratelimit-requests-reset': reset,
        })
        expect(Object.values(read?.requests ?? {}).every((number) => number >= 0)).toBe(true)
      }),
    )
  })
})
