import type { ExchangeLists } from './exchange-lists.js'
import type { Seats } from './seats.js'

export const NOBODY = -1

/** Along the arcs, as a row too many looks for a seat, or against them, as a free seat looks for a row. */
type Direction = 1 | -1

/**
 * Shortest paths of exchanges between open nodes, costs reduced by prices and so never negative.
 *
 * Lists of candidates may hold only a bound for an arc; the true cost is worked out when the bound would make a path
 * shorter. The caller says how long a path is worth looking for.
 */
export class ShortestPath {
  /** The row that would move along the arc by which a settled node was reached, and that arc's other node. */
  mover = new Int32Array(1)
  via = new Int32Array(1)
  distance = new Float64Array(1)
  /** Paths of this length and beyond are not looked for. */
  limit = 0
  readonly #lists: ExchangeLists
  readonly #seats: Seats
  #isSettled = new Uint8Array(1)
  /** Open nodes not yet settled, in their order. */
  #pending = new Int32Array(1)
  #pendingCount = 0

  constructor(lists: ExchangeLists, seats: Seats) {
    this.#lists = lists
    this.#seats = seats
  }

  /** @param size - nodes to make room for. */
  grow(size: number): void {
    if (size <= this.distance.length) return
    this.distance = new Float64Array(size)
    this.mover = new Int32Array(size)
    this.via = new Int32Array(size)
    this.#isSettled = new Uint8Array(size)
    this.#pending = new Int32Array(size)
  }

  /** Starts from one node. @returns the first node to settle. */
  startAt(start: number, limit: number): number {
    this.distance.fill(Infinity)
    this.distance[start] = 0
    this.mover[start] = NOBODY
    this.via[start] = NOBODY
    return this.#begin(limit)
  }

  /** Starts from a row that sits nowhere: each node is as far as it is worse than the best. */
  startFrom(row: number, scores: Float64Array, offset: number): number {
    const { prices, open } = this.#seats
    let greatest = 0
    for (const node of open) {
      greatest = Math.max(greatest, (scores[offset + node] as number) - (prices[node] as number))
    }
    for (const node of open) {
      this.distance[node] = greatest - ((scores[offset + node] as number) - (prices[node] as number))
      this.mover[node] = row
      this.via[node] = NOBODY
    }
    return this.#begin(Infinity)
  }

  /** Takes the shortest path to a node as found; who moves along its last arc is in `mover`. @returns its length. */
  settle(node: number, direction: Direction): number {
    this.#isSettled[node] = 1
    const via = this.via[node] as number
    if (via !== NOBODY) {
      this.mover[node] = direction === 1 ? this.#lists.giver(via, node) : this.#lists.giver(node, via)
    }
    return this.distance[node] as number
  }

  /**
   * Looks on from a settled node.
   *
   * @returns the node to settle next, the first of equals; `NOBODY` when no path is shorter than the limit.
   */
  relax(node: number, direction: Direction): number {
    const { distance: distances, limit, via } = this
    const start = distances[node] as number
    // Every other node is at least as far.
    if (start >= limit) return NOBODY
    const { prices } = this.#seats
    const { least, stride } = this.#lists
    const pending = this.#pending
    const count = this.#pendingCount
    const price = prices[node] as number
    const base = direction === 1 ? node * stride : node
    const step = direction === 1 ? 1 : stride
    let kept = 0
    let nearest = NOBODY
    let nearestDistance = limit
    for (let place = 0; place < count; place++) {
      const other = pending[place] as number
      if (other === node) continue
      pending[kept++] = other
      let distance = distances[other] as number
      if (distance > start) {
        const rise = direction * ((prices[other] as number) - price)
        const cell = base + other * step
        const cost = (least[cell] as number) + rise
        let reached = cost > 0 ? start + cost : start
        if (reached < distance && reached < limit) {
          if (this.#lists.isBound(cell)) {
            const from = direction === 1 ? node : other
            const trueCost = this.#lists.cost(from, node + other - from) + rise
            reached = start + Math.max(0, trueCost)
          }
          if (reached < distance) {
            distance = reached
            distances[other] = reached
            via[other] = node
          }
        }
      }
      if (distance < nearestDistance) {
        nearest = other
        nearestDistance = distance
      }
    }
    this.#pendingCount = kept
    return nearest
  }

  /** Moves the prices of what is nearer than the end by how much nearer it is: up along the arcs, down against them. */
  movePrices(length: number, direction: Direction): void {
    const { prices, open } = this.#seats
    for (const node of open) {
      if (this.#isSettled[node] === 0) continue
      const change = length - (this.distance[node] as number)
      if (change > 0) prices[node] = (prices[node] as number) + direction * change
    }
  }

  #begin(limit: number): number {
    const { open } = this.#seats
    this.limit = limit
    this.#isSettled.fill(0)
    this.#pending.set(open)
    this.#pendingCount = open.length
    let nearest = NOBODY
    let least = limit
    for (const node of open) {
      if (!((this.distance[node] as number) < least)) continue
      nearest = node
      least = this.distance[node] as number
    }
    return nearest
  }
}
