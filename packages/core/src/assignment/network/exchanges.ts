import { findBelow, type Int } from './lanes.js'
import { depthFor, NONE, type Network } from './network.js'

/*
 * What it costs a node to let one of its members go to another: the least `score(i, from) − score(i, to)` over the
 * members i, without prices, so that a change of prices touches none.
 *
 * A cell keeps the best candidates, worst first. Every member whose cost is below the cell's threshold is among them;
 * some of them may have left. So the bound is never above the true least cost, and it is worked out only on demand.
 */

export function cellsFor(cols: Int, isDirect: boolean): Int {
  return isDirect ? cols + 1 : (cols + 1) * (cols + 1)
}

/** Where the cells of a node begin; in direct mode only outside has any. */
export function cellsOf(net: Network, from: Int): Int {
  return net.isDirect ? 0 : from * (net.cols + 1)
}

/** Lists the members of every node and their first candidates. */
export function startExchanges(net: Network): void {
  const nodes: Int = net.cols + 1
  const cells = cellsFor(net.cols, net.isDirect)
  net.depth = depthFor(cells)
  for (let node: Int = 0; node < nodes; node++) net.firstMember[node] = NONE
  for (let cell: Int = 0; cell < cells; cell++) {
    net.bounds[cell] = Infinity
    net.thresholds[cell] = Infinity
    net.listed[cell] = 0
  }
  for (let index: Int = 0; index < net.sample; index++) {
    const row = net.order[index] as Int
    const col = net.columnOf[row] as Int
    enlist(net, row, col)
    if (net.isDirect && col < net.cols) continue
    startCandidates(net, row, col)
  }
}

/** Keeps one candidate per cell: most cells are never asked for another. */
function startCandidates(net: Network, row: Int, from: Int): void {
  const cols = net.cols
  const base = row * cols
  const cells = cellsOf(net, from)
  const own = scoreAt(net, row, from)
  let to = findBelow(own, net.scores, base, net.thresholds, cells, 0, cols)
  while (to < cols) {
    startCell(net, cells + to, own - (net.scores[base + to] as number), row)
    to = findBelow(own, net.scores, base, net.thresholds, cells, to + 1, cols)
  }
  if (own < (net.thresholds[cells + cols] as number)) startCell(net, cells + cols, own, row)
}

function startCell(net: Network, cell: Int, cost: number, row: Int): void {
  const least = net.bounds[cell] as number
  if (cost < least) {
    net.thresholds[cell] = least
    net.bounds[cell] = cost
    net.candidates[cell * net.depth] = row
    net.listed[cell] = 1
  } else net.thresholds[cell] = cost
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
  if (!net.isDirect || to === net.cols) addCandidate(net, row, to)
}

function addCandidate(net: Network, row: Int, from: Int): void {
  const cols = net.cols
  const base = row * cols
  const cells = cellsOf(net, from)
  const own = scoreAt(net, row, from)
  let to = findBelow(own, net.scores, base, net.thresholds, cells, 0, cols)
  while (to < cols) {
    insert(net, from, to, row, own - (net.scores[base + to] as number))
    to = findBelow(own, net.scores, base, net.thresholds, cells, to + 1, cols)
  }
  if (own < (net.thresholds[cells + cols] as number)) insert(net, from, cols, row, own)
}

function costOf(net: Network, row: Int, from: Int, to: Int): number {
  return scoreAt(net, row, from) - scoreAt(net, row, to)
}

/** Puts a row whose cost is below the threshold in its place; the worst makes room where the list is full. */
function insert(net: Network, from: Int, to: Int, row: Int, cost: number): void {
  const cell: Int = cellsOf(net, from) + to
  const start: Int = cell * net.depth
  let count = net.listed[cell] as Int
  let at: Int = start
  if (count === net.depth) {
    const worst = costOf(net, net.candidates[start] as Int, from, to)
    net.thresholds[cell] = Math.max(worst, cost)
    if (cost >= worst) return
    for (; at + 1 < start + count; at++) {
      const other = net.candidates[at + 1] as Int
      if (costOf(net, other, from, to) <= cost) break
      net.candidates[at] = other
    }
  } else {
    at = start + count
    for (; at > start; at--) {
      const other = net.candidates[at - 1] as Int
      if (costOf(net, other, from, to) > cost) break
      net.candidates[at] = other
    }
    count++
    net.listed[cell] = count
  }
  net.candidates[at] = row
  if (cost < (net.bounds[cell] as number)) net.bounds[cell] = cost
}

/** The member that loses least by the exchange, `NONE` while it is not known. */
export function knownCandidate(net: Network, from: Int, to: Int): Int {
  const cell: Int = cellsOf(net, from) + to
  const count = net.listed[cell] as Int
  if (count === 0) return NONE
  const row = net.candidates[cell * net.depth + count - 1] as Int
  return (net.columnOf[row] as Int) === from ? row : NONE
}

/** Makes the bound of a cell the true least cost, `Infinity` when no member may go there. */
export function refresh(net: Network, from: Int, to: Int): void {
  const cell: Int = cellsOf(net, from) + to
  const start: Int = cell * net.depth
  let count = net.listed[cell] as Int
  while (count > 0 && (net.columnOf[net.candidates[start + count - 1] as Int] as Int) !== from) count--
  net.listed[cell] = count
  if (count === 0) rescan(net, from, to)
  count = net.listed[cell]
  net.bounds[cell] = count === 0 ? Infinity : costOf(net, net.candidates[start + count - 1] as Int, from, to)
}

function rescan(net: Network, from: Int, to: Int): void {
  const cell: Int = cellsOf(net, from) + to
  if ((net.thresholds[cell] as number) === Infinity) return
  net.thresholds[cell] = Infinity
  let row = net.firstMember[from] as Int
  while (row !== NONE) {
    const cost = costOf(net, row, from, to)
    if (cost < net.thresholds[cell]) insert(net, from, to, row, cost)
    row = net.nextMember[row] as Int
  }
}
