import { move } from './exchanges.js'
import { lesser, type Int } from './lanes.js'
import { costOfSeat, NONE, type Network } from './network.js'
import { OPEN_SEATS, SEAT, type Paths } from './paths.js'

/** Counts what every node has too many, where seats paid for are those the price pays for. */
export function startBalances(net: Network): void {
  let outside: Int = 0
  for (let col: Int = 0; col < net.cols; col++) {
    const price = net.prices[col] as number
    let opened = lesser(net.members[col] as Int, net.capacity[col] as Int)
    while (opened > 0 && costOfSeat(net, col, opened) > price) opened--
    while (costOfSeat(net, col, opened + 1) < price) opened++
    net.opened[col] = opened
    const excess: Int = (net.members[col] as Int) - opened
    net.excess[col] = excess
    outside -= excess
  }
  net.excess[net.cols] = outside
  openFreely(net)
}

/** Opens seats that the price just pays for, one per column in turn, so that want is where there is room. */
function openFreely(net: Network): void {
  let isOpened = true
  while (isOpened) {
    isOpened = false
    for (let col: Int = 0; col < net.cols && (net.excess[net.cols] as Int) < 0; col++) {
      if (costOfSeat(net, col, (net.opened[col] as Int) + 1) !== (net.prices[col] as number)) continue
      net.opened[col] = (net.opened[col] as Int) + 1
      net.excess[col] = (net.excess[col] as Int) - 1
      net.excess[net.cols] = (net.excess[net.cols] as Int) + 1
      isOpened = true
    }
  }
}

/**
 * Moves rows along shortest paths from nodes with too many to nodes with too few until all fit; optimal then.
 * Each search starts from all that have too many and goes on until it has met want enough for them; then every path
 * that no other has used up is taken. Prices move by what each node is nearer than the last of them, that of outside
 * stays 0.
 */
export function repair(net: Network, paths: Paths): void {
  while (true) {
    const wanted = startFromExcess(net, paths)
    if (wanted === 0) return
    let met: Int = 0
    let length: number = 0
    let node = paths.next()
    while (node !== NONE) {
      if ((net.excess[node] as Int) < 0) {
        met -= net.excess[node] as Int
        length = net.distance[node] as number
      }
      if (met >= wanted) break
      paths.settle(node)
      node = paths.next()
    }
    if (met === 0) return
    const last = met >= wanted ? node : NONE
    shiftPrices(net, paths.settledCount(), length)
    let isFirst = true
    for (let index: Int = 0; index < paths.settledCount(); index++) {
      if (augmentAll(net, paths, net.settled[index] as Int, isFirst)) isFirst = false
    }
    if (last !== NONE) augmentAll(net, paths, last, isFirst)
  }
}

function startFromExcess(net: Network, paths: Paths): Int {
  let units: Int = 0
  paths.clear(OPEN_SEATS)
  for (let node: Int = 0; node <= net.cols; node++) {
    if ((net.excess[node] as Int) <= 0) continue
    paths.source(node)
    units += net.excess[node] as Int
  }
  return units
}

function augmentAll(net: Network, paths: Paths, end: Int, isFirst: boolean): boolean {
  let isAugmented = false
  while ((net.excess[end] as Int) < 0 && ((isFirst && !isAugmented) || paths.isOpen(end))) {
    augment(net, end)
    isAugmented = true
  }
  return isAugmented
}

function shiftPrices(net: Network, settled: Int, length: number): void {
  const outside = net.cols
  let shift: number = 0
  for (let index: Int = 0; index < settled; index++) {
    const node = net.settled[index] as Int
    const rise = length - (net.distance[node] as number)
    if (rise <= 0) continue
    if (node === outside) shift = rise
    else net.prices[node] = (net.prices[node] as number) + rise
  }
  if (shift <= 0) return
  for (let col: Int = 0; col < net.cols; col++) net.prices[col] = (net.prices[col] as number) - shift
}

/** Moves one unit along the path that ends in `end`. */
export function augment(net: Network, end: Int): void {
  const outside = net.cols
  let node = end
  while ((net.via[node] as Int) !== NONE) {
    const from = net.via[node] as Int
    const row = net.mover[node] as Int
    if (row !== SEAT) move(net, row, from, node)
    else if (node === outside) net.opened[from] = (net.opened[from] as Int) + 1
    else net.opened[node] = (net.opened[node] as Int) - 1
    node = from
  }
  net.excess[node] = (net.excess[node] as Int) - 1
  net.excess[end] = (net.excess[end] as Int) + 1
}
