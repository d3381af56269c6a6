import { Agent, type Dispatcher } from 'undici'
import type { Workload } from './plan.js'
import { TrafficRecorder, type TrafficReport } from './report.js'
import type { RequestResult } from './result.js'
import { send, signalOfRun } from './send.js'

/** At least one of `requests` and `durationMs` must be given; the first to be reached ends the run. */
interface ClosedLoopOptions {
  readonly workload: Workload
  /** How many send at once, each its next request as soon as the one before has ended; integer ≥ 1. */
  readonly clients: number
  /** Requests in all. */
  readonly requests?: number
  /** No request begins later than this; those under way are waited for. */
  readonly durationMs?: number
  /** Milliseconds a client waits for one answer; 120 000 when left out. */
  readonly timeoutMs?: number
  /** Cuts off requests under way and ends the run. */
  readonly signal?: AbortSignal
  /** Connections to use; an own pool, closed at the end, when left out. */
  readonly dispatcher?: Dispatcher
  /** Told of every request that ends, in order of ending. */
  readonly onEnd?: (result: RequestResult, index: number) => void
}

export const DEFAULT_TIMEOUT_MS = 120_000

/**
 * Drives a gateway with a fixed number of clients, as load tests do.
 *
 * @returns once every request has ended.
 * @throws {RangeError} no client, or neither end nor duration given.
 */
export async function runClosedLoop(options: ClosedLoopOptions): Promise<TrafficReport> {
  const { clients, requests = Infinity, durationMs = Infinity } = options
  if (!Number.isInteger(clients) || clients < 1)
    throw new RangeError(`clients must be an integer ≥ 1, got ${clients}`)
  if (requests === Infinity && durationMs === Infinity)
    throw new RangeError('give requests, durationMs or both')
  const dispatcher = options.dispatcher ?? new Agent()
  const { signal, detach } = signalOfRun(options.signal)
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS
  const recorder = new TrafficRecorder()
  const endMs = performance.now() + durationMs
  let next = 0
  const client = async (): Promise<void> => {
    while (next < requests && !signal.aborted && performance.now() < endMs) {
      const index = next
      next += 1
      recorder.started()
      const result = await send(options.workload(index), { dispatcher, signal, timeoutMs })
      recorder.ended(result)
      options.onEnd?.(result, index)
    }
  }
  try {
    await Promise.all(Array.from({ length: clients }, client))
    return recorder.report()
  } finally {
    detach()
    if (options.dispatcher === undefined) await dispatcher.destroy()
  }
}
