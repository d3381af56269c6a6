import { Agent } from 'undici'
import { DEFAULT_TIMEOUT_MS } from './closed-loop.js'
import type { Workload } from './plan.js'
import { TrafficRecorder, type TrafficReport } from './report.js'
import { send, signalOfRun } from './send.js'

interface OpenLoopOptions {
  readonly workload: Workload
  /** Arrivals per second, > 0: fixed, or by the milliseconds since the start. */
  readonly ratePerSecond: number | ((elapsedMs: number) => number)
  /** In [0, 1), seeded: the gaps between arrivals are drawn from it. */
  readonly random: () => number
  /** Requests under way at most; arrivals beyond are skipped and counted. 1000 when left out. */
  readonly maxInFlight?: number
  /** Milliseconds a client waits for one answer; 120 000 when left out. */
  readonly timeoutMs?: number
  /** Cuts off requests under way and ends the run. */
  readonly signal?: AbortSignal
}

/** A load that goes on by itself. */
interface RunningTraffic {
  /** As of now. */
  report(): TrafficReport
  /** Sends nothing more; resolves once every request under way has ended. */
  stop(): Promise<TrafficReport>
}

const DEFAULT_MAX_IN_FLIGHT = 1000

/**
 * Sends requests at moments of their own, however long the answers take, as users do: a Poisson process.
 *
 * An open loop shows what a closed one hides: when answers slow down, the requests keep coming.
 */
export function startOpenLoop(options: OpenLoopOptions): RunningTraffic {
  const { workload, random, maxInFlight = DEFAULT_MAX_IN_FLIGHT } = options
  const recorder = new TrafficRecorder()
  const dispatcher = new Agent()
  const { signal, detach } = signalOfRun(options.signal)
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS
  const underWay = new Set<Promise<void>>()
  const startMs = performance.now()
  let arrivals = 0
  let nextMs = startMs
  let timer: NodeJS.Timeout | undefined
  let isStopping = false

  const gapMs = (): number => {
    const rate = options.ratePerSecond
    const perSecond = typeof rate === 'number' ? rate : rate(nextMs - startMs)
    // 1 − u lies in (0, 1], whose logarithm is finite.
    return (-Math.log(1 - random()) * 1000) / perSecond
  }
  const arrive = (): void => {
    const plan = workload(arrivals)
    arrivals += 1
    if (recorder.inFlight >= maxInFlight) {
      recorder.skipped()
      return
    }
    recorder.started()
    const request = send(plan, { dispatcher, signal, timeoutMs }).then((result) => {
      recorder.ended(result)
      underWay.delete(request)
    })
    underWay.add(request)
  }
  const tick = (): void => {
    // Arrivals keep to their own clock: a timer that comes late makes up for it instead of thinning the load.
    for (; nextMs <= performance.now(); nextMs += gapMs()) arrive()
    timer = setTimeout(tick, nextMs - performance.now())
  }
  const halt = (): void => {
    isStopping = true
    clearTimeout(timer)
  }
  const stop = async (): Promise<TrafficReport> => {
    halt()
    await Promise.all(underWay)
    detach()
    await dispatcher.destroy()
    return recorder.report()
  }
  nextMs += gapMs()
  signal.addEventListener('abort', halt, { once: true })
  if (!signal.aborted && !isStopping) tick()
  return { report: () => recorder.report(), stop }
}
