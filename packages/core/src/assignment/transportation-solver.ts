import { LoadstarError } from '../error.js'
import { ColumnGraph } from './incremental/column-graph.js'
import { Keeping } from './incremental/keeping.js'
import { OUTSIDE, ScoreTable } from './incremental/score-table.js'
import { Slots } from './incremental/slots.js'
import { leastPrices, rowPricesAt } from './prices.js'
import { Sum } from './sum.js'
import {
  checkCapacity,
  checkScore,
  checkSeatCostList,
  type TransportationProblem,
} from './transportation-problem.js'
import { solveTransportation, type TransportationSolution } from './transportation.js'

export interface RowOptions {
  /**
   * What a change of column costs the row, in the unit of the scores, ≥ 0: it keeps its column unless all rows together
   * gain more by its moving. Taking a first seat costs nothing, losing one costs as much as changing it.
   */
  readonly switchingCost?: number
}

/**
 * A transportation problem that stays solved while it is edited.
 *
 * Each edit changes one balance by one (a capacity by as many as it changes) and is repaired along one shortest path
 * from the prices at hand, never by solving anew; after it the placement is as good as a cold solve would find, and
 * `verifyAssignment(solver.problem(), solver.solution())` proves it. On integers all is exact. On other floats prices
 * gather the rounding of each edit, about one part in 10^15 of their size; solve anew after very long histories.
 *
 * Rows and columns are told apart by their number. Those of the first problem keep theirs, removed ones are given out
 * again, the last removed first. Where several placements are best, the one found depends on the history alone: the
 * same edits give the same answers on every engine.
 *
 * With switching costs each edit maximises `total − switching costs of all rows it moves`; see `RowOptions`.
 *
 * Memory O(rows · cols + cols²), twice that at most while storage grows by half; removed rows and columns are reused.
 * An edit costs O(cols²), typically far less, and O(members of a column) for an exchange whose best few givers left.
 * J. Edmonds and R. M. Karp, Theoretical improvements in algorithmic efficiency for network flow problems, 1972,
 * doi:10.1145/321694.321699
 */
export class TransportationSolver {
  readonly #table: ScoreTable
  readonly #graph: ColumnGraph
  readonly #keeping: Keeping
  readonly #rows = new Slots()
  readonly #cols = new Slots()
  readonly #switchingCost: number
  #hasSeatCosts: boolean

  /**
   * Solves the problem once, cold. Each list of seat costs must reach as far as its column's capacity, and says how
   * far the capacity can be raised.
   *
   * @param options - the switching cost of rows that are given none, default 0; the first solve pays none.
   * @throws {LoadstarError} as `solveTransportation`; `OPTION_INVALID` for the switching cost.
   */
  constructor(problem: TransportationProblem, options: RowOptions = {}) {
    this.#switchingCost = checkSwitchingCost(options.switchingCost ?? 0)
    const { rows, cols, scores, capacities, seatCosts } = problem
    const { columnOfRow, columnPrices } = solveTransportation(problem)
    seatCosts?.forEach((list, col) => checkSeatCostList(list, capacities[col] as number, col))
    this.#hasSeatCosts = seatCosts !== undefined
    this.#table = new ScoreTable(rows, cols + 1)
    this.#keeping = new Keeping(this.#table)
    this.#graph = new ColumnGraph(this.#table)
    for (let col = 0; col < cols; col++) {
      this.#table.growNodes()
      this.#graph.addNode(this.#cols.take() + 1, seatCosts?.[col]?.slice())
    }
    for (let row = 0; row < rows; row++) {
      this.#takeRow(this.#switchingCost)
      this.#write(row, scores.subarray(row * cols, (row + 1) * cols))
    }
    for (let row = 0; row < rows; row++) this.#keeping.anchor(row, (columnOfRow[row] as number) + 1)
    this.#graph.adopt(
      capacities,
      columnOfRow.map((col) => col + 1),
      columnPrices,
    )
  }

  /** Numbers that rows have or have had: all are below this. */
  get rows(): number {
    return this.#rows.size
  }

  /** Numbers that columns have or have had: all are below this. */
  get cols(): number {
    return this.#cols.size
  }

  /**
   * @param scores - one per column number, as in `TransportationProblem`; those of removed columns are not read.
   * @returns the number of the row, which may be that of a removed one.
   * @throws {LoadstarError} `SCORES_INVALID`, `OPTION_INVALID`; nothing has changed then, here and below.
   */
  addRow(scores: ArrayLike<number>, options: RowOptions = {}): number {
    this.#checkRowScores(scores)
    const cost = checkSwitchingCost(options.switchingCost ?? this.#switchingCost)
    const row = this.#takeRow(cost)
    this.#write(row, scores)
    this.#graph.insert(row)
    this.#finish()
    return row
  }

  /** @throws {LoadstarError} `OPTION_INVALID` when there is no such row. */
  removeRow(row: number): void {
    this.#checkRow(row)
    this.#graph.remove(row)
    this.#rows.release(row)
    this.#finish()
  }

  /**
   * Changes a row's scores; its switching cost holds from this very edit on, for the column it has.
   *
   * @param options - the row's switching cost from here on; as it was when left out.
   */
  setRow(row: number, scores: ArrayLike<number>, options: RowOptions = {}): void {
    this.#checkRow(row)
    this.#checkRowScores(scores)
    const cost = checkSwitchingCost(options.switchingCost ?? this.#keeping.cost(row))
    this.#graph.rescore(row, (node) => {
      this.#keeping.setCost(row, cost)
      this.#write(row, scores)
      this.#keeping.anchor(row, node)
    })
    this.#finish()
  }

  /**
   * One path per row that must leave or gains a seat.
   *
   * @throws {LoadstarError} `CAPACITY_INVALID`; `SCORES_INVALID` when the column's seat costs do not reach that far.
   */
  setCapacity(col: number, capacity: number): void {
    this.#checkColumn(col)
    checkCapacity(capacity, 'capacity')
    const costs = this.#graph.seats.costsOf(col + 1)
    if (costs !== undefined) checkSeatCostList(costs, capacity, col)
    this.#graph.setCapacity(col + 1, capacity)
    this.#finish()
  }

  /**
   * @param scores - one per row number; those of removed rows are not read.
   * @param seatCosts - of its seats, as in `TransportationProblem` and at least `capacity` of them; free when left out.
   * @returns the number of the column, which may be that of a removed one.
   *
   * O(rows), and one path per row that gains a seat.
   */
  addColumn(scores: ArrayLike<number>, capacity: number, seatCosts?: Float64Array): number {
    checkLength(scores, this.rows, 'rows')
    for (let row = 0; row < scores.length; row++)
      if (this.#rows.has(row)) checkScore(scores[row] as number, row)
    checkCapacity(capacity, 'capacity')
    if (seatCosts !== undefined) checkSeatCostList(seatCosts, capacity, this.cols)
    this.#hasSeatCosts ||= seatCosts !== undefined
    const next = this.cols
    const col = this.#cols.take()
    if (col === next) this.#table.growNodes()
    for (let row = 0; row < scores.length; row++) this.#table.set(row, col + 1, scores[row] as number)
    this.#graph.addNode(col + 1, seatCosts?.slice())
    this.#graph.setCapacity(col + 1, capacity)
    this.#finish()
    return col
  }

  /** Its rows go where they are worth most. One path per row it had. */
  removeColumn(col: number): void {
    this.#checkColumn(col)
    this.#graph.setCapacity(col + 1, 0)
    // Before the scores go: a row that left keeps its bonus there until the edit is done.
    this.#finish()
    for (let row = 0; row < this.rows; row++) this.#table.set(row, col + 1, -Infinity)
    this.#graph.addNode(col + 1, undefined)
    this.#cols.release(col)
  }

  /** -1 where the row stays out. @throws {LoadstarError} `OPTION_INVALID` when there is no such row. */
  columnOf(row: number): number {
    this.#checkRow(row)
    return this.#graph.lists.members.nodeOf(row) - 1
  }

  /** Scores of all pairs less the cost of all seats used, without bonus or switching cost. O(rows). */
  get total(): number {
    const sum = new Sum()
    for (let row = 0; row < this.rows; row++) {
      const node = this.#graph.lists.members.nodeOf(row)
      if (node > OUTSIDE) sum.add(this.#keeping.plainScore(row, node))
    }
    for (let node = 1; node <= this.cols; node++) {
      const costs = this.#graph.seats.costsOf(node)
      const used = this.#graph.seats.used[node] as number
      for (let seat = 0; costs !== undefined && seat < used; seat++) sum.add(-(costs[seat] as number))
    }
    return sum.value
  }

  /**
   * The problem as it stands, with a row for each row number and a column for each column number: removed rows are
   * forbidden everywhere, removed columns have no seat. Each row with a switching cost has it added to the score of the
   * column it sits in, for that is the problem whose optimum the placement is. A copy, O(rows · cols).
   */
  problem(): TransportationProblem {
    const { rows, cols } = this
    const { values, stride } = this.#table
    const scores = new Float64Array(rows * cols).fill(-Infinity)
    for (let row = 0; row < rows; row++) {
      if (!this.#rows.has(row)) continue
      scores.set(values.subarray(row * stride + 1, row * stride + 1 + cols), row * cols)
    }
    const capacities = Array.from(this.#graph.seats.capacities.subarray(1, cols + 1))
    const problem = { scores, rows, cols, capacities }
    if (!this.#hasSeatCosts) return problem
    const seatCosts = capacities.map((seats, col) => {
      const costs = this.#graph.seats.costsOf(col + 1)
      return costs?.slice() ?? new Float64Array(Math.min(seats, rows))
    })
    return { ...problem, seatCosts }
  }

  /**
   * The placement with the least prices that support it, laid out as `problem()`; `total` is without switching costs.
   * A copy, O(rows · cols + cols³) at worst, as the prices are worked out from the scores anew.
   */
  solution(): TransportationSolution {
    const problem = this.problem()
    const { members } = this.#graph.lists
    const columnOfRow = Int32Array.from({ length: this.rows }, (_, row) =>
      Math.max(-1, members.nodeOf(row) - 1),
    )
    const columnPrices = leastPrices(problem, columnOfRow)
    return { columnOfRow, total: this.total, rowPrices: rowPricesAt(problem, columnPrices), columnPrices }
  }

  #takeRow(switchingCost: number): number {
    const next = this.rows
    const row = this.#rows.take()
    if (row === next) this.#table.growRows()
    this.#keeping.setCost(row, switchingCost)
    return row
  }

  #write(row: number, scores: ArrayLike<number>): void {
    this.#table.set(row, OUTSIDE, 0)
    for (let col = 0; col < scores.length; col++) {
      this.#table.set(row, col + 1, this.#cols.has(col) ? (scores[col] as number) : -Infinity)
    }
  }

  /** Lets the bonus of every row that moved follow it; placement and prices stay optimal by that. */
  #finish(): void {
    const { lists, moved } = this.#graph
    for (const row of moved) {
      const node = lists.members.nodeOf(row)
      if (!this.#keeping.lags(row, node)) continue
      lists.leave(row)
      this.#keeping.anchor(row, node)
      lists.join(row, node)
    }
    moved.length = 0
  }

  #checkRow(row: number): void {
    if (!this.#rows.has(row)) throw new LoadstarError('OPTION_INVALID', 'row', 'must be a row there is', row)
  }

  #checkColumn(col: number): void {
    if (!this.#cols.has(col))
      throw new LoadstarError('OPTION_INVALID', 'col', 'must be a column there is', col)
  }

  #checkRowScores(scores: ArrayLike<number>): void {
    checkLength(scores, this.cols, 'cols')
    for (let col = 0; col < scores.length; col++)
      if (this.#cols.has(col)) checkScore(scores[col] as number, col)
  }
}

function checkLength(scores: ArrayLike<number>, length: number, field: 'rows' | 'cols'): void {
  if (scores.length === length) return
  throw new LoadstarError('SCORES_INVALID', 'scores', `must hold ${field} = ${length} numbers`, scores.length)
}

function checkSwitchingCost(cost: number): number {
  if (Number.isFinite(cost) && cost >= 0) return cost
  throw new LoadstarError('OPTION_INVALID', 'switching_cost', 'must be a finite number ≥ 0', cost)
}
