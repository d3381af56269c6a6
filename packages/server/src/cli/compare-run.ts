import { Agent } from 'undici'
import { runClosedLoop } from '../traffic/closed-loop.js'
import type { Workload } from '../traffic/plan.js'
import { summarize, type LatencySummary } from '../traffic/report.js'
import { readStats, resetStats, type RemoteModelServer } from './compare-fleet.js'

/** One side of the comparison, measured. */
export interface Measured {
  readonly requests: number
  readonly succeeded: number
  /** Requests that got no whole answer. */
  readonly failures: number
  /** Of successful requests, all rounds together. */
  readonly latencyMs: LatencySummary
  readonly models: readonly MeasuredModel[]
}

/** What one model server wrote down itself. */
export interface MeasuredModel {
  readonly id: string
  /** Requests that reached it, refused ones included. */
  readonly requests: number
  readonly refused: number
  readonly peakConcurrency: number
  /** Mean share of its slots in use while the bursts lasted, 0..1. */
  readonly utilization: number
}

export interface SideOptions {
  /** The n-th request of a round; called anew for every round. */
  readonly workload: (round: number) => Workload
  readonly servers: readonly RemoteModelServer[]
  /** Slots of each model. */
  readonly maxConcurrent: number
  readonly rounds: number
  readonly burst: number
  readonly signal: AbortSignal
  readonly onRound: (round: number) => void
}

/**
 * Sends `rounds` bursts of `burst` requests at once, each burst when the one before is over, and reads from the
 * models' own records what reached them.
 */
export async function measureSide(options: SideOptions): Promise<Measured> {
  const { servers, rounds, burst, signal } = options
  const dispatcher = new Agent()
  const latencies: number[] = []
  let failures = 0
  let elapsedMs = 0
  try {
    // Opens the connections, so that no measured request waits for one.
    await runClosedLoop({
      workload: options.workload(-1),
      clients: burst,
      requests: burst,
      dispatcher,
      signal,
    })
    await Promise.all(servers.map(resetStats))
    for (let round = 0; round < rounds && !signal.aborted; round += 1) {
      const report = await runClosedLoop({
        workload: options.workload(round),
        clients: burst,
        requests: burst,
        dispatcher,
        signal,
        onEnd: ({ end, latencyMs }) => {
          if (end.kind === 'succeeded') latencies.push(latencyMs)
        },
      })
      failures += report.failed
      elapsedMs += report.elapsedMs
      options.onRound(round + 1)
    }
  } finally {
    await dispatcher.destroy()
  }
  const models = await Promise.all(
    servers.map(async (server) => {
      const { served, refused, peakConcurrency, busyMs } = await readStats(server)
      const utilization = busyMs / (elapsedMs * options.maxConcurrent)
      return { id: server.id, requests: served + refused, refused, peakConcurrency, utilization }
    }),
  )
  return {
    requests: rounds * burst,
    succeeded: latencies.length,
    failures,
    latencyMs: summarize(latencies),
    models,
  }
}
