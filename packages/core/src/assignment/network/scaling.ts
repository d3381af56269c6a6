import type { Bidding } from './bids.js'
import { findBest, type Best, type Int } from './lanes.js'
import { costOfSeat, type Network } from './network.js'

/** Each round of bids raises prices by this many times less than the one before, or by more when that had little to do. */
const STEP: number = 8
const LONG_STEP: number = 64
/** A round of fewer bids per row had little to do. */
const FEW_SCANS: Int = 2
/** Bids are worked out at most this often per row and round; what is left over is left to the repair. */
const SCANS_PER_ROW: Int = 64
/** Passes over all rows to turn prices that are nearly right into exact ones. */
const MOST_PASSES: Int = 40
/** Scores that are no multiples of any larger power of two count as multiples of this share of the greatest. */
const FINEST: number = 2 ** -40

/**
 * Prices and a placement to begin with where columns are many and there is exactly one seat per row. There each price
 * hangs on all others, and exact bids would raise them in steps too small to count.
 *
 * Rounds of bids whose every raise is a little more than exact, the little shrinking from round to round: an auction
 * with ε-scaling, for columns of several seats. D. P. Bertsekas and D. A. Castañon, The auction algorithm for the
 * transportation problem, 1989, doi:10.1007/BF02216923. When the last raise is below the grid of the scores over the
 * rows, the placement is the best of those that leave no row out; prices are then made exact. Nothing more is promised:
 * whatever is not exactly right is left to bids and repair, which are exact from any prices.
 *
 * Scaling goes wrong where a seat may stay free or a row out, for prices once raised would never fall again. Hence it
 * serves only where all can be seated, and seats cost so much less than nothing that nobody stays out. All raises are
 * powers of two, so that prices stay as exact as the scores.
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
    const grid = gridOf(net, greatest)
    const least = powerOfTwo(grid / (net.rows + 2))
    let raise = powerOfTwo(greatest / 4)
    net.freeSeat = -64 * raise
    for (let col: Int = 0; col < cols; col++) net.prices[col] = net.freeSeat
    while (true) {
      this.bidding.auction(raise, SCANS_PER_ROW * net.rows)
      if (raise <= least) break
      const isShort = this.bidding.scansOf(SCANS_PER_ROW * net.rows) < FEW_SCANS * net.rows
      raise = Math.max(least, raise / (isShort ? LONG_STEP : STEP))
    }
    for (let pass: Int = 0; pass < MOST_PASSES; pass++) if (!this.settlePrices()) break
    net.freeSeat = 0
    this.levelPrices()
  }

  /** Makes the least price 0, which nobody notices who is seated. */
  private levelPrices(): void {
    const net = this.net
    let lowest: number = Infinity
    for (let col: Int = 0; col < net.cols; col++) {
      if ((net.capacity[col] as Int) > 0) lowest = Math.min(lowest, net.prices[col] as number)
    }
    for (let col: Int = 0; col < net.cols; col++) {
      net.prices[col] = (net.capacity[col] as Int) > 0 ? (net.prices[col] as number) - lowest : 0
    }
  }

  /** Lowers each price until all members want to stay, but not below what its seats cost; whether any was lowered. */
  private settlePrices(): boolean {
    const net = this.net
    const cols = net.cols
    let isLowered = false
    for (let col: Int = 0; col < cols; col++) {
      const next = costOfSeat(net, col, (net.members[col] as Int) + 1)
      if ((net.prices[col] as number) <= next || (net.capacity[col] as Int) === 0) continue
      net.prices[col] = next
      isLowered = true
    }
    for (let row: Int = 0; row < net.rows; row++) {
      const col = net.columnOf[row] as Int
      if (col === cols) continue
      const price = net.prices[col] as number
      const base: Int = row * cols
      net.prices[col] = Infinity
      findBest(net.scores, base, net.prices, cols, this.found)
      const bid = (net.scores[base + col] as number) - this.found.value
      const settled = Math.max(bid, costOfSeat(net, col, net.members[col] as Int))
      net.prices[col] = price
      if (settled >= price) continue
      net.prices[col] = settled
      isLowered = true
    }
    return isLowered
  }
}

function greatestScore(net: Network): number {
  const cells: Int = net.rows * net.cols
  let greatest: number = 0
  for (let cell: Int = 0; cell < cells; cell++) greatest = Math.max(greatest, net.scores[cell] as number)
  return greatest
}

/** The greatest power of two of which all scores are multiples, but not finer than a share of the greatest. */
function gridOf(net: Network, greatest: number): number {
  const finest = powerOfTwo(greatest) * FINEST
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
function powerOfTwo(value: number): number {
  if (value <= 0) return 0
  let power: number = 1
  while (power > value) power /= 2
  while (power <= value / 2) power *= 2
  return power
}
