import type { Bidding } from './bids.js'
import { greater, roughen, type Int } from './lanes.js'
import { setPrice, type Network } from './network.js'
import { seatsIn, takeSample } from './samples.js'

/** Each round of bids raises prices by this many times less than the one before, or by more when that had little to do. */
const STEP: number = 4
const LONG_STEP: number = 16
/** A round of fewer bids per row had little to do. */
const FEW_SCANS: Int = 2
/** Bids are worked out at most this often per row and round; what is left over is left to the repair. */
const SCANS_PER_ROW: Int = 64
/** Raises go down to this share of the mean positive score; repair does the rest for less than finer rounds would cost. */
const FINE: number = 2 ** -10
/** Where all rounds are for all rows. */
const FINE_WITHOUT_SAMPLE: number = 2 ** -11
/** Final prices are rounded to this share of the last raises. */
const ROUNDING: number = 2 ** -8
/** Greatest scores between which single precision serves. */
const LEAST_GREATEST: number = 1e-30
const MOST_GREATEST: number = 1e30
/** Fewer levels of scores than its inverse are few. */
const FEW_LEVELS: number = 2 ** -7

/**
 * Prices and a placement to begin with where columns are many and there is at most one seat per row. There each price
 * hangs on all others, and exact bids would raise them in steps too small to count.
 *
 * Rounds of bids whose every raise is a little more than exact, the little shrinking from round to round: an auction
 * with ε-scaling, for columns of several seats. D. P. Bertsekas and D. A. Castañon, The auction algorithm for the
 * transportation problem, 1989, doi:10.1007/BF02216923. It ends long before raises are below the grid of the scores,
 * where it would be exact: nearly all rows are in their place by then, and bids and repair, which are exact from any
 * prices, move the others at once, while rounds of ever finer raises go through all of them again and again.
 *
 * Scaling goes wrong where a seat may stay free or a row out, for prices once raised would never fall again. Hence
 * seats cost so much less than nothing that none stays free, and where they are short outside has just as many places
 * as rows are left over, with a price like any column's; all prices are then taken relative to that. It does not serve
 * where seats are left over: rows worth nothing would have to fill them, and as all are alike they outbid each other in
 * the smallest of steps.
 *
 * Scores are looked through in single precision, four at a time, as prices are rough anyway.
 */
export class Scaling {
  constructor(
    private readonly net: Network,
    private readonly bidding: Bidding,
  ) {}

  /** Whether it can serve. */
  accepts(): boolean {
    const greatest = this.net.greatestScore
    return greatest > LEAST_GREATEST && greatest < MOST_GREATEST
  }

  /** @param part - so many rows, a sample, tell the prices for the last round, which is for all. */
  run(part: Int): void {
    const net = this.net
    const cols = net.cols
    const finest = powerOfTwo((part < net.rows ? FINE : FINE_WITHOUT_SAMPLE) * net.meanScore)
    let raise = finest
    while (16 * raise < net.greatestScore) raise *= STEP
    net.freeSeat = -256 * raise
    net.isOutsideScarce = seatsIn(net) < net.rows
    net.isRough = true
    roughen(net.scores, net.rows * cols, net.roughScores)
    for (let node: Int = 0; node <= cols; node++) {
      setPrice(net, node, node < cols || net.isOutsideScarce ? net.freeSeat : 0)
    }
    this.balance(part)
    const allowed: Int = SCANS_PER_ROW * part
    while (raise > finest) {
      this.bidding.auction(raise, allowed)
      const isShort = this.bidding.scansOf(allowed) < FEW_SCANS * part
      raise = Math.max(finest, raise / (isShort ? LONG_STEP : STEP))
    }
    this.balance(net.rows)
    this.bidding.auction(finest, SCANS_PER_ROW * net.rows)
    net.freeSeat = 0
    net.isRough = false
    this.levelPrices(ROUNDING * finest)
    net.isOutsideScarce = false
  }

  /** Makes as many places as there are rows in the sample: outside has those that are short. */
  private balance(sample: Int): void {
    const net = this.net
    const seats = takeSample(net, sample)
    net.capacity[net.cols] = greater(0, sample - seats)
  }

  /**
   * Makes the price of outside 0, or else the least of all, which nobody notices who has a place, and all prices
   * multiples of a power of two not above `unit`, so that sums of scores and prices are again as exact as scores.
   */
  private levelPrices(unit: number): void {
    const net = this.net
    let lowest: number = net.isOutsideScarce ? (net.prices[net.cols] as number) : Infinity
    net.prices[net.cols] = 0
    const step = powerOfTwo(unit)
    for (let col: Int = 0; col < net.cols && !net.isOutsideScarce; col++) {
      if ((net.capacity[col] as Int) > 0) lowest = Math.min(lowest, net.prices[col] as number)
    }
    for (let col: Int = 0; col < net.cols; col++) {
      const price = Math.round(((net.prices[col] as number) - lowest) / step) * step
      net.prices[col] = (net.capacity[col] as Int) > 0 ? Math.max(0, price) : 0
    }
  }
}

/** Whether scores are multiples of so large a power of two that many are equal. */
export function hasFewLevels(net: Network): boolean {
  const greatest = powerOfTwo(net.greatestScore)
  const finest = greatest * FEW_LEVELS
  const cells: Int = net.rows * net.cols
  let grid = greatest
  for (let cell: Int = 0; cell < cells && grid > finest; cell++) {
    const score = net.scores[cell] as number
    if (score === -Infinity) continue
    while (grid > finest && Math.floor(score / grid) * grid !== score) grid /= 2
  }
  return grid > finest
}

/** Looks at the size of all scores. */
export function weighScores(net: Network): void {
  const cells: Int = net.rows * net.cols
  let greatest: number = 0
  let sum: number = 0
  let count: number = 0
  for (let cell: Int = 0; cell < cells; cell++) {
    const score = net.scores[cell] as number
    if (score <= 0) continue
    greatest = Math.max(greatest, score)
    sum += score
    count++
  }
  net.greatestScore = greatest
  net.meanScore = sum / Math.max(1, count)
}

/** The greatest power of two not above a value; 0 for 0. */
export function powerOfTwo(value: number): number {
  if (value <= 0) return 0
  let power: number = 1
  while (power > value) power /= 2
  while (power <= value / 2) power *= 2
  return power
}
