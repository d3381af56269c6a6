import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HedgeBudget } from './hedge-budget.js'

describe('HedgeBudget', () => {
  it('never grants more than its share of the requests so far, nor more at once than it keeps', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('request', 'hedge'), { maxLength: 500, size: 'max' }),
        fc.constantFrom(0, 0.02, 0.1, 0.3, 1),
        fc.nat(5),
        (events, share, most) => {
          const budget = new HedgeBudget({ share, most })
          let requests = 0
          let hedges = 0
          let row = 0
          for (const event of events) {
            const granted = event === 'hedge' && budget.take()
            if (event === 'request') budget.requested()
            if (event === 'request') requests++
            if (granted) hedges++
            row = granted ? row + 1 : 0
            expect(hedges).toBeLessThanOrEqual(share * requests + 1e-6)
            expect(row).toBeLessThanOrEqual(most)
          }
        },
      ),
    )
  })

  it('grants exactly two in a hundred when asked at every request', () => {
    const budget = new HedgeBudget()
    let hedges = 0
    for (let i = 0; i < 10_000; i++) {
      budget.requested()
      if (budget.take()) hedges++
    }
    expect(hedges).toBe(200)
  })

  it.each([
    [{ share: -0.1 }, 'hedging.share'],
    [{ most: Infinity }, 'hedging.most'],
  ])('refuses %o naming %s', (options, field) => {
    expect(() => new HedgeBudget(options)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID', field }))
  })
})
