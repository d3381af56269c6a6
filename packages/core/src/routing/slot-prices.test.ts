import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { solveTransportation } from '../assignment/transportation.js'
import { seededRandom } from '../random.js'
import { type PriceProblem, reckonPrices } from './slot-prices.js'

const TIME_VALUE = 1

/** Requests that each may go to any model. */
function problemOf(
  net: readonly (readonly number[])[],
  seconds: number,
  slots: readonly number[],
): PriceProblem {
  const models = slots.map((_, m) => m)
  return {
    starts: Int32Array.from({ length: net.length + 1 }, (_, r) => r * models.length),
    models: Int32Array.from(net.flatMap(() => models)),
    net: Float64Array.from(net.flat()),
    seconds: new Float64Array(net.length * models.length).fill(seconds),
    slots: Float64Array.from(slots),
    spanSeconds: 10,
  }
}

/** What all requests together can be worth at most: by weak duality so for any prices ≥ 0. */
function dualBound(
  { starts, models, net, seconds, slots, spanSeconds }: PriceProblem,
  prices: Float64Array,
): number {
  let bound = 0
  for (let r = 0; r + 1 < starts.length; r++) {
    let best = 0
    for (let p = starts[r] ?? 0; p < (starts[r + 1] ?? 0); p++) {
      const perSecond = TIME_VALUE + (prices[models[p] ?? 0] ?? 0)
      best = Math.max(best, (net[p] ?? 0) - perSecond * (seconds[p] ?? 0))
    }
    bound += best
  }
  return bound + slots.reduce((sum, count, m) => sum + count * spanSeconds * (prices[m] ?? 0), 0)
}

function settled(problem: PriceProblem, target: number): Float64Array {
  const prices = new Float64Array(problem.slots.length)
  for (let i = 0; i < 60; i++) reckonPrices(problem, prices, TIME_VALUE, target)
  return prices
}

describe('slot prices', () => {
  it('stay at zero where every request finds room at the model it likes best', () => {
    const problem = problemOf(
      Array.from({ length: 20 }, (_, r) => (r % 2 ? [60, 50] : [50, 60])),
      1,
      [2, 2],
    )
    expect([...settled(problem, 1)]).toEqual([0, 0])
  })

  it('certify, within a hundredth, the best there is: that of the exact assignment', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = seededRandom(seed)
        const seconds = 1
        const slots = [2, 3, 6]
        const net = Array.from({ length: 100 }, () => slots.map(() => 40 + 60 * random()))
        const problem = problemOf(net, seconds, slots)
        // Each slot serves ten requests of a second in ten seconds.
        const best = solveTransportation({
          scores: Float64Array.from(net.flat(), (points) => points - TIME_VALUE * seconds),
          rows: 100,
          cols: 3,
          capacities: slots.map((count) => count * 10),
        }).total
        const bound = dualBound(problem, settled(problem, 1))
        expect(bound).toBeGreaterThanOrEqual(best - 1e-6)
        expect(bound).toBeLessThanOrEqual(1.01 * best)
      }),
      { numRuns: 50 },
    )
  })

  it('are finite and never negative, whatever came', () => {
    const any = fc.record({
      net: fc.array(
        fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 2, maxLength: 2 }),
        {
          minLength: 1,
          maxLength: 20,
        },
      ),
      slots: fc.array(fc.nat(5), { minLength: 2, maxLength: 2 }),
    })
    fc.assert(
      fc.property(any, ({ net, slots }) => {
        for (const price of settled(problemOf(net, 0.001, slots), 0.92)) {
          expect(price).toBeGreaterThanOrEqual(0)
          expect(price).toBeLessThan(Infinity)
        }
      }),
    )
  })
})
