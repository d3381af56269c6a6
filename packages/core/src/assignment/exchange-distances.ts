import type { TransportationProblem } from './transportation-problem.js'

/**
 * What it costs an optimal placement to pass one row too many in one column on to where one is missing:
 * `(cols + 1) × (cols + 1)`, in the unit of the scores, `Infinity` where there is no way; index `cols` is outside.
 *
 * `[col, outside]` is what one seat fewer would cost, the greatest price of the column; minus `[outside, col]` is
 * what one row fewer there would save, the least price. The steps are: a member goes to another column or out, a free
 * seat is opened, somebody from outside comes in, a seat is left empty. The shortest ways are exact changes of the
 * optimum, as in every flow.
 *
 * O(rows · cols + cols³). R. W. Floyd, Algorithm 97: Shortest path, 1962, doi:10.1145/367766.368168
 */
export function exchangeDistances(problem: TransportationProblem, columnOfRow: Int32Array): Float64Array {
  const nodes = problem.cols + 1
  const distances = singleSteps(problem, columnOfRow)
  for (let via = 0; via < nodes; via++) {
    for (let from = 0; from < nodes; from++) {
      const first = distances[from * nodes + via] as number
      if (first === Infinity) continue
      for (let to = 0; to < nodes; to++) {
        const length = first + (distances[via * nodes + to] as number)
        if (length < (distances[from * nodes + to] as number)) distances[from * nodes + to] = length
      }
    }
  }
  return distances
}

function singleSteps(problem: TransportationProblem, columnOfRow: Int32Array): Float64Array {
  const { rows, cols, scores, capacities } = problem
  const nodes = cols + 1
  const steps = new Float64Array(nodes * nodes).fill(Infinity)
  const shorten = (from: number, to: number, cost: number) => {
    const cell = from * nodes + to
    if (cost < (steps[cell] as number)) steps[cell] = cost
  }
  const used = new Int32Array(cols)
  for (let row = 0; row < rows; row++) {
    const placed = columnOfRow[row] as number
    const from = placed === -1 ? cols : placed
    const own = placed === -1 ? 0 : (scores[row * cols + placed] as number)
    for (let to = 0; to < cols; to++) shorten(from, to, own - (scores[row * cols + to] as number))
    if (placed === -1) continue
    shorten(placed, cols, own)
    used[placed] = (used[placed] as number) + 1
  }
  for (let col = 0; col < cols; col++) {
    const count = used[col] as number
    if (count < (capacities[col] as number)) shorten(col, cols, nextSeatCost(problem, col, count))
    // An empty column costs what its first seat would: nobody would take a lower price as an offer.
    shorten(cols, col, -nextSeatCost(problem, col, Math.max(0, count - 1)))
    steps[col * nodes + col] = 0
  }
  steps[cols * nodes + cols] = 0
  return steps
}

/** 0 where the problem does not tell the cost of a seat beyond those that can be used. */
function nextSeatCost(problem: TransportationProblem, col: number, seat: number): number {
  return problem.seatCosts?.[col]?.[seat] ?? 0
}
