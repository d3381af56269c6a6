import { cellsOf, listAll, scoreAt } from './exchanges.js'
import type { Int } from './lanes.js'
import { costOfSeat, floorPrice, liftEmpty, NONE, type Network } from './network.js'
import { FIRST_SEATS, NO_SEATS, SEAT, UNKNOWN, type Paths } from './paths.js'
import { augment } from './repair.js'

/** Gives rows outside the seats that cost them nothing: as good, and nobody waits beside a free seat. */
export function seatTheIndifferent(net: Network, paths: Paths): void {
  const outside = net.cols
  let isSeated = true
  while (isSeated && (net.members[outside] as Int) > 0 && hasFreeSeat(net)) {
    isSeated = false
    paths.clear(NO_SEATS)
    paths.source(outside)
    let node = paths.next()
    while (node !== NONE && (net.distance[node] as number) === 0) {
      if (node !== outside && isIndifferent(net, node)) {
        augment(net, node)
        net.excess[node] = 0
        net.excess[outside] = 0
        net.opened[node] = (net.opened[node] as Int) + 1
        isSeated = true
        break
      }
      paths.settle(node)
      node = paths.next()
    }
  }
}

function hasFreeSeat(net: Network): boolean {
  for (let col: Int = 0; col < net.cols; col++) if (isIndifferent(net, col)) return true
  return false
}

/** Whether a column's next seat costs exactly its price. */
function isIndifferent(net: Network, col: Int): boolean {
  return costOfSeat(net, col, (net.opened[col] as Int) + 1) === (net.prices[col] as number)
}

/**
 * Lowers the prices to the least that support the placement: each by its distance from outside. They are added up
 * from the scores along the paths, so that what rounding did on the way to the solution is left behind. All members
 * are looked at anew, so bounds are what exchanges cost.
 */
export function lowerPrices(net: Network, paths: Paths): void {
  const outside = net.cols
  liftEmpty(net)
  if (!hasHighPrice(net)) return
  listAll(net)
  paths.clear(FIRST_SEATS)
  paths.source(outside)
  for (let node = paths.nextByBounds(); node !== NONE; node = paths.nextByBounds()) paths.settle(node)
  // Prices enter the search, so they change only after it.
  for (let index: Int = 0; index < paths.settledCount(); index++) {
    const node = net.settled[index] as Int
    if (node !== outside)
      net.prices[node] = priceFrom(net, net.via[node] as Int, net.mover[node] as Int, node)
  }
}

function hasHighPrice(net: Network): boolean {
  for (let col: Int = 0; col < net.cols; col++) {
    if ((net.prices[col] as number) > floorPrice(net, col)) return true
  }
  return false
}

function priceFrom(net: Network, from: Int, row: Int, node: Int): number {
  if (row === SEAT) return floorPrice(net, node)
  const lost =
    row === UNKNOWN
      ? (net.bounds[cellsOf(net, from) + node] as number)
      : scoreAt(net, row, from) - scoreAt(net, row, node)
  return (net.prices[from] as number) - lost
}
