import type { Bidding } from './bids.js'
import { scoreAt } from './exchanges.js'
import { greater, toInt, type Best, type Int } from './lanes.js'
import { costOfSeat, type Network } from './network.js'
import { findBestFor } from './places.js'

/** Each round of bids raises prices by this many times less than the one before, or by more when that had little to do. */
const STEP: number = 8
const LONG_STEP: number = 64
/** A round of fewer bids per row had little to do. */
const FEW_SCANS: Int = 2
/** Bids are worked out at most this often per row and round; what is left over is left to the repair. */
const SCANS_PER_ROW: Int = 64
/** Passes over all rows to turn prices that are nearly right into exact ones: at last, and to try whether they are. */
const MOST_PASSES: Int = 40
const TRIED_PASSES: Int = 12
/** A try is given up when a pass after so many lowers more than half as many prices as the one before. */
const SURE_PASSES: Int = 3
/** Raises below this share of the greatest score may be finer than what scores differ by. */
const FINE: number = 2 ** -17
/** Scores that are no multiples of any larger power of two count as multiples of this share of the greatest. */
const FINEST: number = 2 ** -40
/** Fewer levels of scores than its inverse are few. */
const FEW_LEVELS: number = 2 ** -7

/**
 * Prices and a placement to begin with where columns are many and there is at most one seat per row. There each price
 * hangs on all others, and exact bids would raise them in steps too small to count.
 *
 * Rounds of bids whose every raise is a little more than exact, the little shrinking from round to round: an auction
 * with ε-scaling, for columns of several seats. D. P. Bertsekas and D. A. Castañon, The auction algorithm for the
 * transportation problem, 1989, doi:10.1007/BF02216923. When the last raise is below the grid of the scores over the
 * rows, the placement is the best of those that leave no seat free; prices are then made exact, which may succeed
 * some rounds before. Nothing more is promised: whatever is not exactly right is left to bids and repair, which are exact from any prices.
 *
 * Scaling goes wrong where a seat may stay free or a row out, for prices once raised would never fall again. Hence
 * seats cost so much less than nothing that none stays free, and where they are short outside has just as many places
 * as rows are left over, with a price like any column's; all prices are then taken relative to that. It does not serve
 * where seats are left over: rows worth nothing would have to fill them, and as all are alike they outbid each other in
 * the smallest of steps. All raises are powers of two, so that prices stay as exact as the scores.
 */
export class Scaling {
  constructor(
    private readonly net: Network,
    private readonly found: Best,
    private readonly bidding: Bidding,
  ) {}

  run(): void {
    const net = this.net
    const cols = net.cols
    const greatest = greatestScore(net)
    if (greatest <= 0) return
    this.balance()
    const grid = gridOf(net, greatest, FINEST)
    const least = powerOfTwo(grid / (net.rows + 2))
    let raise = powerOfTwo(greatest / 4)
    net.freeSeat = -64 * raise
    for (let col: Int = 0; col < cols; col++) net.prices[col] = net.freeSeat
    if (net.isOutsideScarce) net.prices[cols] = net.freeSeat
    // With one seat per row prices are seldom nearly right before the last round.
    const fine: number = net.isOutsideScarce ? greatest * FINE : 0
    const allowed: Int = SCANS_PER_ROW * net.rows
    while (true) {
      this.bidding.auction(raise, allowed)
      if (raise <= least || (raise <= fine && this.tryPrices())) break
      const isShort = this.bidding.scansOf(allowed) < FEW_SCANS * net.rows
      raise = Math.max(least, raise / (isShort ? LONG_STEP : STEP))
    }
    this.settleWithin(MOST_PASSES)
    net.freeSeat = 0
    this.levelPrices()
    net.isOutsideScarce = false
  }

  /** Makes as many places as there are rows: outside has those that are short. */
  private balance(): void {
    const net = this.net
    let seats: number = 0
    for (let col: Int = 0; col < net.cols; col++) seats += net.capacity[col] as number
    net.isOutsideScarce = seats < net.rows
    net.capacity[net.cols] = greater(0, toInt(net.rows - seats))
  }

  /** Makes the price of outside 0, or else the least of all, which nobody notices who has a place. */
  private levelPrices(): void {
    const net = this.net
    let lowest: number = net.isOutsideScarce ? (net.prices[net.cols] as number) : Infinity
    net.prices[net.cols] = 0
    for (let col: Int = 0; col < net.cols && !net.isOutsideScarce; col++) {
      if ((net.capacity[col] as Int) > 0) lowest = Math.min(lowest, net.prices[col] as number)
    }
    for (let col: Int = 0; col < net.cols; col++) {
      net.prices[col] = (net.capacity[col] as Int) > 0 ? Math.max(0, (net.prices[col] as number) - lowest) : 0
    }
  }

  /** Whether prices can be made exact already; if not they are left as they were. */
  private tryPrices(): boolean {
    const net = this.net
    // No search is under way, so its distances serve as memory.
    for (let node: Int = 0; node <= net.cols; node++) net.distance[node] = net.prices[node] as number
    if (this.settleWithin(TRIED_PASSES)) return true
    for (let node: Int = 0; node <= net.cols; node++) net.prices[node] = net.distance[node] as number
    return false
  }

  private settleWithin(passes: Int): boolean {
    let before: Int = 0
    for (let pass: Int = 0; pass < passes; pass++) {
      const lowered = this.settlePrices()
      if (lowered === 0) return true
      if (passes === TRIED_PASSES && pass >= SURE_PASSES && 2 * lowered > before) return false
      before = lowered
    }
    return false
  }

  /** Lowers each price until all members want to stay, but not below what its seats cost; how many were lowered. */
  private settlePrices(): Int {
    const net = this.net
    const cols = net.cols
    let lowered: Int = 0
    const nodes: Int = net.isOutsideScarce ? cols + 1 : cols
    for (let col: Int = 0; col < nodes; col++) {
      const next = costOfSeat(net, col, (net.members[col] as Int) + 1)
      if ((net.prices[col] as number) <= next || (net.capacity[col] as Int) === 0) continue
      net.prices[col] = next
      lowered++
    }
    for (let row: Int = 0; row < net.rows; row++) {
      const col = net.columnOf[row] as Int
      if (col === cols && !net.isOutsideScarce) continue
      const price = net.prices[col] as number
      net.prices[col] = Infinity
      findBestFor(net, row, this.found)
      const bid = scoreAt(net, row, col) - this.found.value
      const settled = Math.max(bid, costOfSeat(net, col, net.members[col] as Int))
      net.prices[col] = price
      if (settled >= price) continue
      net.prices[col] = settled
      lowered++
    }
    return lowered
  }
}

/** Whether scores are multiples of so large a number that many are equal. */
export function hasFewLevels(net: Network): boolean {
  const greatest = greatestScore(net)
  return gridOf(net, greatest, FEW_LEVELS) > powerOfTwo(greatest) * FEW_LEVELS
}

export function greatestScore(net: Network): number {
  const cells: Int = net.rows * net.cols
  let greatest: number = 0
  for (let cell: Int = 0; cell < cells; cell++) greatest = Math.max(greatest, net.scores[cell] as number)
  return greatest
}

/** The greatest power of two of which all scores are multiples, but not finer than a share of the greatest. */
function gridOf(net: Network, greatest: number, share: number): number {
  const finest = powerOfTwo(greatest) * share
  const cells: Int = net.rows * net.cols
  let grid = powerOfTwo(greatest)
  for (let cell: Int = 0; cell < cells && grid > finest; cell++) {
    const score = net.scores[cell] as number
    if (score === -Infinity) continue
    while (grid > finest && Math.floor(score / grid) * grid !== score) grid /= 2
  }
  return grid
}

/** The greatest power of two not above a value; 0 for 0. */
export function powerOfTwo(value: number): number {
  if (value <= 0) return 0
  let power: number = 1
  while (power > value) power /= 2
  while (power <= value / 2) power *= 2
  return power
}
