import { Bidding, placeAtPrices } from './bids.js'
import { startExchanges } from './exchanges.js'
import { lowerPrices, seatTheIndifferent } from './finish.js'
import { Best, greater, toInt, type Int } from './lanes.js'
import { costOfSeat, liftEmpty, type Network } from './network.js'
import { Paths, repair, startBalances } from './repair.js'

/** Each sample is this many times smaller than the next. */
const SAMPLE_RATIO: Int = 4
/** Below this many rows per column an exchange is read off the members: keeping least costs would cost more. */
const DIRECT_ROWS_PER_COL: Int = 4

export function isDirectFor(rows: Int, cols: Int): boolean {
  return rows < DIRECT_ROWS_PER_COL * cols
}

/**
 * Solves the problem laid out in `net`: placement in `columnOf` (`cols` outside), least prices in `prices`.
 *
 * Samples of growing size are solved one after the other, each from the prices of the one before, so that the whole
 * problem begins with few rows in the wrong place. Each: rows to their best columns, bids, repair.
 */
export class Cascade {
  private readonly found: Best
  private readonly bidding: Bidding
  private readonly paths: Paths

  constructor(readonly net: Network) {
    const found = new Best()
    this.found = found
    this.bidding = new Bidding(net, found)
    this.paths = new Paths(net)
  }

  /** Takes no memory. */
  solve(): void {
    const net = this.net
    shuffle(net)
    net.sample = net.rows
    net.prices[net.cols] = 0
    for (let col: Int = 0; col < net.cols; col++) {
      net.capacity[col] = net.seats[col] as Int
      net.prices[col] = (net.seats[col] as Int) === 0 ? 0 : costOfSeat(net, col, 1)
    }
    for (let level = levelsOf(net); level >= 0; level--) {
      let size = net.rows
      for (let step: Int = 0; step < level; step++) size = toInt(size / SAMPLE_RATIO)
      this.solveSample(size)
    }
    seatTheIndifferent(net, this.paths)
    lowerPrices(net, this.paths)
  }

  private solveSample(size: Int): void {
    const net = this.net
    net.sample = size
    scaleCapacities(net)
    placeAtPrices(net, this.found)
    this.bidding.run()
    net.isDirect = isDirectFor(size, net.cols)
    startExchanges(net)
    startBalances(net)
    repair(net, this.paths)
    liftEmpty(net)
  }
}

/** How many samples come before the whole. */
function levelsOf(net: Network): Int {
  let sample = toInt(net.rows / SAMPLE_RATIO)
  let levels: Int = 0
  while (sample >= greater(net.cols, 16)) {
    sample = toInt(sample / SAMPLE_RATIO)
    levels++
  }
  return levels
}

/** Takes rows in steps of the golden section: every beginning is spread evenly over all rows, and none twice. */
function shuffle(net: Network): void {
  const rows = net.rows
  let step = greater(1, toInt(rows * 0.6180339887498949))
  while (commonDivisor(step, rows) !== 1) step++
  let row: Int = 0
  for (let index: Int = 0; index < rows; index++) {
    net.order[index] = row
    row += step
    if (row >= rows) row -= rows
  }
}

function commonDivisor(one: Int, other: Int): Int {
  let a = one
  let b = other
  while (b !== 0) {
    const rest: Int = a % b
    a = b
    b = rest
  }
  return a
}

/** Shares the seats out in the proportion of the sample, rounding their running sum so that no seat is lost. */
function scaleCapacities(net: Network): void {
  const rows: number = net.rows
  let sum: number = 0
  let given: number = 0
  for (let col: Int = 0; col < net.cols; col++) {
    sum += net.seats[col] as number
    const upTo = Math.round((sum * net.sample) / rows)
    net.capacity[col] = toInt(upTo - given)
    given = upTo
  }
}
