import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { greatestTotal, smallProblems } from './assignment-exhaustive.js'
import { verifyAssignment } from '../src/assignment/certificate.js'
import { Insertion } from '../src/assignment/insertion.js'
import { leastPrices } from '../src/assignment/prices.js'
import type { TransportationProblem } from '../src/assignment/transportation-problem.js'
import type { Kernel } from '../src/assignment/network/kernel.js'

const RUNS = { numRuns: 500 }
const wholeScores = fc.integer({ min: -20, max: 100 })
const tiedScores = fc.integer({ min: -1, max: 2 })
const realScores = fc.double({ min: -100, max: 100, noNaN: true })

/** Larger than exhaustive search can follow: every shape from many rows per column to more columns than rows. */
export const mediumProblems = (hasSeatCosts: boolean): fc.Arbitrary<TransportationProblem> =>
  fc
    .record({
      rows: fc.integer({ min: 1, max: 400 }),
      cols: fc.integer({ min: 1, max: 24 }),
      seats: fc.double({ min: 0.3, max: 2, noNaN: true }),
      levels: fc.constantFrom(2, 5, 1e8),
      seed: fc.nat(),
    })
    .map(({ rows, cols, seats, levels, seed }) => {
      const next = chance(seed)
      const capacities = Array.from({ length: cols }, () => Math.round((next() * 2 * rows * seats) / cols))
      const costs = capacities.map((count) =>
        Float64Array.from({ length: Math.min(rows, count) }, () => Math.floor((next() * levels) / 2)).sort(),
      )
      return {
        rows,
        cols,
        scores: Float64Array.from({ length: rows * cols }, () =>
          next() < 0.2 ? -Infinity : Math.floor((next() - 0.1) * levels),
        ),
        capacities,
        ...(hasSeatCosts ? { seatCosts: costs } : {}),
      }
    })

function chance(seed: number): () => number {
  let state = seed >>> 0
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
}

function insertedOneByOne(problem: TransportationProblem): Int32Array {
  const insertion = new Insertion(problem)
  for (let row = 0; row < problem.rows; row++) insertion.insert(row)
  return insertion.columnOfRow
}

export function describeKernel(name: string, kernel: Kernel): void {
  describe(name, () => {
    for (const hasSeatCosts of [false, true]) {
      const kind = hasSeatCosts ? 'with seat costs' : 'with free seats'

      it(`equals exhaustive search ${kind}, with a gap of exactly 0 on integers`, () => {
        for (const scores of [wholeScores, tiedScores]) {
          fc.assert(
            fc.property(smallProblems(scores, hasSeatCosts), (problem) => {
              expect(verifyAssignment(problem, kernel.solve(problem))).toMatchObject({
                isOptimal: true,
                primal: greatestTotal(problem),
                gap: 0,
              })
            }),
            RUNS,
          )
        }
      })

      it(`equals exhaustive search ${kind} on any floats, up to the rounding the certificate states`, () => {
        fc.assert(
          fc.property(smallProblems(realScores, hasSeatCosts), (problem) => {
            const { isOptimal, primal, bound } = verifyAssignment(problem, kernel.solve(problem))
            expect(isOptimal).toBe(true)
            expect(Math.abs(primal - greatestTotal(problem))).toBeLessThanOrEqual(bound)
          }),
          RUNS,
        )
      })

      it(`gives the total, the least prices and as many seats as inserting rows one by one, ${kind}`, () => {
        fc.assert(
          fc.property(mediumProblems(hasSeatCosts), (problem) => {
            const solution = kernel.solve(problem)
            const columnOfRow = insertedOneByOne(problem)
            const columnPrices = leastPrices(problem, columnOfRow)
            const { primal } = verifyAssignment(problem, { columnOfRow, columnPrices })
            expect(verifyAssignment(problem, solution)).toMatchObject({ primal, gap: 0, isOptimal: true })
            expect(solution.columnPrices).toEqual(columnPrices)
            const seated = (columns: Int32Array) => columns.filter((col) => col !== -1).length
            expect(seated(solution.columnOfRow)).toBe(seated(columnOfRow))
          }),
          { numRuns: 150 },
        )
      })
    }

    it('gives the same answer whatever it solved before', () => {
      fc.assert(
        fc.property(mediumProblems(false), mediumProblems(true), (problem, between) => {
          const first = kernel.solve(problem)
          kernel.solve(between)
          expect(kernel.solve(problem)).toEqual(first)
        }),
        { numRuns: 50 },
      )
    })
  })
}
