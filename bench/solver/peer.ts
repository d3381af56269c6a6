import type { Instance } from './families.js'

export interface Timing {
  /** Process CPU time of one solve, in milliseconds. */
  readonly cpuMs: number
  readonly value: number
}

/** A solver to compare with. */
export interface Peer {
  readonly name: string
  /** A peer in JavaScript is timed for the whole call, a native one for its solve alone, in its favour. */
  readonly timed: 'call' | 'solve alone'
  /** What it would not finish, or not in memory. */
  accepts(instance: Instance, isLong: boolean): boolean
  /** Solves again and again until `forMs` of CPU time are spent, at least once. */
  solve(instance: Instance, forMs: number): Promise<Timing>
  close(): void
}

/** Why a peer cannot take part, and how to get it. */
export interface Missing {
  readonly name: string
  readonly reason: string
  readonly install: string
}

export function seatsIn({ problem }: Instance): number {
  let seats = 0
  for (let col = 0; col < problem.cols; col++)
    seats += Math.min(problem.rows, problem.capacities[col] as number)
  return seats
}

export function timeInProcess(solve: () => number, forMs: number): Timing {
  let runs = 0
  let spent = 0
  let value = NaN
  const start = process.cpuUsage()
  while (runs === 0 || spent < forMs) {
    value = solve()
    runs++
    const { user, system } = process.cpuUsage(start)
    spent = (user + system) / 1_000
  }
  return { cpuMs: spent / runs, value }
}
