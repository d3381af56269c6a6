import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { greatestTotal, smallProblems } from '../../test/assignment-exhaustive.js'
import { verifyAssignment } from './certificate.js'
import { solveTransportation } from './transportation.js'

const sixOf = (numbers: fc.Arbitrary<number>) => fc.array(numbers, { minLength: 6, maxLength: 6 })
const problem = { rows: 2, cols: 2, scores: Float64Array.of(5, 1, 4, -Infinity), capacities: [1, 1] }

describe('verifyAssignment', () => {
  it('never calls a placement optimal that exhaustive search beats, whatever the prices', () => {
    const scores = fc.integer({ min: -5, max: 9 })
    fc.assert(
      fc.property(
        smallProblems(scores, true),
        sixOf(fc.integer({ min: -1, max: 5 })),
        sixOf(fc.integer({ min: -5, max: 9 })),
        fc.boolean(),
        (small, columns, prices, hasSolverPrices) => {
          const columnOfRow = columns.slice(0, small.rows).map((col) => Math.min(col, small.cols - 1))
          const columnPrices = hasSolverPrices
            ? solveTransportation(small).columnPrices
            : prices.slice(0, small.cols)
          const claim = verifyAssignment(small, { columnOfRow, columnPrices })
          const best = greatestTotal(small)
          expect(claim.dual).toBeGreaterThanOrEqual(best)
          if (hasSolverPrices) expect(claim.isOptimal).toBe(claim.isFeasible && claim.primal === best)
          else if (claim.isOptimal) expect(claim.primal).toBe(best)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('measures how far a placement is from what its prices prove', () => {
    expect(verifyAssignment(problem, { columnOfRow: [0, -1], columnPrices: [4, 0] })).toEqual({
      isFeasible: true,
      isOptimal: true,
      primal: 5,
      dual: 5,
      gap: 0,
      bound: 0,
      violation: null,
    })
    expect(verifyAssignment(problem, { columnOfRow: [-1, 0], columnPrices: [4, 0] })).toMatchObject({
      isFeasible: true,
      isOptimal: false,
      gap: 1,
    })
  })

  it.each([
    ['a forbidden pair', [0, 1], [4, 0], 'row 1 is forbidden in column 1'],
    ['more rows than seats', [0, 0], [4, 0], 'column 0 has 1 seats and is given more rows'],
    ['a column that is not there', [2, -1], [4, 0], 'column_of_row[0] must be a column or -1, got 2'],
    ['half a column', [0.5, -1], [4, 0], 'column_of_row[0] must be a column or -1, got 0.5'],
    ['a missing row', [0], [4, 0], 'column_of_row must hold 2 numbers, got 1'],
  ])('calls %s infeasible and says why', (_, columnOfRow, columnPrices, violation) => {
    const claim = verifyAssignment(problem, { columnOfRow, columnPrices })
    expect(claim).toMatchObject({ isFeasible: false, isOptimal: false, primal: NaN, violation })
  })

  it.each([
    ['a missing price', [4], 'column_prices must hold 2 numbers, got 1'],
    ['a price of NaN', [4, NaN], 'column_prices[1] must be finite, got NaN'],
    ['an infinite price', [Infinity, 0], 'column_prices[0] must be finite, got Infinity'],
  ])('proves nothing from %s', (_, columnPrices, violation) => {
    const claim = verifyAssignment(problem, { columnOfRow: [0, -1], columnPrices })
    expect(claim).toMatchObject({ isFeasible: true, isOptimal: false, dual: NaN, violation })
  })
})
