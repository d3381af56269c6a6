import { describe, expect, it } from 'vitest'
import { History, sourceOf, type HistoryShape } from '../../test/assignment-history.js'
import { LoadstarError } from '../error.js'
import { verifyAssignment } from './certificate.js'
import { TransportationSolver } from './transportation-solver.js'
import { solveTransportation } from './transportation.js'

const whole = (next: () => number) => (next() < 0.15 ? -Infinity : Math.floor(next() * 1e8) - 1e7)
const tied = (next: () => number) => (next() < 0.2 ? -Infinity : Math.floor(next() * 4) - 1)
const real = (next: () => number) => (next() < 0.1 ? -Infinity : next() * 200 - 50)

const SHAPES: Readonly<Record<string, HistoryShape>> = {
  'a handful of rows and columns': { rows: 4, cols: 3, seats: 2, score: tied },
  'ties, rows about as many as seats': { rows: 40, cols: 6, seats: 12, score: tied },
  'fewer seats than rows': { rows: 60, cols: 6, seats: 8, score: whole },
  'more seats than rows': { rows: 60, cols: 5, seats: 40, score: whole },
  'more columns than rows, mostly of no or one seat': { rows: 10, cols: 30, seats: 1, score: whole },
  'columns of many members, more than are kept as candidates': {
    rows: 240,
    cols: 3,
    seats: 120,
    score: whole,
  },
  'many members and ties': { rows: 240, cols: 3, seats: 120, score: tied },
}

/** Plays one history and looks at it after every edit. */
function play(
  shape: HistoryShape,
  edits: number,
  look: (history: History, kind: string) => void,
  seeds = 6,
): void {
  for (let seed = 0; seed < seeds; seed++) {
    const history = new History(shape, seed)
    for (let edit = 0; edit < edits; edit++) {
      const kind = history.edit()
      look(history, `edit ${edit} (${kind}) of seed ${seed}`)
    }
  }
}

function expectProved({ solver }: History, where: string): void {
  const problem = solver.problem()
  const solution = solver.solution()
  expect(verifyAssignment(problem, solution), where).toMatchObject({
    isOptimal: true,
    gap: 0,
    bound: 0,
    primal: solution.total,
  })
  expect(solveTransportation(problem).total, where).toBe(solution.total)
  expect(solver.total).toBe(solution.total)
}

describe('TransportationSolver', () => {
  for (const [name, shape] of Object.entries(SHAPES)) {
    it(`is after every edit as good as a cold solve, with a gap of exactly 0: ${name}`, () => {
      play(shape, 250, expectProved)
    })
  }

  it('is so with seat costs', () => {
    const shape = { rows: 20, cols: 4, seats: 7, hasSeatCosts: true }
    play({ ...shape, score: tied }, 250, expectProved)
    play({ ...shape, score: (next) => Math.floor(next() * 20) - 4 }, 250, expectProved)
  })

  it('is still so late in a long history', () => {
    const history = new History(SHAPES['fewer seats than rows'] as HistoryShape, 77)
    for (let edit = 1; edit <= 20_000; edit++) {
      history.edit()
      if (edit % 500 === 0) expectProved(history, `edit ${edit}`)
    }
  })

  it('is on any floats as good as the certificate can tell', () => {
    const history = new History({ rows: 60, cols: 6, seats: 8, score: real }, 5)
    for (let edit = 1; edit <= 10_000; edit++) {
      history.edit()
      if (edit % 250 !== 0) continue
      const problem = history.solver.problem()
      const { isOptimal, bound } = verifyAssignment(problem, history.solver.solution())
      expect(isOptimal, `edit ${edit}`).toBe(true)
      expect(bound).toBeLessThan(1e-9)
    }
  })

  it('gives the same answers to the same edits, whether or not anybody looks in between', () => {
    for (const shape of Object.values(SHAPES)) {
      const watched = new History(shape, 3)
      const unwatched = new History(shape, 3)
      for (let edit = 0; edit < 200; edit++) {
        expect(watched.edit()).toBe(unwatched.edit())
        watched.solver.solution()
      }
      expect(watched.solver.solution()).toEqual(unwatched.solver.solution())
      expect(watched.solver.problem()).toEqual(unwatched.solver.problem())
    }
  })

  it('tells of each row the column that the solution tells', () => {
    play(SHAPES['fewer seats than rows'] as HistoryShape, 50, ({ solver, rows }) => {
      const { columnOfRow } = solver.solution()
      for (const row of rows) expect(solver.columnOf(row)).toBe(columnOfRow[row])
    })
  })

  it('starts where a cold solve ends', () => {
    const problem = {
      rows: 3,
      cols: 2,
      scores: Float64Array.of(9, 1, 8, 5, 7, -Infinity),
      capacities: [1, 1],
    }
    expect(new TransportationSolver(problem).solution()).toEqual(solveTransportation(problem))
    expect(new TransportationSolver(problem).problem()).toEqual(problem)
  })

  it('gives the numbers of removed rows and columns out again, so that storage is bounded by what was there at once', () => {
    const next = sourceOf(1)
    const solver = new TransportationSolver({ rows: 0, cols: 0, scores: new Float64Array(), capacities: [] })
    for (let col = 0; col < 3; col++) expect(solver.addColumn([], 5)).toBe(col)
    const rows: number[] = []
    for (let event = 0; event < 5_000; event++) {
      if (rows.length === 20 || (rows.length > 0 && next() < 0.5)) {
        solver.removeRow(rows.splice(Math.floor(next() * rows.length), 1)[0] as number)
      } else rows.push(solver.addRow(Float64Array.from({ length: 3 }, () => Math.floor(next() * 100))))
      if (event % 50 === 0) {
        solver.removeColumn(1)
        expect(solver.addColumn(new Float64Array(solver.rows).fill(50), 5)).toBe(1)
      }
    }
    expect(solver.rows).toBeLessThanOrEqual(20)
    expect(solver.cols).toBe(3)
    expect(verifyAssignment(solver.problem(), solver.solution())).toMatchObject({ isOptimal: true, gap: 0 })
  })

  it('does not keep or change what it was given', () => {
    const scores = Float64Array.of(5, 6)
    const solver = new TransportationSolver(
      { rows: 1, cols: 2, scores, capacities: [1, 1] },
      { switchingCost: 2 },
    )
    const row = Float64Array.of(7, 8)
    const added = solver.addRow(row)
    solver.setRow(0, row)
    expect([scores, row]).toEqual([Float64Array.of(5, 6), Float64Array.of(7, 8)])
    row.fill(0)
    expect(solver.total).toBe(15)
    expect([solver.columnOf(0), solver.columnOf(added)].sort()).toEqual([0, 1])
  })

  const good = { rows: 1, cols: 2, scores: Float64Array.of(1, 2), capacities: [1, 1] }
  it.each<[string, (solver: TransportationSolver) => unknown, string, string]>([
    ['a row of too few scores', (solver) => solver.addRow([1]), 'SCORES_INVALID', 'scores'],
    ['a score of NaN', (solver) => solver.addRow([1, NaN]), 'SCORES_INVALID', 'scores[1]'],
    [
      'a changed score of Infinity',
      (solver) => solver.setRow(0, [Infinity, 1]),
      'SCORES_INVALID',
      'scores[0]',
    ],
    ['a row there is not', (solver) => solver.setRow(1, [1, 2]), 'OPTION_INVALID', 'row'],
    ['removing a row there is not', (solver) => solver.removeRow(-1), 'OPTION_INVALID', 'row'],
    ['asking for a row there is not', (solver) => solver.columnOf(0.5), 'OPTION_INVALID', 'row'],
    ['a column there is not', (solver) => solver.setCapacity(2, 1), 'OPTION_INVALID', 'col'],
    ['removing a column there is not', (solver) => solver.removeColumn(2), 'OPTION_INVALID', 'col'],
    ['a negative capacity', (solver) => solver.setCapacity(0, -1), 'CAPACITY_INVALID', 'capacity'],
    ['a fractional capacity', (solver) => solver.addColumn([1], 0.5), 'CAPACITY_INVALID', 'capacity'],
    ['a column of too many scores', (solver) => solver.addColumn([1, 2], 1), 'SCORES_INVALID', 'scores'],
    [
      'seat costs that do not reach as far as the capacity',
      (solver) => solver.addColumn([1], 2, Float64Array.of(1)),
      'SCORES_INVALID',
      'seat_costs[2]',
    ],
    [
      'a negative switching cost',
      (solver) => solver.addRow([1, 2], { switchingCost: -1 }),
      'OPTION_INVALID',
      'switching_cost',
    ],
  ])('refuses %s by name and changes nothing', (_, edit, code, field) => {
    const solver = new TransportationSolver(good)
    let thrown: unknown
    try {
      edit(solver)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(LoadstarError)
    expect(thrown).toMatchObject({ code, field })
    expect(solver.problem()).toEqual(good)
    expect(solver.solution()).toEqual(solveTransportation(good))
  })

  it('refuses a removed row and a capacity beyond the seat costs', () => {
    const solver = new TransportationSolver({ ...good, seatCosts: [Float64Array.of(0), Float64Array.of(0)] })
    expect(() => solver.setCapacity(0, 2)).toThrow('seat_costs[0] must hold at least 2 numbers, got 1')
    solver.removeRow(0)
    expect(() => solver.removeRow(0)).toThrow('row must be a row there is, got 0')
  })
})

describe('TransportationSolver with switching costs', () => {
  it('maximises after every edit the total less the switching costs of all rows it moved', () => {
    for (const score of [tied, whole]) {
      const switchingCost = score === tied ? 3 : 4e7
      for (let seed = 0; seed < 8; seed++) {
        const history = new History({ rows: 25, cols: 5, seats: 6, score, switchingCost }, seed)
        const { solver } = history
        for (let edit = 0; edit < 250; edit++) {
          const before = new Map(history.rows.map((row) => [row, solver.columnOf(row)]))
          const where = `edit ${edit} (${history.edit()}) of seed ${seed}`
          const { rows, cols, scores, capacities } = solver.problem()
          let reached = solver.total
          for (const row of history.rows) {
            const cost = history.switchingCostOf(row)
            const [was, is] = [before.get(row) ?? -1, solver.columnOf(row)]
            if (is !== -1) scores[row * cols + is] = (scores[row * cols + is] as number) - cost
            if (was !== -1) scores[row * cols + was] = (scores[row * cols + was] as number) + cost
            if (was !== -1 && was === is) reached += cost
          }
          expect(solveTransportation({ rows, cols, scores, capacities }).total, where).toBe(reached)
        }
      }
    }
  })

  it('proves each placement the best for those who would pay to leave it', () => {
    const shape = { rows: 25, cols: 5, seats: 6, score: whole, switchingCost: 4e7 }
    play(shape, 100, ({ solver }, where) => {
      expect(verifyAssignment(solver.problem(), solver.solution()), where).toMatchObject({
        isOptimal: true,
        gap: 0,
      })
    })
  })

  it('keeps a column unless moving gains more than the cost, and pays once', () => {
    const problem = { rows: 1, cols: 2, scores: Float64Array.of(50, 40), capacities: [1, 1] }
    const solver = new TransportationSolver(problem, { switchingCost: 5 })
    expect(solver.columnOf(0)).toBe(0)
    solver.setRow(0, [50, 54])
    expect(solver.columnOf(0)).toBe(0)
    solver.setRow(0, [50, 56])
    expect([solver.columnOf(0), solver.total]).toEqual([1, 56])
    solver.setRow(0, [60, 56])
    expect([solver.columnOf(0), solver.total]).toEqual([1, 56])
    solver.setRow(0, [60, 56], { switchingCost: 0 })
    expect([solver.columnOf(0), solver.total]).toEqual([0, 60])
  })
})
