import { scoreAt } from './exchanges.js'
import { heapUp, meld, put, withoutRoot } from './heap.js'
import type { Best, Int } from './lanes.js'
import { ABSENT, costOfSeat, setPrice, type Network } from './network.js'
import { clearMembers, findBestFor, placeRow, roomiest } from './places.js'

/**
 * Sends rows from overfull columns to their second choice, the one that loses least first, and raises the price to
 * what the weakest of the remaining would pay: augmenting row reduction for columns with capacity.
 *
 * R. Jonker and A. Volgenant, A shortest augmenting path algorithm for dense and sparse linear assignment problems,
 * 1987, doi:10.1007/BF02278710. Prices and placement keep complementary slackness exactly; the work is bounded, and
 * whatever stays overfull is left to the repair.
 */
export class Bidding {
  private raise: number = 0
  private scans: Int = 0
  private idle: Int = 0
  private head: Int = 0
  private waiting: Int = 0

  constructor(
    private readonly net: Network,
    private readonly found: Best,
  ) {}

  /**
   * Relieves all overfull columns.
   *
   * @param scans - how often a bid may be worked out.
   */
  run(scans: Int): void {
    const net = this.net
    this.start(0, scans)
    for (let col: Int = 0; col < net.cols; col++) this.enqueue(col)
    this.relieveAll()
  }

  /**
   * Places all rows of the sample anew, one after the other, each once the one before has found its place: so every row meets the
   * prices that those before it have raised. Each raise is so much more than needed.
   */
  auction(raise: number, scans: Int): void {
    const net = this.net
    this.start(raise, scans)
    clearMembers(net)
    for (let node: Int = 0; node <= net.cols; node++) net.isHeap[node] = 1
    for (let index: Int = 0; index < net.rows; index++) {
      const row = net.order[index] as Int
      if (index >= net.sample) {
        net.columnOf[row] = ABSENT
        continue
      }
      const col = placeRow(net, this.found, row)
      if (this.scans <= 0) continue
      this.enqueue(col)
      this.relieveAll()
    }
  }

  /** How many bids were worked out of so many allowed. */
  scansOf(allowed: Int): Int {
    return allowed - this.scans
  }

  private start(raise: number, scans: Int): void {
    this.raise = raise
    this.scans = scans
    this.idle = 4 * this.net.cols + 64
    this.head = 0
    this.waiting = 0
  }

  private relieveAll(): void {
    const net = this.net
    while (this.waiting > 0 && this.scans > 0 && this.idle > 0) {
      const col = net.queue[this.head] as Int
      this.head = this.head === net.cols ? 0 : this.head + 1
      this.waiting--
      net.isQueued[col] = 0
      this.relieve(col)
    }
  }

  private enqueue(col: Int): void {
    const net = this.net
    if ((net.isQueued[col] as Int) !== 0 || (col === net.cols && !net.isOutsideScarce)) return
    const count = net.members[col] as Int
    if (count === 0 || costOfSeat(net, col, count) <= (net.prices[col] as number)) return
    net.isQueued[col] = 1
    const end: Int = this.head + this.waiting
    net.queue[end > net.cols ? end - net.cols - 1 : end] = col
    this.waiting++
  }

  private relieve(col: Int): void {
    const net = this.net
    if ((net.isHeap[col] as Int) === 0) heapUp(net, col)
    while ((net.members[col] as Int) > 0) {
      if (!this.refreshWeakest(col)) return
      const row = net.heap[col] as Int
      const bid = net.bid[row] as number
      const count = net.members[col] as Int
      const price = net.prices[col] as number
      if (costOfSeat(net, col, count) <= bid) {
        const raised = Math.min(bid, costOfSeat(net, col, count + 1))
        if (raised > price) {
          setPrice(net, col, raised)
          this.idle = 4 * net.cols + 64
        }
        return
      }
      if (bid + this.raise > price) {
        setPrice(net, col, bid + this.raise)
        this.idle = 4 * net.cols + 64
      } else if (--this.idle <= 0) return
      this.evict(row, col)
    }
  }

  /**
   * Works out the weakest member's bid until it is known exactly, with its second choice in `found`.
   * False when the work allowed is used up.
   */
  private refreshWeakest(col: Int): boolean {
    const net = this.net
    const found = this.found
    while (true) {
      if (this.scans <= 0) return false
      this.scans--
      const row = net.heap[col] as Int
      const price = net.prices[col] as number
      setPrice(net, col, Infinity)
      findBestFor(net, row, found)
      setPrice(net, col, price)
      const bid = scoreAt(net, row, col) - found.value
      if (bid <= (net.bid[row] as number)) {
        net.bid[row] = bid
        return true
      }
      net.bid[row] = bid
      const rest = withoutRoot(net, row)
      net.heap[col] = meld(net, rest, row)
      if (net.heap[col] === row) return true
    }
  }

  private evict(row: Int, col: Int): void {
    const net = this.net
    const found = this.found
    net.heap[col] = withoutRoot(net, row)
    net.members[col] = (net.members[col] as Int) - 1
    let to = found.col
    if (found.value === found.second) {
      const price = net.prices[col] as number
      setPrice(net, col, Infinity)
      to = roomiest(net, row, found.value)
      setPrice(net, col, price)
    }
    const back = scoreAt(net, row, col) - (net.prices[col] as number)
    put(net, row, to, scoreAt(net, row, to) - Math.max(found.second, back))
    this.enqueue(to)
  }
}
