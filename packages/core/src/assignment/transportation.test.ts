import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { greatestTotal, smallProblems } from '../../test/assignment-exhaustive.js'
import { LoadstarError } from '../error.js'
import { verifyAssignment } from './certificate.js'
import { solveTransportation } from './transportation.js'
import type { TransportationProblem } from './transportation-problem.js'

const RUNS = { numRuns: 400 }
const wholeScores = fc.integer({ min: -20, max: 100 })
const tiedScores = fc.integer({ min: -1, max: 2 })
const realScores = fc.double({ min: -100, max: 100, noNaN: true })

function randomProblem(rows: number, cols: number, seats: number, seed: number): TransportationProblem {
  let state = seed >>> 0
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
  const scores = Float64Array.from({ length: rows * cols }, () =>
    next() < 0.1 ? -Infinity : Math.floor(next() * 1e8),
  )
  return { rows, cols, scores, capacities: new Array<number>(cols).fill(Math.ceil(seats / cols)) }
}

describe('solveTransportation', () => {
  for (const hasSeatCosts of [false, true]) {
    const kind = hasSeatCosts ? 'with seat costs' : 'with free seats'
    it(`equals exhaustive search ${kind}, with a gap of exactly 0 on integers`, () => {
      for (const scores of [wholeScores, tiedScores]) {
        fc.assert(
          fc.property(smallProblems(scores, hasSeatCosts), (problem) => {
            const solution = solveTransportation(problem)
            expect(solution.total).toBe(greatestTotal(problem))
            expect(verifyAssignment(problem, solution)).toMatchObject({
              isFeasible: true,
              isOptimal: true,
              primal: solution.total,
              gap: 0,
              bound: 0,
            })
          }),
          RUNS,
        )
      }
    })

    it(`equals exhaustive search ${kind} on any floats, up to the rounding the certificate states`, () => {
      fc.assert(
        fc.property(smallProblems(realScores, hasSeatCosts), (problem) => {
          const solution = solveTransportation(problem)
          const { isOptimal, bound } = verifyAssignment(problem, solution)
          expect(isOptimal).toBe(true)
          expect(Math.abs(solution.total - greatestTotal(problem))).toBeLessThanOrEqual(bound)
          expect(bound).toBeLessThan(1e-10)
        }),
        RUNS,
      )
    })
  }

  it('prices rows and columns so that together they are worth the total', () => {
    fc.assert(
      fc.property(smallProblems(wholeScores, false), (problem) => {
        const { rowPrices, columnPrices, total } = solveTransportation(problem)
        let worth = 0
        for (const price of rowPrices) worth += price
        columnPrices.forEach((price, col) => {
          expect(price).toBeGreaterThanOrEqual(0)
          worth += price * Number(problem.capacities[col])
        })
        expect(worth).toBe(total)
      }),
      RUNS,
    )
  })

  it('prices a column at exactly what one more seat adds to the total', () => {
    fc.assert(
      fc.property(smallProblems(wholeScores, false), (problem) => {
        const { total, columnPrices } = solveTransportation(problem)
        columnPrices.forEach((price, col) => {
          const capacities = Array.from(problem.capacities, (seats, j) => (j === col ? seats + 1 : seats))
          expect(solveTransportation({ ...problem, capacities }).total - total).toBe(price)
        })
      }),
      RUNS,
    )
  })

  it('does not depend on the order of the rows for its total and its column prices', () => {
    fc.assert(
      fc.property(smallProblems(tiedScores, true), fc.integer(), (problem, seed) => {
        const { rows, cols, scores } = problem
        const order = Array.from({ length: rows }, (_, row) => row).sort(
          (a, b) => ((a * 7 + seed) % 5) - ((b * 7 + seed) % 5),
        )
        const shuffled = Float64Array.from(
          order.flatMap((row) => [...scores.slice(row * cols, (row + 1) * cols)]),
        )
        const one = solveTransportation(problem)
        const other = solveTransportation({ ...problem, scores: shuffled })
        expect(other.total).toBe(one.total)
        expect(other.columnPrices).toEqual(one.columnPrices)
      }),
      RUNS,
    )
  })

  it('has a gap of exactly 0 on integers at every shape: few seats, just enough, plenty, more columns than rows', () => {
    const shapes = [
      [300, 12, 200],
      [300, 12, 300],
      [300, 12, 500],
      [60, 60, 60],
      [20, 90, 90],
      [1000, 3, 800],
    ] as const
    shapes.forEach(([rows, cols, seats], seed) => {
      const problem = randomProblem(rows, cols, seats, seed)
      expect(verifyAssignment(problem, solveTransportation(problem))).toMatchObject({
        isOptimal: true,
        gap: 0,
      })
    })
  })

  it('finds the optimum of products, which sorting both sides gives', () => {
    const rows = 200
    const capacities = [30, 50, 20, 40, 60]
    const worth = [5, 9, 2, 7, 3]
    const scores = Float64Array.from({ length: rows * 5 }, (_, cell) => {
      const row = Math.floor(cell / 5)
      return ((row * 37) % 211) * (worth[cell % 5] ?? 0)
    })
    const people = Array.from({ length: rows }, (_, row) => (row * 37) % 211).sort((a, b) => b - a)
    const seats = capacities.flatMap((count, col) => new Array<number>(count).fill(worth[col] ?? 0))
    const expected = seats.sort((a, b) => b - a).reduce((sum, seat, i) => sum + seat * (people[i] ?? 0), 0)
    expect(solveTransportation({ rows, cols: 5, scores, capacities }).total).toBe(expected)
  })

  it('takes the lowest of equal columns, and a free seat before staying out', () => {
    const scores = new Float64Array(12)
    const { columnOfRow } = solveTransportation({ rows: 4, cols: 3, scores, capacities: [1, 2, 0] })
    expect([...columnOfRow]).toEqual([0, 1, 1, -1])
  })

  it('also takes a free seat before staying out where another row has to move for it', () => {
    const scores = Float64Array.of(5, 0, 5, -Infinity)
    const { columnOfRow, total } = solveTransportation({ rows: 2, cols: 2, scores, capacities: [1, 1] })
    expect([...columnOfRow]).toEqual([1, 0])
    expect(total).toBe(5)
  })

  it('leaves a row out rather than take a loss', () => {
    const scores = Float64Array.of(-1, 5)
    const { columnOfRow, total } = solveTransportation({ rows: 2, cols: 1, scores, capacities: [2] })
    expect([...columnOfRow]).toEqual([-1, 0])
    expect(total).toBe(5)
  })

  it('does not modify its input and gives the same answer again', () => {
    const problem = randomProblem(80, 7, 60, 5)
    const before = problem.scores.slice()
    const first = solveTransportation(problem)
    expect(problem.scores).toEqual(before)
    expect(solveTransportation(problem)).toEqual(first)
  })

  const good = { rows: 1, cols: 2, scores: Float64Array.of(1, 2), capacities: [1, 1] }
  it.each([
    ['NaN', { scores: Float64Array.of(1, NaN) }, 'SCORES_INVALID', 'scores[1]'],
    ['+Infinity', { scores: Float64Array.of(Infinity, 1) }, 'SCORES_INVALID', 'scores[0]'],
    ['too few scores', { scores: Float64Array.of(1) }, 'SCORES_INVALID', 'scores'],
    ['a fractional size', { rows: 0.5 }, 'SCORES_INVALID', 'rows'],
    ['a negative size', { cols: -1 }, 'SCORES_INVALID', 'cols'],
    ['too many capacities', { capacities: [1, 1, 1] }, 'CAPACITY_INVALID', 'capacities'],
    ['a negative capacity', { capacities: [1, -1] }, 'CAPACITY_INVALID', 'capacities[1]'],
    ['a fractional capacity', { capacities: [0.5, 1] }, 'CAPACITY_INVALID', 'capacities[0]'],
    ['a capacity of NaN', { capacities: [NaN, 1] }, 'CAPACITY_INVALID', 'capacities[0]'],
    [
      'falling seat costs',
      {
        rows: 2,
        scores: new Float64Array(4),
        capacities: [2, 0],
        seatCosts: [Float64Array.of(2, 1), Float64Array.of()],
      },
      'SCORES_INVALID',
      'seat_costs[0][1]',
    ],
    [
      'too few seat costs',
      { seatCosts: [Float64Array.of(1), Float64Array.of()] },
      'SCORES_INVALID',
      'seat_costs[1]',
    ],
    [
      'a seat cost of NaN',
      { seatCosts: [Float64Array.of(1), Float64Array.of(NaN)] },
      'SCORES_INVALID',
      'seat_costs[1][0]',
    ],
    ['a missing list of seat costs', { seatCosts: [Float64Array.of(1)] }, 'SCORES_INVALID', 'seat_costs'],
  ])('refuses %s by name', (_, change, code, field) => {
    let thrown: unknown
    try {
      solveTransportation({ ...good, ...change })
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(LoadstarError)
    expect(thrown).toMatchObject({ code, field })
  })
})
