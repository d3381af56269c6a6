import { lowerBounds, lowerBoundsBy, type Int } from './lanes.js'
import { NONE, type Network } from './network.js'

/*
 * What it costs a node to let one of its members go to another: the least `score(i, from) − score(i, to)` over the
 * members i, without prices, so that a change of prices touches none.
 *
 * Kept is a bound per pair of nodes, never above the true least: those who join lower it, those who leave do not raise
 * it. It is worked out anew only when a path is about to use it.
 *
 * Few rows are near to leaving. Listed are those that lose at most `reach` by it; all others lose more, but for what
 * the prices have moved since. Only a search that goes further lists more members of the node it comes from.
 */

/** So many times the reach lists enough more members. */
const WIDENING: number = 4

export function cellsFor(cols: Int, isDirect: boolean): Int {
  return isDirect ? cols + 1 : (cols + 1) * (cols + 1)
}

/** Where the bounds of a node begin; in direct mode only outside has any. */
export function cellsOf(net: Network, from: Int): Int {
  return net.isDirect ? 0 : from * (net.cols + 1)
}

/** Begins with the rows that would lose at most `reach` by leaving their column at the prices at hand. */
export function startExchanges(net: Network, reach: number): void {
  for (let node: Int = 0; node <= net.cols; node++) {
    net.firstMember[node] = NONE
    net.firstUnlisted[node] = NONE
    net.reach[node] = reach
    net.isBounded[node] = 0
    net.pricesAtStart[node] = net.prices[node] as number
  }
  for (let index: Int = 0; index < net.sample; index++) {
    const row = net.order[index] as Int
    const col = net.columnOf[row] as Int
    if (lossOf(net, row, col) <= reach) enlist(net, row, col)
    else leaveUnlisted(net, row, col)
  }
}

/** At least what a row that has never moved would have lost by leaving at the start. */
function lossOf(net: Network, row: Int, col: Int): number {
  return (net.bid[row] as number) - (net.pricesAtStart[col] as number)
}

function leaveUnlisted(net: Network, row: Int, col: Int): void {
  net.nextMember[row] = net.firstUnlisted[col] as Int
  net.firstUnlisted[col] = row
}

/** Lists more members of a node. */
export function extendReach(net: Network, node: Int): void {
  const reach = net.reach[node] as number
  listUpTo(net, node, reach > 0 ? WIDENING * reach : Infinity)
}

/** Lists all members, so that the bounds of searches to come are what exchanges cost. */
export function listAll(net: Network): void {
  for (let node: Int = 0; node <= net.cols; node++) {
    net.isBounded[node] = 0
    listUpTo(net, node, Infinity)
  }
}

function listUpTo(net: Network, node: Int, reach: number): void {
  let row = net.firstUnlisted[node] as Int
  net.firstUnlisted[node] = NONE
  while (row !== NONE) {
    const next = net.nextMember[row] as Int
    if (lossOf(net, row, node) <= reach) {
      enlist(net, row, node)
      // Bounds must not rise during a search, so they are not made anew.
      if ((net.isBounded[node] as Int) !== 0) boundBy(net, row, node)
    } else leaveUnlisted(net, row, node)
    row = next
  }
  net.reach[node] = net.firstUnlisted[node] === NONE ? Infinity : reach
}

/** Makes the bounds of a node those of its members, unless they are at hand. */
export function boundExchanges(net: Network, from: Int): void {
  if ((net.isBounded[from] as Int) !== 0) return
  net.isBounded[from] = 1
  const cells = cellsOf(net, from)
  for (let to: Int = 0; to <= net.cols; to++) {
    net.bounds[cells + to] = Infinity
    net.setBy[cells + to] = NONE
  }
  const outside: Int = cells + net.cols
  let row = net.firstMember[from] as Int
  while (row !== NONE) {
    const own = scoreAt(net, row, from)
    // Who sets which is not noted, as that takes longer, and most are never asked for.
    lowerBounds(own, net.scores, row * net.cols, net.bounds, cells, net.cols)
    net.bounds[outside] = Math.min(own, net.bounds[outside] as number)
    row = net.nextMember[row] as Int
  }
}

/** Lowers the bounds of a node to what one more member loses. */
function boundBy(net: Network, row: Int, from: Int): void {
  const cells = cellsOf(net, from)
  const own = scoreAt(net, row, from)
  lowerBoundsBy(row, own, net.scores, row * net.cols, net.bounds, net.setBy, cells, net.cols)
  const outside: Int = cells + net.cols
  if (own >= (net.bounds[outside] as number)) return
  net.bounds[outside] = own
  net.setBy[outside] = row
}

export function scoreAt(net: Network, row: Int, node: Int): number {
  return node === net.cols ? 0 : (net.scores[row * net.cols + node] as number)
}

function enlist(net: Network, row: Int, col: Int): void {
  const first = net.firstMember[col] as Int
  net.nextMember[row] = first
  net.previousMember[row] = NONE
  if (first !== NONE) net.previousMember[first] = row
  net.firstMember[col] = row
}

export function move(net: Network, row: Int, from: Int, to: Int): void {
  const next = net.nextMember[row] as Int
  const previous = net.previousMember[row] as Int
  if (next !== NONE) net.previousMember[next] = previous
  if (previous === NONE) net.firstMember[from] = next
  else net.nextMember[previous] = next
  net.members[from] = (net.members[from] as Int) - 1
  enlist(net, row, to)
  net.members[to] = (net.members[to] as Int) + 1
  net.columnOf[row] = to
  const hasBounds = !net.isDirect || to === net.cols
  if (hasBounds && (net.isBounded[to] as Int) !== 0) boundBy(net, row, to)
}

/** The member that loses least by the exchange; the bound becomes what it loses, `Infinity` when nobody may go. */
export function leastMember(net: Network, from: Int, to: Int): Int {
  const cell: Int = cellsOf(net, from) + to
  const holder = net.setBy[cell] as Int
  if (holder !== NONE && (net.columnOf[holder] as Int) === from) return holder
  const bound = net.bounds[cell] as number
  let least: number = Infinity
  let at: Int = NONE
  let row = net.firstMember[from] as Int
  while (row !== NONE) {
    const cost = scoreAt(net, row, from) - scoreAt(net, row, to)
    if (cost < least) {
      least = cost
      at = row
      // Nobody loses less than the bound.
      if (cost <= bound) break
    }
    row = net.nextMember[row] as Int
  }
  net.bounds[cell] = least
  net.setBy[cell] = at
  return at
}
