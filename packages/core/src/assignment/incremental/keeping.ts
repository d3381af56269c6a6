import { OUTSIDE, type ScoreTable } from './score-table.js'

/**
 * Switching costs, held as a bonus in the score of the node where each row sat before the edit.
 *
 * Who moves loses the bonus, so the optimum with it is the optimum of scores less the cost of every move. The bonus
 * stays where it was until the edit is done and only then follows the row, or a row moved twice would pay twice.
 */
export class Keeping {
  readonly #table: ScoreTable
  readonly #costs: number[] = []
  /** Where the bonus is, and the score there without it: taking it off again would round. */
  readonly #anchors: number[] = []
  readonly #plain: number[] = []

  constructor(table: ScoreTable) {
    this.#table = table
  }

  cost(row: number): number {
    return this.#costs[row] ?? 0
  }

  setCost(row: number, cost: number): void {
    this.#costs[row] = cost
    this.#anchors[row] = OUTSIDE
  }

  /** Whether the bonus of a row is elsewhere than where the row sits. */
  lags(row: number, node: number): boolean {
    return this.cost(row) > 0 && this.#anchors[row] !== node
  }

  /** Moves the bonus; staying out has none, for it keeps no assignment. */
  anchor(row: number, node: number): void {
    const before = this.#anchors[row] ?? OUTSIDE
    if (before !== OUTSIDE) this.#table.set(row, before, this.#plain[row] as number)
    this.#anchors[row] = node
    if (node === OUTSIDE || this.cost(row) === 0) return
    const score = this.#table.at(row, node)
    this.#plain[row] = score
    this.#table.set(row, node, score + this.cost(row))
  }

  /** The score without the bonus. */
  plainScore(row: number, node: number): number {
    const hasBonus = node !== OUTSIDE && this.cost(row) > 0 && this.#anchors[row] === node
    return hasBonus ? (this.#plain[row] as number) : this.#table.at(row, node)
  }
}
