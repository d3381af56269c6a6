import { scoreAt } from './exchanges.js'
import { put } from './heap.js'
import { findBest, findBestRoughly, roughWorth, type Best, type Int } from './lanes.js'
import { ABSENT, NONE, type Network } from './network.js'

/**
 * Gives every row of the sample its best column at the prices, whether or not there is a seat.
 * Of equally good columns the one with most seats left takes it, so that ties do not pile up in one place.
 */
export function placeAtPrices(net: Network, found: Best): void {
  clearMembers(net)
  for (let index: Int = 0; index < net.rows; index++) {
    const row = net.order[index] as Int
    if (index < net.sample) placeRow(net, found, row)
    else net.columnOf[row] = ABSENT
  }
}

/** As `placeAtPrices`, but rows stay where they are if no column is better. */
export function keepAtPrices(net: Network, found: Best): void {
  clearMembers(net)
  for (let row: Int = 0; row < net.rows; row++) {
    const col = net.columnOf[row] as Int
    const own = col === net.cols ? 0 : (net.scores[row * net.cols + col] as number)
    const worth = own - (net.prices[col] as number)
    findBest(net.scores, row * net.cols, net.prices, net.cols, found)
    if (worth === found.value) put(net, row, col, own - (found.col === col ? found.second : found.value))
    else placeRow(net, found, row)
  }
}

export function clearMembers(net: Network): void {
  for (let node: Int = 0; node <= net.cols; node++) {
    net.members[node] = 0
    net.heap[node] = NONE
    net.isHeap[node] = 0
    net.isQueued[node] = 0
  }
}

/** @returns its column. */
export function placeRow(net: Network, found: Best, row: Int): Int {
  findBestFor(net, row, found)
  const col = found.value === found.second ? roomiest(net, row, found.value) : found.col
  put(net, row, col, scoreAt(net, row, col) - found.second)
  return col
}

/** What a row gets from its best node and from its best other one. */
export function findBestFor(net: Network, row: Int, found: Best): void {
  const cols = net.cols
  if (net.isRough) findBestRoughly(net.roughScores, row * cols, net.roughPrices, cols, found)
  else findBest(net.scores, row * cols, net.prices, cols, found)
  if (!net.isOutsideScarce) return
  const outside = -(net.prices[cols] as number)
  if (outside > found.value) {
    found.second = found.value
    found.value = outside
    found.col = cols
  } else found.second = Math.max(found.second, outside)
}

/** Of the columns worth `value` to a row the one with most free seats; outside only where none has any. */
export function roomiest(net: Network, row: Int, value: number): Int {
  const cols = net.cols
  let at: Int = NONE
  let room: Int = -2147483648
  if (value === 0) {
    at = cols
    room = 0
  }
  const nodes: Int = net.isOutsideScarce ? cols + 1 : cols
  for (let col: Int = 0; col < nodes; col++) {
    if (worthOf(net, row, col) !== value) continue
    const free: Int = (net.capacity[col] as Int) - (net.members[col] as Int)
    if (free > room) {
      room = free
      at = col
    }
  }
  return at
}

/** As the search for the best column sees it. */
function worthOf(net: Network, row: Int, node: Int): number {
  const cols = net.cols
  if (net.isRough && node < cols) return roughWorth(net.roughScores, row * cols + node, net.roughPrices, node)
  return scoreAt(net, row, node) - (net.prices[node] as number)
}
