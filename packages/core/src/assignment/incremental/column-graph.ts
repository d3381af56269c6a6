import { ExchangeLists } from './exchange-lists.js'
import { OUTSIDE, type ScoreTable } from './score-table.js'
import { Seats } from './seats.js'
import { NOBODY, ShortestPath } from './shortest-path.js'

/**
 * An optimal placement with prices that prove it, repaired after each change by one shortest path.
 *
 * Nodes are the columns and the outside. Kept at all times (complementary slackness): a row sits where
 * `score − price` is greatest; a used seat costs at most its node's price, a free seat at least. A row too many goes
 * along a shortest path of exchanges to a free seat, and prices rise on the way; a seat that has become free draws rows
 * along a shortest path towards it, and prices fall.
 */
export class ColumnGraph {
  readonly lists: ExchangeLists
  readonly seats = new Seats()
  /** Rows moved by repairs since the caller emptied the list; the same row may be in it more than once. */
  readonly moved: number[] = []
  readonly #table: ScoreTable
  readonly #path: ShortestPath

  constructor(table: ScoreTable) {
    this.#table = table
    this.lists = new ExchangeLists(table)
    this.#path = new ShortestPath(this.lists, this.seats)
  }

  /** A node without seats; its scores must be in the table. O(rows). */
  addNode(node: number, seatCosts: Float64Array | undefined): void {
    this.seats.addNode(node, seatCosts, this.#table.stride)
    this.#path.grow(this.#table.stride)
    this.lists.rebuild()
    this.lists.relist(node)
  }

  /** Takes an optimal placement and prices that support it as they are, for a graph without rows and seats. */
  adopt(capacities: ArrayLike<number>, nodeOfRow: ArrayLike<number>, prices: ArrayLike<number>): void {
    const { seats } = this
    for (let row = 0; row < nodeOfRow.length; row++) {
      const node = nodeOfRow[row] as number
      this.lists.join(row, node)
      seats.used[node] = (seats.used[node] as number) + 1
    }
    for (let node = OUTSIDE + 1; node < this.#table.nodes; node++) {
      const price = prices[node - 1] as number
      const capacity = capacities[node - 1] as number
      seats.capacities[node] = capacity
      if (capacity > 0) seats.openUp(node)
      // A free seat holds the price down; this also takes off what rounding may have left on it.
      seats.prices[node] = seats.hasFree(node) ? Math.min(price, seats.nextCost(node)) : price
    }
  }

  /** Seats a row that sits nowhere. */
  insert(row: number): void {
    this.#findSeat(this.#path.startFrom(row, this.#table.values, row * this.#table.stride))
  }

  /** Takes a row out; the seat it leaves is filled where somebody gains by it. */
  remove(row: number): void {
    const node = this.lists.leave(row)
    this.seats.used[node] = (this.seats.used[node] as number) - 1
    if (node !== OUTSIDE) this.#fill(node)
  }

  /** @param write - puts the new scores in the table, told where the row sits. */
  rescore(row: number, write: (node: number) => void): void {
    const node = this.lists.leave(row)
    write(node)
    if (this.#isBestAt(row, node)) {
      this.lists.join(row, node)
      return
    }
    // Its own seat is still paid for, so it may go back along a path to there and spare a second search.
    const { seats } = this
    seats.used[node] = (seats.used[node] as number) - 1
    this.insert(row)
    if (node !== OUTSIDE && seats.hasFree(node)) this.#fill(node)
  }

  /** One path per row that has to leave or that gains a seat. */
  setCapacity(node: number, capacity: number): void {
    const { seats } = this
    const before = seats.capacities[node] as number
    if (before === 0 && capacity > 0) {
      seats.prices[node] = this.#priceNobodyPays(node)
      seats.openUp(node)
    }
    seats.capacities[node] = capacity
    while ((seats.used[node] as number) > capacity) {
      this.#findSeat(this.#path.startAt(node, Infinity))
      seats.used[node] = (seats.used[node] as number) - 1
    }
    while (seats.hasFree(node) && seats.nextCost(node) < (seats.prices[node] as number)) this.#fill(node)
    if (before > 0 && capacity === 0) seats.close(node)
  }

  /** Whether a row sits best at a node with the scores the table has, at prices as they are. */
  #isBestAt(row: number, node: number): boolean {
    const { prices, open } = this.seats
    const own = this.#table.at(row, node) - (prices[node] as number)
    return open.every((other) => this.#table.at(row, other) - (prices[other] as number) <= own)
  }

  /** The least price at which no row would rather be at a node and that a free seat may have. */
  #priceNobodyPays(node: number): number {
    const { prices, open } = this.seats
    return open.reduce(
      (price, from) => Math.max(price, (prices[from] as number) - this.lists.cost(from, node)),
      this.seats.nextCost(node),
    )
  }

  /** Ends a search along the arcs at the nearest free seat, counting what the seat costs over the price. */
  #findSeat(first: number): void {
    const { seats } = this
    const path = this.#path
    let end = OUTSIDE
    for (let node = first; node !== NOBODY; node = path.relax(node, 1)) {
      const distance = path.settle(node, 1)
      if (!seats.hasFree(node)) continue
      const length = distance + Math.max(0, seats.nextCost(node) - (seats.prices[node] as number))
      if (length >= path.limit) continue
      path.limit = length
      end = node
    }
    const isOpened = seats.nextCost(end) >= (seats.prices[end] as number)
    path.movePrices(path.limit, 1)
    if (isOpened) seats.prices[end] = seats.nextCost(end)
    seats.used[end] = (seats.used[end] as number) + 1
    this.#walkBack(end)
  }

  /** Moves every row on the path one step on, from the end back to the start. */
  #walkBack(end: number): void {
    const { mover, via } = this.#path
    for (let node = end; node !== NOBODY; node = via[node] as number) {
      const row = mover[node] as number
      // The start is a node with a row too many, which has moved on already.
      if (row === NOBODY) return
      if (via[node] !== NOBODY) this.lists.leave(row)
      this.lists.join(row, node)
      this.moved.push(row)
    }
  }

  /** Draws a row to a free seat, unless the seat is as well left empty. */
  #fill(start: number): void {
    const { seats } = this
    const path = this.#path
    const opening = (seats.prices[start] as number) - seats.nextCost(start)
    if (!(opening > 0)) return
    let end = start
    for (let node = path.startAt(start, opening); node !== NOBODY; node = path.relax(node, -1)) {
      const distance = path.settle(node, -1)
      if (node === start) continue
      const length = distance + Math.max(0, (seats.prices[node] as number) - seats.lastCost(node))
      if (length >= path.limit) continue
      path.limit = length
      end = node
    }
    path.movePrices(path.limit, -1)
    // The seat left empty at the end is as free as the one filled at the start was.
    seats.prices[end] = end === start ? seats.nextCost(end) : seats.lastCost(end)
    seats.used[end] = (seats.used[end] as number) - 1
    seats.used[start] = (seats.used[start] as number) + 1
    this.#walkOn(end, start)
  }

  /** Moves every row on the path one step on, from the end forward to the seat that was free. */
  #walkOn(end: number, start: number): void {
    const { mover, via } = this.#path
    for (let node = end; node !== start; node = via[node] as number) {
      const row = mover[node] as number
      this.lists.leave(row)
      this.lists.join(row, via[node] as number)
      this.moved.push(row)
    }
  }
}
