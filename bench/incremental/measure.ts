import { TransportationSolver, verifyAssignment, type TransportationProblem } from '@loadstar/core'
import { sourceOf } from './chance.js'
import { capacitiesFor, rowSource, type Family, type Regime, type RowSource } from './families.js'

export const EVENTS = ['arrive', 'leave', 'capacity +1', 'capacity -1', 'change'] as const
type EventKind = (typeof EVENTS)[number]

interface Setting {
  readonly rows: number
  readonly cols: number
  readonly family: Family
  readonly regime: Regime
}

interface Figures {
  readonly medianUs: number
  readonly p95Us: number
  readonly p99Us: number
  readonly maxUs: number
  readonly samples: number
}

/** One problem kept solved under a stream of events, each timed on its own. */
export class Subject {
  readonly #samples: Record<EventKind, number[]> = {
    arrive: [],
    leave: [],
    'capacity +1': [],
    'capacity -1': [],
    change: [],
  }
  readonly #solver: TransportationSolver
  readonly #source: RowSource
  readonly #next: () => number
  readonly #rows: number[]
  readonly #capacities: number[]
  /** Milliseconds of the cold solve and taking it over, once, not warmed up. */
  readonly coldMs: number

  constructor(
    readonly setting: Setting,
    seed: number,
  ) {
    const { rows, cols, family, regime } = setting
    this.#source = rowSource(family, cols, seed)
    this.#next = sourceOf(seed + 1)
    this.#rows = Array.from({ length: rows }, (_, row) => row)
    this.#capacities = capacitiesFor(regime, rows, cols, seed + 2)
    const scores = new Float64Array(rows * cols)
    for (const row of this.#rows) scores.set(this.#source.row(), row * cols)
    const problem: TransportationProblem = { rows, cols, scores, capacities: this.#capacities }
    const start = process.hrtime.bigint()
    this.#solver = new TransportationSolver(problem)
    this.coldMs = Number(process.hrtime.bigint() - start) / 1e6
  }

  /** One event of each kind, in an order that keeps the numbers of rows and seats as they were. */
  play(isTimed: boolean): void {
    const { cols } = this.setting
    const leaving = this.#rows.splice(Math.floor(this.#next() * this.#rows.length), 1)[0] as number
    const arriving = this.#source.row()
    const changing = this.#rows[Math.floor(this.#next() * this.#rows.length)] as number
    const changed = this.#source.row()
    const growing = Math.floor(this.#next() * cols)
    let shrinking = Math.floor(this.#next() * cols)
    while (this.#capacities[shrinking] === 0) shrinking = (shrinking + 1) % cols

    this.#time('leave', isTimed, () => this.#solver.removeRow(leaving))
    this.#time('arrive', isTimed, () => this.#rows.push(this.#solver.addRow(arriving)))
    this.#time('change', isTimed, () => this.#solver.setRow(changing, changed))
    this.#resize(growing, 1, 'capacity +1', isTimed)
    this.#resize(shrinking, -1, 'capacity -1', isTimed)
  }

  /** The gap by the independent checker, in millionths of a point. @throws when the placement is not feasible. */
  gap(): number {
    const { isFeasible, gap, violation } = verifyAssignment(this.#solver.problem(), this.#solver.solution())
    if (!isFeasible) throw new Error(violation ?? 'not feasible')
    return gap
  }

  figures(kind: EventKind): Figures {
    const sorted = [...this.#samples[kind]].sort((a, b) => a - b)
    const quantile = (q: number) => Math.round((sorted[Math.ceil(q * sorted.length) - 1] ?? NaN) / 10) / 100
    return {
      medianUs: quantile(0.5),
      p95Us: quantile(0.95),
      p99Us: quantile(0.99),
      maxUs: quantile(1),
      samples: sorted.length,
    }
  }

  #resize(col: number, by: 1 | -1, kind: EventKind, isTimed: boolean): void {
    const capacity = (this.#capacities[col] as number) + by
    this.#capacities[col] = capacity
    this.#time(kind, isTimed, () => this.#solver.setCapacity(col, capacity))
  }

  #time(kind: EventKind, isTimed: boolean, event: () => void): void {
    const start = process.hrtime.bigint()
    event()
    const took = Number(process.hrtime.bigint() - start)
    if (isTimed) this.#samples[kind].push(took)
  }
}
