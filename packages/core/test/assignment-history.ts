import { TransportationSolver, type RowOptions } from '../src/assignment/transportation-solver.js'
import type { TransportationProblem } from '../src/assignment/transportation-problem.js'

/** What a random history of edits is made of. */
export interface HistoryShape {
  readonly rows: number
  readonly cols: number
  /** Greatest capacity. */
  readonly seats: number
  /** One score, given a source of chance in 0..1. */
  readonly score: (next: () => number) => number
  readonly hasSeatCosts?: boolean
  /** Greatest switching cost of a row; none when left out. */
  readonly switchingCost?: number
}

type EditKind = 'addRow' | 'removeRow' | 'setRow' | 'setCapacity' | 'addColumn' | 'removeColumn'

/** Rows and single seats come and go all the time, columns now and then. */
const KINDS: readonly EditKind[] = [
  ...Array.from({ length: 6 }, () => ['addRow', 'removeRow', 'setRow', 'setCapacity'] as const).flat(),
  'addColumn',
  'removeColumn',
]

/** A solver under random edits, the same for the same seed. Rows and columns stay around the numbers of the shape. */
export class History {
  readonly solver: TransportationSolver
  readonly #shape: HistoryShape
  readonly #next: () => number
  readonly #rows: number[]
  readonly #cols: number[]
  readonly #switchingCosts = new Map<number, number>()

  constructor(shape: HistoryShape, seed: number) {
    this.#shape = shape
    this.#next = sourceOf(seed)
    const { rows, cols } = shape
    this.#rows = Array.from({ length: rows }, (_, row) => row)
    this.#cols = Array.from({ length: cols }, (_, col) => col)
    const problem: TransportationProblem = {
      rows,
      cols,
      scores: Float64Array.from({ length: rows * cols }, () => this.#score()),
      capacities: this.#cols.map(() => this.#below(shape.seats + 1)),
      ...(shape.hasSeatCosts === true ? { seatCosts: this.#cols.map(() => this.#seatCosts()) } : {}),
    }
    this.solver = new TransportationSolver(problem, { switchingCost: this.#defaultSwitchingCost })
  }

  /** The numbers of the rows there are. */
  get rows(): readonly number[] {
    return this.#rows
  }

  switchingCostOf(row: number): number {
    return this.#switchingCosts.get(row) ?? this.#defaultSwitchingCost
  }

  /** Makes one random edit. @returns what it was; `none` when there was nothing to edit. */
  edit(): EditKind | 'none' {
    const { solver } = this
    const kind = this.#of(KINDS)
    switch (kind) {
      case 'addRow':
        if (this.#rows.length >= this.#shape.rows * 1.3 + 2) return 'none'
        this.#addRow()
        return kind
      case 'removeRow':
        if (this.#rows.length <= this.#shape.rows * 0.7) return 'none'
        solver.removeRow(this.#takeFrom(this.#rows))
        return kind
      case 'setRow':
        if (this.#rows.length === 0) return 'none'
        this.#setRow(this.#of(this.#rows))
        return kind
      case 'setCapacity':
        if (this.#cols.length === 0) return 'none'
        solver.setCapacity(this.#of(this.#cols), this.#below(this.#shape.seats + 1))
        return kind
      case 'addColumn': {
        if (this.#cols.length >= this.#shape.cols * 1.3 + 2) return 'none'
        const capacity = this.#below(this.#shape.seats + 1)
        const costs = this.#shape.hasSeatCosts === true ? this.#seatCosts() : undefined
        this.#cols.push(solver.addColumn(this.#scores(solver.rows), capacity, costs))
        return kind
      }
      case 'removeColumn':
        if (this.#cols.length <= this.#shape.cols * 0.7) return 'none'
        solver.removeColumn(this.#takeFrom(this.#cols))
        return kind
    }
  }

  #score(): number {
    return this.#shape.score(this.#next)
  }

  #scores(length: number): Float64Array {
    return Float64Array.from({ length }, () => this.#score())
  }

  #seatCosts(): Float64Array {
    return Float64Array.from({ length: this.#shape.seats }, () => Math.floor(this.#next() * 9) - 2).sort()
  }

  #addRow(): void {
    const { solver } = this
    const options = this.#rowOptions()
    const row = solver.addRow(this.#scores(solver.cols), options)
    this.#rows.push(row)
    this.#switchingCosts.set(row, options.switchingCost ?? this.#defaultSwitchingCost)
  }

  #setRow(row: number): void {
    const { solver } = this
    const options = this.#rowOptions()
    solver.setRow(row, this.#scores(solver.cols), options)
    if (options.switchingCost !== undefined) this.#switchingCosts.set(row, options.switchingCost)
  }

  get #defaultSwitchingCost(): number {
    return Math.ceil((this.#shape.switchingCost ?? 0) / 2)
  }

  #rowOptions(): RowOptions {
    const { switchingCost } = this.#shape
    return switchingCost === undefined || this.#next() < 0.3
      ? {}
      : { switchingCost: this.#below(switchingCost + 1) }
  }

  #below(limit: number): number {
    return Math.floor(this.#next() * limit)
  }

  #of<T>(list: readonly T[]): T {
    return list[this.#below(list.length)] as T
  }

  #takeFrom(list: number[]): number {
    return list.splice(this.#below(list.length), 1)[0] as number
  }
}

/** mulberry32: small, and the same on every engine. */
export function sourceOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
