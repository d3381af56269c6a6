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

/** So many rows per column that only those near to leaving are listed, with ties and forbidden pairs in plenty. */
const crowdedProblems = fc
  .record({
    rows: fc.integer({ min: 20, max: 400 }),
    cols: fc.integer({ min: 1, max: 8 }),
    seats: fc.double({ min: 0.3, max: 1.8, noNaN: true }),
    levels: fc.constantFrom(2, 5, 40, 1e8),
    forbidden: fc.constantFrom(0.1, 0.7),
    seed: fc.nat(),
  })
  .map(({ rows, cols, seats, levels, forbidden, seed }) => {
    const next = chance(seed)
    return {
      rows,
      cols,
      scores: Float64Array.from({ length: rows * cols }, () =>
        next() < forbidden ? -Infinity : Math.floor((next() - 0.1) * levels),
      ),
      capacities: Array.from({ length: cols }, () => Math.round((next() * 2 * rows * seats) / cols)),
    }
  })

/**
 * Many columns with few seats, exactly one per row in many: the shape that bids with scaling serve, as they do where
 * seats are short. Where columns are more than 110 they are so many for the rows that samples are no use.
 */
export const squareProblems: fc.Arbitrary<TransportationProblem> = fc
  .record({
    cols: fc.oneof(fc.integer({ min: 64, max: 110 }), fc.integer({ min: 120, max: 150 })),
    most: fc.integer({ min: 1, max: 3 }),
    missing: fc.constantFrom(0, 0, 0, 1, -1, 40, 90, -60),
    levels: fc.constantFrom(2, 5, 1e6),
    forbidden: fc.constantFrom(0, 0.2, 0.9),
    lowest: fc.constantFrom(0, 0, 0.3),
    isProduct: fc.boolean(),
    seed: fc.nat(),
  })
  .map(({ cols, most, missing, levels, forbidden, lowest, isProduct, seed }) => {
    const next = chance(seed)
    let seats = 0
    const capacities = Array.from({ length: cols }, () => {
      const given = Math.floor(next() * (most + 1))
      seats += given
      return given
    })
    const rows = Math.max(1, seats - missing)
    const factors = Float64Array.from({ length: rows + cols }, next)
    const scoreOf = (cell: number) =>
      isProduct
        ? (factors[Math.floor(cell / cols)] as number) * (factors[rows + (cell % cols)] as number)
        : next()
    const scores = Float64Array.from({ length: rows * cols }, (_, cell) =>
      next() < forbidden ? -Infinity : Math.floor((scoreOf(cell) - lowest) * levels),
    )
    return { rows, cols, scores, capacities }
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

    it('proves itself with a gap of exactly 0 where columns have many rows', () => {
      fc.assert(
        fc.property(crowdedProblems, (problem) => {
          expect(verifyAssignment(problem, kernel.solve(problem))).toMatchObject({ isOptimal: true, gap: 0 })
        }),
        { numRuns: 1_000 },
      )
    })

    it('gives the total and the least prices of inserting rows one by one where columns are many, with a gap of exactly 0', () => {
      fc.assert(
        fc.property(squareProblems, (problem) => {
          const solution = kernel.solve(problem)
          const columnOfRow = insertedOneByOne(problem)
          const columnPrices = leastPrices(problem, columnOfRow)
          const { primal } = verifyAssignment(problem, { columnOfRow, columnPrices })
          expect(verifyAssignment(problem, solution)).toMatchObject({ primal, gap: 0, isOptimal: true })
          expect(solution.columnPrices).toEqual(columnPrices)
        }),
        { numRuns: 100 },
      )
    })

    it('finds the best of any floats where columns are many, up to the rounding the certificate states', () => {
      fc.assert(
        fc.property(squareProblems, (problem) => {
          const scores = problem.scores.map((score) => score / 3)
          expect(verifyAssignment(problem, kernel.solve(problem)).isOptimal).toBe(true)
          expect(
            verifyAssignment({ ...problem, scores }, kernel.solve({ ...problem, scores })).isOptimal,
          ).toBe(true)
        }),
        { numRuns: 100 },
      )
    })

    it('serves numbers of any size where columns are many, after whatever it solved before', () => {
      const sizes = fc.constantFrom(0, -1, 2 ** -400, 2 ** -110, 2 ** -90, 2 ** 90, 2 ** 110, 2 ** 400)
      fc.assert(
        fc.property(squareProblems, squareProblems, sizes, (before, problem, size) => {
          const scores = problem.scores.map((score) => (score === -Infinity ? score : score * size))
          kernel.solve(before)
          const solution = kernel.solve({ ...problem, scores })
          expect(verifyAssignment({ ...problem, scores }, solution)).toMatchObject({
            gap: 0,
            isOptimal: true,
          })
        }),
        { numRuns: 60 },
      )
    })

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
