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
export function solveNetwork(net: Network): void {
  const found = new Best()
  const bidding = new Bidding(net, found)
  const paths = new Paths(net)
  shuffle(net)
  net.prices[net.cols] = 0
  let sample = net.rows
  let levels: Int = 1
  while (toInt(sample / SAMPLE_RATIO) >= greater(net.cols, 16)) {
    sample = toInt(sample / SAMPLE_RATIO)
    levels++
  }
  net.sample = net.rows
  for (let col: Int = 0; col < net.cols; col++) {
    net.capacity[col] = net.seats[col] as Int
    net.prices[col] = (net.seats[col] as Int) === 0 ? 0 : costOfSeat(net, col, 1)
  }
  for (let level: Int = levels - 1; level >= 0; level--) {
    let size = net.rows
    for (let step: Int = 0; step < level; step++) size = toInt(size / SAMPLE_RATIO)
    net.sample = size
    scaleCapacities(net)
    placeAtPrices(net, found)
    bidding.run()
    net.isDirect = isDirectFor(size, net.cols)
    startExchanges(net)
    startBalances(net)
    repair(net, paths)
    liftEmpty(net)
  }
  seatTheIndifferent(net, paths)
  lowerPrices(net, paths)
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
  const share = net.sample / net.rows
  let sum: number = 0
  let given: number = 0
  for (let col: Int = 0; col < net.cols; col++) {
    sum += net.seats[col] as number
    const upTo = Math.round(sum * share)
    net.capacity[col] = toInt(upTo - given)
    given = upTo
  }
}
