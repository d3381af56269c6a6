import { ExchangeCosts } from './exchange.js'
import { seatCost, usableSeats, type TransportationProblem } from './transportation-problem.js'

const NOBODY = -1

/**
 * An optimal placement that takes in one row at a time and stays optimal.
 *
 * The graph has one node per column and one for "outside", not one per seat. Prices keep complementary slackness: a
 * row sits where `score − price` is greatest and not negative; a free seat costs at least its column's price, a used
 * seat at most. A new row goes along a shortest path of exchanges to a free seat or to the outside, then prices rise
 * by what each column on the way is nearer than the end.
 */
export class Insertion {
  /** -1 for rows that stay outside or have not been inserted. */
  readonly columnOfRow: Int32Array
  readonly #problem: TransportationProblem
  readonly #exchange: ExchangeCosts
  readonly #used: Int32Array
  readonly #prices: Float64Array
  /** Columns with any seat; the others can neither be reached nor exchanged with. */
  readonly #open: Int32Array
  readonly #outside: number
  readonly #distance: Float64Array
  /** The row that would move into a node, and the column it would leave (`NOBODY`: it is the new row). */
  readonly #mover: Int32Array
  readonly #origin: Int32Array
  readonly #isSettled: Uint8Array
  /** Length and last node of the shortest path found so far. */
  #length = 0
  #end = 0

  constructor(problem: TransportationProblem) {
    const { rows, cols, scores } = problem
    this.#problem = problem
    this.#outside = cols
    this.columnOfRow = new Int32Array(rows).fill(-1)
    this.#exchange = new ExchangeCosts(scores, rows, cols)
    this.#used = new Int32Array(cols)
    this.#open = Int32Array.from({ length: cols }, (_, col) => col).filter(
      (col) => usableSeats(problem, col) > 0,
    )
    this.#prices = new Float64Array(cols)
    for (const col of this.#open) this.#prices[col] = seatCost(problem, col, 0)
    this.#distance = new Float64Array(cols)
    this.#mover = new Int32Array(cols + 1)
    this.#origin = new Int32Array(cols + 1)
    this.#isSettled = new Uint8Array(cols)
  }

  /** To be called once per row. O(cols²), and O(members) per exchange cost whose giver has left. */
  insert(row: number): void {
    this.#begin(row)
    for (let col = this.#nearest(); col !== NOBODY; col = this.#nearest()) {
      this.#isSettled[col] = 1
      this.#tryFreeSeat(col)
      this.#relax(col)
    }
    this.#raisePrices()
    this.#walk()
  }

  #begin(row: number): void {
    const base = row * this.#problem.cols
    const { scores } = this.#problem
    let surplus = 0
    for (const col of this.#open) {
      surplus = Math.max(surplus, (scores[base + col] as number) - (this.#prices[col] as number))
    }
    for (const col of this.#open) {
      this.#distance[col] = surplus - ((scores[base + col] as number) - (this.#prices[col] as number))
      this.#isSettled[col] = 0
    }
    this.#mover.fill(row)
    this.#origin.fill(NOBODY)
    this.#length = surplus
    this.#end = this.#outside
  }

  /** The unsettled column to go on from; `NOBODY` when no path can get shorter. Ties go to the lowest. */
  #nearest(): number {
    let nearest = NOBODY
    let least = this.#length
    for (const col of this.#open) {
      if (this.#isSettled[col] === 1) continue
      const distance = this.#distance[col] as number
      // Where a seat costs as much as staying out the seat is better, so a tie with the outside is looked into.
      const isWorthwhile =
        nearest === NOBODY && this.#end === this.#outside ? distance <= least : distance < least
      if (!isWorthwhile) continue
      nearest = col
      least = distance
    }
    return nearest
  }

  #tryFreeSeat(col: number): void {
    const used = this.#used[col] as number
    if (used === usableSeats(this.#problem, col)) return
    const opening = seatCost(this.#problem, col, used) - (this.#prices[col] as number)
    const length = (this.#distance[col] as number) + Math.max(0, opening)
    if (length < this.#length || (length === this.#length && this.#end === this.#outside)) {
      this.#length = length
      this.#end = col
    }
  }

  #relax(from: number): void {
    const start = this.#distance[from] as number
    const price = this.#prices[from] as number
    for (const to of this.#open) {
      if (this.#isSettled[to] === 1) continue
      const rise = (this.#prices[to] as number) - price
      const known = this.#distance[to] as number
      const atLeast = start + Math.max(0, this.#exchange.bound(from, to) + rise)
      if (atLeast >= known || atLeast > this.#length) continue
      const distance = start + Math.max(0, this.#exchange.cost(from, to) + rise)
      if (distance < known) {
        this.#distance[to] = distance
        this.#reach(to, from)
      }
    }
    if (start + Math.max(0, this.#exchange.bound(from, this.#outside) - price) >= this.#length) return
    const length = start + Math.max(0, this.#exchange.cost(from, this.#outside) - price)
    if (length < this.#length) {
      this.#length = length
      this.#end = this.#outside
      this.#reach(this.#outside, from)
    }
  }

  #reach(to: number, from: number): void {
    this.#mover[to] = this.#exchange.giver(from, to)
    this.#origin[to] = from
  }

  #raisePrices(): void {
    for (const col of this.#open) {
      if (this.#isSettled[col] === 0) continue
      const rise = this.#length - (this.#distance[col] as number)
      if (rise > 0) this.#prices[col] = (this.#prices[col] as number) + rise
    }
    if (this.#end === this.#outside) return
    this.#prices[this.#end] = seatCost(this.#problem, this.#end, this.#used[this.#end] as number)
  }

  /** Moves every row on the path one step on, from the end back to the new row. */
  #walk(): void {
    if (this.#end !== this.#outside) this.#used[this.#end] = (this.#used[this.#end] as number) + 1
    for (let node = this.#end; node !== NOBODY; node = this.#origin[node] as number) {
      const row = this.#mover[node] as number
      const origin = this.#origin[node] as number
      if (origin !== NOBODY) this.#exchange.leave(row, origin)
      if (node !== this.#outside) this.#exchange.join(row, node)
      this.columnOfRow[row] = node === this.#outside ? -1 : node
    }
  }
}
