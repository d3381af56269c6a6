import { monitorEventLoopDelay } from 'node:perf_hooks'

/** How a process of this instance is doing. */
export interface Vitals {
  /** User and system time since its start. */
  readonly cpuSeconds: number
  readonly residentBytes: number
  readonly heapUsedBytes: number
  /** How late timers ran since the last reading, of the event loop; seconds. */
  readonly lagMeanSeconds: number
  readonly lagP99Seconds: number
  readonly lagMaxSeconds: number
}

/** Milliseconds between two samples of the event loop: finer ones cost more than they tell. */
const RESOLUTION_MS = 20
const NS_PER_SECOND = 1e9

/** Reads the vitals of this process. */
export class VitalsMonitor {
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })

  constructor() {
    this.#delay.enable()
  }

  read(): Vitals {
    const { user, system } = process.cpuUsage()
    const { rss, heapUsed } = process.memoryUsage()
    const lag = (ns: number): number =>
      Number.isFinite(ns) ? Math.max(0, ns / NS_PER_SECOND - RESOLUTION_MS / 1_000) : 0
    const vitals = {
      cpuSeconds: (user + system) / 1e6,
      residentBytes: rss,
      heapUsedBytes: heapUsed,
      lagMeanSeconds: lag(this.#delay.mean),
      lagP99Seconds: lag(this.#delay.percentile(99)),
      lagMaxSeconds: lag(this.#delay.max),
    }
    this.#delay.reset()
    return vitals
  }

  stop(): void {
    this.#delay.disable()
  }
}
