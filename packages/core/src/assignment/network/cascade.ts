import { Bidding } from './bids.js'
import { startExchanges } from './exchanges.js'
import { lowerPrices, seatTheIndifferent } from './finish.js'
import { Best, greater, toInt, type Int } from './lanes.js'
import { costOfSeat, liftEmpty, type Network } from './network.js'
import { Paths } from './paths.js'
import { keepAtPrices, placeAtPrices } from './places.js'
import { repair, startBalances } from './repair.js'
import { seatsIn, shuffle, takeSample } from './samples.js'
import { hasFewLevels, powerOfTwo, Scaling, weighScores } from './scaling.js'

/** Each sample is this many times smaller than the next. */
const SAMPLE_RATIO: Int = 4
/** Below this many rows per column an exchange is read off the members: keeping bounds would cost more. */
const DIRECT_ROWS_PER_COL: Int = 4
/** Rows listed per column at first: enough that few searches go beyond, few enough to be looked at often. */
const LISTED_PER_COL: Int = 16

export function isDirectFor(rows: Int, cols: Int): boolean {
  return rows < DIRECT_ROWS_PER_COL * cols
}

/** From so many columns on; for hundreds scaling costs a little more than bids and repair alone, but is never slow. */
const LEAST_SQUARE: Int = 64
/** From so many columns to the third power per row on samples cost more than they spare. */
const CROSSOVER: number = 1e4
/** With many columns the first sample is bid for roughly, each raise this share of the greatest score or more. */
const ROUGH: number = 2 ** -7
/** So often per row, which is seldom reached. */
const ROUGH_SCANS_PER_ROW: Int = 1024
/** Bids per row at most, and with how many columns: with fewer the repair, whose searches go over columns, is done sooner. */
const MOST_BIDS_PER_ROW: number = 2
const COLS_FOR_MOST_BIDS: number = 30
const SPARE_BIDS: number = 64
/** The whole is bid for at once where no more than one row in so many finds no seat in its best column. */
const FEW_COMPETING: Int = 4
/** Then samples are spared if no more than one in so many is without a seat. */
const FEW_UNSEATED: Int = 32
/** With fewer columns samples cost less than it takes to tell whether they are needed. */
const LEAST_COLS_AT_ONCE: Int = 16

/**
 * Solves the problem laid out in `net`: placement in `columnOf` (`cols` outside), least prices in `prices`.
 *
 * Samples of growing size are solved one after the other, each from the prices of the one before, so that the whole
 * problem begins with few rows in the wrong place. Each: rows to their best columns, bids, repair. Where few rows
 * compete the whole is solved at once. Where columns are many, samples tell little, and scaling stands in for them if
 * there are no more seats than rows. Of samples the first is then only bid for: repair from nothing is
 * slow, one row at a time where all want the same column, and the next sample tells better prices anyway.
 */
export class Cascade {
  private readonly found: Best
  private readonly bidding: Bidding
  private readonly scaling: Scaling
  private readonly paths: Paths

  constructor(readonly net: Network) {
    const found = new Best()
    this.found = found
    const bidding = new Bidding(net, found)
    this.bidding = bidding
    this.scaling = new Scaling(net, bidding)
    this.paths = new Paths(net)
  }

  /** Takes no memory. */
  solve(): void {
    const net = this.net
    net.sample = net.rows
    net.prices[net.cols] = 0
    this.startPrices()
    if (!this.solveAtOnce()) {
      shuffle(net)
      if (!hasManyColumns(net)) this.solveSamples()
      else this.solveMany()
    }
    seatTheIndifferent(net, this.paths)
    lowerPrices(net, this.paths)
  }

  private solveSamples(): void {
    const net = this.net
    const first = levelsOf(net)
    for (let level = first; level >= 0; level--) {
      let size = net.rows
      for (let step: Int = 0; step < level; step++) size = toInt(size / SAMPLE_RATIO)
      takeSample(net, size)
      if (level > 0 && level === first && isWorthRoughBids(net)) {
        this.bidding.auction(ROUGH * powerOfTwo(net.greatestScore), ROUGH_SCANS_PER_ROW * size)
        continue
      }
      placeAtPrices(net, this.found)
      this.bidding.run(bidsFor(net))
      this.repairSample()
    }
  }

  /** Where few rows compete there is next to nothing that samples could tell; false if many do. */
  private solveAtOnce(): boolean {
    const net = this.net
    const few = net.rows / FEW_UNSEATED
    if (net.cols < LEAST_COLS_AT_ONCE || net.hasSeatCosts || net.rows - seatsIn(net) > few) return false
    takeSample(net, net.rows)
    placeAtPrices(net, this.found)
    if (unseated(net) <= net.rows / FEW_COMPETING) {
      this.bidding.run(bidsFor(net))
      if (unseated(net) <= few) {
        this.repairSample()
        return true
      }
      this.startPrices()
    }
    return false
  }

  private solveMany(): void {
    const net = this.net
    weighScores(net)
    if (!isWorthScaling(net) || !this.scaling.accepts()) this.solveSamples()
    else {
      this.scaling.run(isDirectFor(net.rows, net.cols) ? net.rows : toInt(net.rows / SAMPLE_RATIO))
      keepAtPrices(net, this.found)
      this.bidding.run(bidsFor(net))
      this.repairSample()
    }
  }

  private startPrices(): void {
    const net = this.net
    for (let col: Int = 0; col < net.cols; col++) {
      net.capacity[col] = net.seats[col] as Int
      net.prices[col] = (net.seats[col] as Int) === 0 ? 0 : costOfSeat(net, col, 1)
    }
  }

  private repairSample(): void {
    const net = this.net
    net.isDirect = isDirectFor(net.sample, net.cols)
    startExchanges(net, reachFor(net))
    startBalances(net)
    repair(net, this.paths)
    liftEmpty(net)
  }
}

/** How often bids for the sample are worked out before the repair. */
function bidsFor(net: Network): Int {
  const share = Math.min(1, net.cols / COLS_FOR_MOST_BIDS)
  return toInt(share * share * (MOST_BIDS_PER_ROW * net.sample + SPARE_BIDS))
}

/** The loss by leaving up to which rows are listed at first. */
function reachFor(net: Network): number {
  const listed: number = LISTED_PER_COL * net.cols
  if (net.isDirect || net.sample <= listed) return Infinity
  let sum: number = 0
  let count: number = 0
  for (let index: Int = 0; index < net.sample; index++) {
    const row = net.order[index] as Int
    const loss = (net.bid[row] as number) - (net.prices[net.columnOf[row] as Int] as number)
    if (loss === Infinity) continue
    sum += loss
    count++
  }
  if (count === 0) return Infinity
  // As if losses were spread evenly from 0 to twice the mean.
  return (2 * (sum / count) * listed) / net.sample
}

/**
 * How many samples come before the whole. The first may have fewer rows than columns: it only tells which columns
 * everybody wants.
 */
function levelsOf(net: Network): Int {
  let sample = toInt(net.rows / SAMPLE_RATIO)
  let levels: Int = 0
  while (sample >= greater(toInt(net.cols / 4), 16)) {
    sample = toInt(sample / SAMPLE_RATIO)
    levels++
  }
  return levels
}

/** How many scores may be wanted in single precision as well. */
export function roughCellsFor(rows: Int, cols: Int): Int {
  const isScaledPerhaps = cols >= LEAST_SQUARE && (isDirectFor(rows, cols) || isCubeAbove(rows, cols))
  return isScaledPerhaps ? rows * cols : 0
}

/** So many columns that samples tell little. */
function hasManyColumns(net: Network): boolean {
  if (net.hasSeatCosts || net.cols < LEAST_SQUARE) return false
  return isSquare(net) || isCubeAbove(net.rows, net.cols)
}

function isCubeAbove(rows: Int, cols: Int): boolean {
  // A product of integers would be cut off.
  const wide: number = cols
  return wide * wide * wide >= CROSSOVER * rows
}

/** One seat per row, few per column. */
function isSquare(net: Network): boolean {
  return isDirectFor(net.rows, net.cols) && seatsIn(net) === net.rows
}

/**
 * Scaling serves where all seats are taken. Where several rows share a column and scores are few levels repair is done
 * at once.
 */
function isWorthScaling(net: Network): boolean {
  return isSquare(net) || (seatsIn(net) <= net.rows && !hasFewLevels(net))
}

/** Where scores are few levels many rows outbid each other in the smallest of steps, while repair is done at once. */
function isWorthRoughBids(net: Network): boolean {
  return hasManyColumns(net) && !hasFewLevels(net)
}

function unseated(net: Network): Int {
  let count: Int = 0
  for (let col: Int = 0; col < net.cols; col++) {
    count += greater(0, (net.members[col] as Int) - (net.capacity[col] as Int))
  }
  return count
}
