import {
  floats,
  greater,
  ints,
  lesser,
  setSingle,
  singles,
  toInt,
  type Floats,
  type Int,
  type Ints,
  type Singles,
} from './lanes.js'

/** No row, no column. */
export const NONE: Int = -1
/** Not one of the rows of the sample being solved. */
export const ABSENT: Int = -2

/**
 * A problem, the placement found so far, and all memory that solving needs; made once for a size and reused.
 *
 * Node `cols` is "outside": it holds the rows that get no seat, at price 0. Rows are taken through `order`, so that
 * the first `sample` of them are a fair sample.
 */
export class Network {
  rows: Int = 0
  cols: Int = 0
  sample: Int = 0
  scores: Floats
  /** Usable seats of each column in the whole problem, and in the sample; there also of outside, while that is scarce. */
  seats: Ints
  capacity: Ints
  hasSeatCosts: boolean = false
  /** What every seat costs where seats are free: nothing, or less while no row is to stay out. */
  freeSeat: number = 0
  /** Whether outside holds no more than its capacity and has a price of its own, which it has while prices are scaled. */
  isOutsideScarce: boolean = false
  /** Costs of the seats of column `col` begin at `seatStart[col]`, in the order in which seats are taken. */
  seatStart: Ints
  seatCosts: Floats

  order: Ints
  /** Per row: its column, `cols` outside, `ABSENT` outside the sample. */
  columnOf: Ints
  /** Per column and outside. */
  prices: Floats
  /** Of all scores that are above 0; a single one far above all others hardly moves the mean. Weighed where columns are many. */
  greatestScore: number = 0
  meanScore: number = 0
  /** While raises are coarse the best column is looked for in scores and prices of half the width. */
  isRough: boolean = false
  roughScores: Singles
  roughPrices: Singles
  members: Ints
  /** Seats paid for: `seat cost of the last ≤ price ≤ seat cost of the next`. */
  opened: Ints
  excess: Ints

  /** The greatest price of its own column at which a row would stay, or less while other prices rise. */
  bid: Floats
  heap: Ints
  isHeap: Ints
  child: Ints
  sibling: Ints
  queue: Ints
  isQueued: Ints

  firstMember: Ints
  nextMember: Ints
  previousMember: Ints

  /** Exchanges are read off the members directly where columns have few of them. */
  isDirect: boolean = false
  bounds: Floats
  /** Per bound: the member that set it, which may have left since, or `NONE`. */
  setBy: Ints
  isBounded: Ints
  /** Per node: listed are the members that would lose at most this by leaving, at the prices of the start. */
  reach: Floats
  firstUnlisted: Ints
  pricesAtStart: Floats

  distance: Floats
  /** Length beyond which a settled node may lead elsewhere by members not listed. */
  limit: Floats
  open: Floats
  via: Ints
  mover: Ints
  settled: Ints

  constructor(rowRoom: Int, colRoom: Int, cellRoom: Int, roughRoom: Int, scores: Floats, seatCostRoom: Int) {
    const nodes = colRoom + 1
    this.scores = scores
    this.seatCosts = floats(seatCostRoom)
    this.seats = ints(colRoom)
    this.capacity = ints(nodes)
    this.seatStart = ints(colRoom)
    this.order = ints(rowRoom)
    this.columnOf = ints(rowRoom)
    this.prices = floats(nodes)
    this.roughScores = singles(roughRoom)
    this.roughPrices = singles(nodes)
    this.members = ints(nodes)
    this.opened = ints(nodes)
    this.excess = ints(nodes)
    this.bid = floats(rowRoom)
    this.heap = ints(nodes)
    this.isHeap = ints(nodes)
    this.child = ints(rowRoom)
    this.sibling = ints(rowRoom)
    this.queue = ints(nodes)
    this.isQueued = ints(nodes)
    this.firstMember = ints(nodes)
    this.nextMember = ints(rowRoom)
    this.previousMember = ints(rowRoom)
    this.bounds = floats(cellRoom)
    this.setBy = ints(cellRoom)
    this.isBounded = ints(nodes)
    this.reach = floats(nodes)
    this.firstUnlisted = ints(nodes)
    this.pricesAtStart = floats(nodes)
    this.distance = floats(nodes)
    this.limit = floats(nodes)
    this.open = floats(nodes)
    this.via = ints(nodes)
    this.mover = ints(nodes)
    this.settled = ints(nodes)
  }
}

export function setPrice(net: Network, node: Int, price: number): void {
  net.prices[node] = price
  if (net.isRough) setSingle(net.roughPrices, node, price)
}

/** Cost of the `count`-th seat of a column in the sample, counted from 1; `Infinity` beyond its capacity. */
export function costOfSeat(net: Network, col: Int, count: Int): number {
  if (count > (net.capacity[col] as Int)) return Infinity
  if (!net.hasSeatCosts) return net.freeSeat
  // Seats of the sample stand for as many of the whole each. A plain product of integers would be cut off.
  const rows: number = net.rows
  const spread = ((count - 0.5) * rows) / net.sample
  const last: Int = (net.seats[col] as Int) - 1
  const seat = lesser(last, toInt(spread))
  return net.seatCosts[(net.seatStart[col] as Int) + seat] as number
}

/** What a column's price never needs to be below: the cost of its last seat opened, or of its first. */
export function floorPrice(net: Network, col: Int): number {
  if ((net.capacity[col] as Int) === 0) return 0
  return costOfSeat(net, col, greater(1, net.opened[col] as Int))
}

/** Nobody sits in an empty column, so its price may rise to its floor without harm. */
export function liftEmpty(net: Network): void {
  for (let col: Int = 0; col < net.cols; col++) {
    if ((net.opened[col] as Int) > 0) continue
    net.prices[col] = Math.max(net.prices[col] as number, floorPrice(net, col))
  }
}
