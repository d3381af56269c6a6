import type { Int } from './lanes.js'
import { NONE, type Network } from './network.js'

/** Seats a row that sits nowhere, with the bid that holds it there. */
export function put(net: Network, row: Int, col: Int, bid: number): void {
  net.columnOf[row] = col
  net.bid[row] = bid
  net.members[col] = (net.members[col] as Int) + 1
  net.child[row] = NONE
  const first = net.heap[col] as Int
  if ((net.isHeap[col] as Int) === 1) net.heap[col] = meld(net, first, row)
  else {
    net.sibling[row] = first
    net.heap[col] = row
  }
}

/** Turns the chain of a column's members into a heap by bid; a pairing heap, as heaps of all columns share one array. */
export function heapUp(net: Network, col: Int): void {
  let next = net.heap[col] as Int
  let root: Int = NONE
  while (next !== NONE) {
    const row = next
    next = net.sibling[row] as Int
    root = meld(net, root, row)
  }
  net.heap[col] = root
  net.isHeap[col] = 1
}

export function meld(net: Network, one: Int, other: Int): Int {
  if (one === NONE) return other
  if (other === NONE) return one
  const isFirst = (net.bid[one] as number) <= (net.bid[other] as number)
  const root = isFirst ? one : other
  const below = isFirst ? other : one
  net.sibling[below] = net.child[root] as Int
  net.child[root] = below
  return root
}

export function withoutRoot(net: Network, root: Int): Int {
  let next = net.child[root] as Int
  net.child[root] = NONE
  let pairs: Int = NONE
  while (next !== NONE) {
    const one = next
    const other = net.sibling[one] as Int
    if (other === NONE) {
      net.sibling[one] = pairs
      pairs = one
      break
    }
    next = net.sibling[other] as Int
    const pair = meld(net, one, other)
    net.sibling[pair] = pairs
    pairs = pair
  }
  let merged: Int = NONE
  while (pairs !== NONE) {
    const rest = net.sibling[pairs] as Int
    merged = meld(net, merged, pairs)
    pairs = rest
  }
  return merged
}
