import { boundExchanges, cellsOf, extendReach, leastMember, scoreAt } from './exchanges.js'
import { findLeast, relaxBounds, relaxRow, type Int } from './lanes.js'
import { costOfSeat, floorPrice, NONE, type Network } from './network.js'

/** The step along an arc opens or gives up a seat; no row moves. */
export const SEAT: Int = -1
/** The row that would move is read off the exchanges when the node is settled. */
export const UNKNOWN: Int = -2

/** Columns give up only seats that are open; none at all; or, to find the least prices, their first as well. */
export const OPEN_SEATS: Int = 0
export const NO_SEATS: Int = 1
export const FIRST_SEATS: Int = 2

/**
 * Shortest paths over columns and outside by what exchanges lose at the prices.
 *
 * Arcs from one node to another: a member goes there. To outside also: the node opens a seat, for the cost of its
 * next seat less its price. From outside also: a column gives up a seat, for its price less the cost of its last.
 * Exchanges enter by their bounds and are worked out only when they are about to settle a node.
 */
export class Paths {
  private count: Int = 0
  private vacated: Int = OPEN_SEATS
  /** The least of the settled nodes' limits, and whose it is. */
  private limit: number = Infinity
  private limiting: Int = NONE
  private leastRise: number = 0

  constructor(private readonly net: Network) {}

  clear(vacated: Int): void {
    const net = this.net
    this.count = 0
    this.vacated = vacated
    this.limit = Infinity
    this.leastRise = 0
    for (let node: Int = 0; node <= net.cols; node++) {
      net.distance[node] = Infinity
      net.open[node] = Infinity
      net.via[node] = NONE
      net.mover[node] = SEAT
      this.leastRise = Math.min(this.leastRise, riseOf(net, node))
    }
  }

  source(node: Int): void {
    this.net.distance[node] = 0
    this.net.open[node] = 0
  }

  /** The nearest node not settled yet, of equals outside if it is in want of rows, else the lowest; `NONE` when no other can be reached. */
  next(): Int {
    const net = this.net
    while (true) {
      let node = findLeast(net.open, net.cols + 1)
      const length = node === NONE ? Infinity : (net.distance[node] as number)
      if (length > this.limit) {
        this.lookFurther()
        continue
      }
      if (node === NONE) return NONE
      if (this.endsOutside(node)) node = net.cols
      if ((net.mover[node] as Int) !== UNKNOWN) return node
      const from = net.via[node] as Int
      const cell: Int = cellsOf(net, from) + node
      const bound = net.bounds[cell] as number
      const row = leastMember(net, from, node)
      if ((net.bounds[cell] as number) <= bound) {
        net.mover[node] = row
        return node
      }
      this.reconsider(node)
    }
  }

  /** The nearest node not settled yet where nobody moves and bounds are what exchanges cost. */
  nextByBounds(): Int {
    return findLeast(this.net.open, this.net.cols + 1)
  }

  /** Whether a path may as well end outside: among many ties that spares looking at all the others. */
  private endsOutside(nearest: Int): boolean {
    const net = this.net
    return (
      this.vacated === OPEN_SEATS &&
      (net.excess[net.cols] as Int) < 0 &&
      (net.open[net.cols] as number) === (net.open[nearest] as number)
    )
  }

  settle(node: Int): void {
    const net = this.net
    net.open[node] = Infinity
    net.settled[this.count] = node
    this.count++
    if (node === net.cols) this.relaxOutside()
    else this.relaxColumn(node)
  }

  settledCount(): Int {
    return this.count
  }

  /** Whether one more unit can take the path to a node for nothing after others have taken theirs. */
  isOpen(end: Int): boolean {
    const net = this.net
    let node = end
    while ((net.via[node] as Int) !== NONE) {
      const from = net.via[node] as Int
      const row = net.mover[node] as Int
      if (row !== SEAT) {
        if ((net.columnOf[row] as Int) !== from && !this.replaceMover(from, node)) return false
      } else if ((node === net.cols ? this.openingStep(from) : this.vacatingStep(node)) !== 0) return false
      node = from
    }
    return (net.excess[node] as Int) > 0
  }

  /** Whether another row can make the exchange for nothing, as one with equal scores can; it is then the mover. */
  private replaceMover(from: Int, node: Int): boolean {
    const net = this.net
    const price = net.prices[from] as number
    let row = net.firstMember[from] as Int
    while (row !== NONE) {
      const worth = scoreAt(net, row, from) - price
      if (worth - (scoreAt(net, row, node) - (net.prices[node] as number)) === 0) {
        net.mover[node] = row
        return true
      }
      row = net.nextMember[row] as Int
    }
    return false
  }

  private relaxColumn(col: Int): void {
    const net = this.net
    const start = net.distance[col] as number
    const price = net.prices[col] as number
    if (net.isDirect) net.limit[col] = Infinity
    if (!net.isDirect) this.relaxCells(col, start)
    else {
      let row = net.firstMember[col] as Int
      while (row !== NONE) {
        const worth = scoreAt(net, row, col) - price
        const base = row * net.cols
        relaxRow(
          start,
          worth,
          net.scores,
          base,
          net.prices,
          net.distance,
          net.open,
          net.via,
          net.mover,
          col,
          row,
          net.cols,
        )
        this.offer(net.cols, start + Math.max(0, worth), col, row)
        row = net.nextMember[row] as Int
      }
    }
    this.offer(net.cols, start + this.openingStep(col), col, SEAT)
  }

  private relaxOutside(): void {
    const net = this.net
    const start = net.distance[net.cols] as number
    this.relaxCells(net.cols, start)
    for (let col: Int = 0; col < net.cols; col++) {
      this.offer(col, start + this.vacatingStep(col), net.cols, SEAT)
    }
  }

  /** Lists more members of the node that sets the limit, which may open ways that are longer than it. */
  private lookFurther(): void {
    const net = this.net
    const from = this.limiting
    const reached = this.limit
    extendReach(net, from)
    this.limit = Infinity
    for (let index: Int = 0; index < this.count; index++) {
      const node = net.settled[index] as Int
      if (node !== from) this.limitBy(node)
    }
    this.relaxCells(from, reached)
  }

  private limitBy(node: Int): void {
    const limit = this.net.limit[node] as number
    if (limit >= this.limit) return
    this.limit = limit
    this.limiting = node
  }

  /** @param least - no way is shorter: that of the node, or how far the search has come. */
  private relaxCells(from: Int, least: number): void {
    const net = this.net
    boundExchanges(net, from)
    const start = net.distance[from] as number
    net.limit[from] = start + (net.reach[from] as number) - (riseOf(net, from) - this.leastRise)
    this.limitBy(from)
    relaxBounds(
      start,
      least,
      net.prices[from] as number,
      net.bounds,
      cellsOf(net, from),
      net.prices,
      net.distance,
      net.open,
      net.via,
      net.mover,
      from,
      UNKNOWN,
      net.cols + 1,
    )
  }

  /** What a column's next seat loses; 0 when the price pays for it. */
  private openingStep(col: Int): number {
    const net = this.net
    return Math.max(0, costOfSeat(net, col, (net.opened[col] as Int) + 1) - (net.prices[col] as number))
  }

  private vacatingStep(col: Int): number {
    const net = this.net
    if (this.vacated === NO_SEATS) return Infinity
    if (this.vacated === OPEN_SEATS && (net.opened[col] as Int) === 0) return Infinity
    return Math.max(0, (net.prices[col] as number) - floorPrice(net, col))
  }

  private offer(node: Int, reached: number, from: Int, mover: Int): void {
    const net = this.net
    if (reached >= (net.distance[node] as number)) return
    net.distance[node] = reached
    net.open[node] = reached
    net.via[node] = from
    net.mover[node] = mover
  }

  /** The best way to a node over all settled ones, after the one thought best turned out longer. */
  private reconsider(node: Int): void {
    const net = this.net
    const outside = net.cols
    net.distance[node] = Infinity
    net.open[node] = Infinity
    for (let index: Int = 0; index < this.count; index++) {
      const from = net.settled[index] as Int
      const start = net.distance[from] as number
      if (from === outside) this.offer(node, start + this.vacatingStep(node), from, SEAT)
      else if (node === outside) this.offer(node, start + this.openingStep(from), from, SEAT)
      if (net.isDirect && from !== outside) this.reconsiderDirect(node, from)
      else {
        const step =
          (net.bounds[cellsOf(net, from) + node] as number) -
          (net.prices[from] as number) +
          (net.prices[node] as number)
        this.offer(node, start + Math.max(0, step), from, UNKNOWN)
      }
    }
  }

  private reconsiderDirect(node: Int, from: Int): void {
    const net = this.net
    const start = net.distance[from] as number
    let row = net.firstMember[from] as Int
    while (row !== NONE) {
      const worth = scoreAt(net, row, from) - (net.prices[from] as number)
      const step = worth - (scoreAt(net, row, node) - (net.prices[node] as number))
      this.offer(node, start + Math.max(0, step), from, row)
      row = net.nextMember[row] as Int
    }
  }
}

function riseOf(net: Network, node: Int): number {
  return (net.prices[node] as number) - (net.pricesAtStart[node] as number)
}
