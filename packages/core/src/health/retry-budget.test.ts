import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RetryBudget } from './retry-budget.js'

describe('RetryBudget', () => {
  it('never grants more within its window than its share of the successes there and its least rate', () => {
    const event = fc.record({ gapMs: fc.nat(400), kind: fc.constantFrom('success', 'retry', 'retry') })
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 150 }),
        fc.constantFrom(0, 0.1, 0.2, 1),
        fc.constantFrom(0, 0.5, 3),
        (events, share, minPerSecond) => {
          const budget = new RetryBudget({ share, minPerSecond, windowMs: 2_000 })
          const successes: number[] = []
          const retries: number[] = []
          let now = 0
          for (const { gapMs, kind } of events) {
            now += gapMs
            const within = (times: number[], ms: number) => times.filter((at) => now - at < ms).length
            if (kind === 'success') {
              budget.succeeded(now)
              successes.push(now)
            } else if (budget.take(now)) {
              retries.push(now)
              const allowed = share * within(successes, 2_000) + minPerSecond * 2
              expect(within(retries, 1_800)).toBeLessThanOrEqual(allowed + 1e-9)
            } else {
              const allowed = share * within(successes, 1_800) + minPerSecond * 2
              expect(within(retries, 2_000) + 1).toBeGreaterThan(allowed - 1e-9)
            }
          }
        },
      ),
    )
  })

  it('grants a fifth of the successes and ten retries in ten seconds unless told otherwise', () => {
    const budget = new RetryBudget()
    for (let i = 0; i < 100; i++) budget.succeeded(i)
    expect(budget.left(100)).toBe(30)
    for (let i = 0; i < 30; i++) expect(budget.take(100)).toBe(true)
    expect(budget.take(100)).toBe(false)
    expect(budget.left(10_100)).toBe(10)
  })

  it.each([
    [{ share: 1.1 }, 'retries.share'],
    [{ share: NaN }, 'retries.share'],
    [{ minPerSecond: -1 }, 'retries.min_per_second'],
    [{ windowMs: 0 }, 'retries.window_ms'],
  ])('refuses %o naming %s', (options, field) => {
    expect(() => new RetryBudget(options)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID', field }))
  })
})
