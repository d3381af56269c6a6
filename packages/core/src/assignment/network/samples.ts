import { greater, toInt, type Int } from './lanes.js'
import type { Network } from './network.js'

/**
 * From now on solves for the first `size` rows of the order, with as many of the seats. All rows are taken from first
 * to last: nothing is left out then, and scores are read fastest from end to end.
 *
 * @returns how many seats the sample has.
 */
export function takeSample(net: Network, size: Int): Int {
  net.sample = size
  if (size === net.rows) {
    for (let row: Int = 0; row < net.rows; row++) net.order[row] = row
  }
  return scaleCapacities(net)
}

/** Takes rows in steps of the golden section: every beginning is spread evenly over all rows, and none twice. */
export function shuffle(net: Network): void {
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
function scaleCapacities(net: Network): Int {
  const rows: number = net.rows
  let sum: number = 0
  let given: number = 0
  for (let col: Int = 0; col < net.cols; col++) {
    sum += net.seats[col] as number
    const upTo = Math.round((sum * net.sample) / rows)
    net.capacity[col] = toInt(upTo - given)
    given = upTo
  }
  return toInt(given)
}

export function seatsIn(net: Network): number {
  let seats: number = 0
  for (let col: Int = 0; col < net.cols; col++) seats += net.seats[col] as number
  return seats
}
