import { solveTransportation, verifyAssignment } from '@loadstar/core'
import type { Instance } from './families.js'
import { timeInProcess, type Peer, type Timing } from './peer.js'

export const OURS = 'ours'

interface Figures {
  readonly medianCpuMs: number
  readonly leastCpuMs: number
  readonly runs: number
}

export interface InstanceResult {
  readonly instance: string
  readonly family: string
  readonly regime: string
  readonly rows: number
  readonly cols: number
  readonly value: number
  /** Optimal over greedy in order of rows, less 1. */
  readonly overGreedy: number
  readonly figures: Readonly<Record<string, Figures>>
}

export const oursPeer: Peer = {
  name: OURS,
  timed: 'call',
  accepts: () => true,
  solve: ({ problem }, forMs) =>
    Promise.resolve(timeInProcess(() => solveTransportation(problem).total, forMs)),
  close: () => undefined,
}

/** CPU time left per peer at one size; who has none left is left out of further instances. */
export class Budget {
  readonly #spentMs = new Map<string, number>()
  constructor(readonly perPeerMs: number) {}

  allows(peer: string): boolean {
    return peer === OURS || (this.#spentMs.get(peer) ?? 0) < this.perPeerMs
  }

  spend(peer: string, ms: number): void {
    this.#spentMs.set(peer, (this.#spentMs.get(peer) ?? 0) + ms)
  }
}

/**
 * Runs all peers on one instance, taking turns, so that the noise of the machine hits all alike.
 *
 * @throws {Error} when values differ or the certificate does not hold: then nothing measured is worth anything.
 */
export async function measure(
  instance: Instance,
  peers: readonly Peer[],
  rounds: number,
  budget: Budget,
): Promise<InstanceResult> {
  const { problem, name, family, regime } = instance
  const solution = solveTransportation(problem)
  const certificate = verifyAssignment(problem, solution)
  if (!certificate.isOptimal || certificate.gap !== 0) {
    throw new Error(`${name}: not proved optimal, gap ${certificate.gap}`)
  }
  const forMs = problem.rows * problem.cols <= 1e4 ? 10 : 0
  const timings = new Map<string, Timing[]>()
  for (let round = 0; round < rounds; round++) {
    for (const peer of peers) {
      if (!budget.allows(peer.name)) continue
      const timing = await peer.solve(instance, forMs)
      if (Math.abs(timing.value - solution.total) > 1e-9 * Math.max(1, solution.total)) {
        throw new Error(`${name}: ${peer.name} finds ${timing.value}, we find ${solution.total}`)
      }
      budget.spend(peer.name, Math.max(forMs, timing.cpuMs))
      timings.set(peer.name, [...(timings.get(peer.name) ?? []), timing])
    }
  }
  return {
    instance: name,
    family,
    regime,
    rows: problem.rows,
    cols: problem.cols,
    value: solution.total,
    overGreedy: solution.total / greedyTotal(instance) - 1,
    figures: Object.fromEntries([...timings].map(([peer, list]) => [peer, figuresOf(list)])),
  }
}

function figuresOf(timings: readonly Timing[]): Figures {
  const sorted = timings.map(({ cpuMs }) => cpuMs).sort((a, b) => a - b)
  return { medianCpuMs: median(sorted), leastCpuMs: sorted[0] as number, runs: sorted.length }
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2
}

/** Rows in turn take the best column that has a seat. */
function greedyTotal({ problem: { rows, cols, scores, capacities } }: Instance): number {
  const used = new Int32Array(cols)
  let total = 0
  for (let row = 0; row < rows; row++) {
    let best = -1
    let greatest = 0
    for (let col = 0; col < cols; col++) {
      const score = scores[row * cols + col] as number
      if (score > greatest && (used[col] as number) < (capacities[col] as number)) {
        greatest = score
        best = col
      }
    }
    if (best === -1) continue
    used[best] = (used[best] as number) + 1
    total += greatest
  }
  return total
}
