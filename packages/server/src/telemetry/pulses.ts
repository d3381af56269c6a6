import { Sketch } from '@loadstar/core'
import type { Pulse, PulseView } from '../api/pulse.js'
import { WINDOWS } from '../api/metrics-view.js'
import { amountIn, COUNTERS, requestsIn, successIn, type Counts } from './counter.js'
import { MEASURE_AT } from './measure.js'
import type { Meters } from './meters.js'
import { FINE_MS } from './recent.js'
import type { Subject } from './subject.js'

interface Known {
  readonly pulse: Pulse
  readonly readMs: number
}

/** Percentiles are sums over buckets, and rates never stand still: both are read anew no more often than this. */
const READ_EVERY_MS = 1_000
/** Of a thousand models so many parts take turns, or every one would be read in the same moment of each second. */
const TURNS = 4
const SECOND_MS = 1_000
const WINDOW_MS = WINDOWS['1m']

/** Reads the pulse of everyone who is measured. */
export class Pulses implements PulseView {
  readonly #meters: Meters
  readonly #clock: () => number
  readonly #known = new WeakMap<Subject, Known>()
  readonly #sketch = new Sketch()
  readonly #counts: Counts = new Float64Array(COUNTERS)
  #turn = 0

  constructor(meters: Meters, clock: () => number) {
    this.#meters = meters
    this.#clock = clock
  }

  all(): Pulse {
    return this.#of(this.#meters.all, false)
  }

  model(id: string): Pulse | undefined {
    const subject = this.#meters.model(id)
    return subject && this.#of(subject, true)
  }

  #of(subject: Subject, isModel: boolean): Pulse {
    const nowMs = this.#clock()
    const known = this.#known.get(subject)
    if (known !== undefined && nowMs - known.readMs < READ_EVERY_MS) return known.pulse
    const pulse = this.#read(subject, isModel, nowMs)
    const earlierMs = known === undefined ? ((this.#turn++ % TURNS) * READ_EVERY_MS) / TURNS : 0
    this.#known.set(subject, { pulse, readMs: nowMs - earlierMs })
    return pulse
  }

  #read(subject: Subject, isModel: boolean, nowMs: number): Pulse {
    const { openedMs, startedMs } = this.#meters
    // The interval that is over and the one that lasts: whole intervals are all that is kept.
    const sinceMs = openedMs - FINE_MS
    const seconds = Math.max(1, (nowMs - Math.max(sinceMs, startedMs)) / SECOND_MS)
    const latest = this.#countsSince(subject, sinceMs)
    const requestsPerSecond = requestsIn(latest) / seconds
    const tokensPerSecond = amountIn(latest, 'outputTokens') / seconds
    const { succeeded, judged } = successIn(this.#countsSince(subject, nowMs - WINDOW_MS), isModel)
    this.#sketch.clear()
    subject.addRecentMeasure(MEASURE_AT.latency, WINDOW_MS, nowMs, this.#sketch)
    const { avg, p50, p95, p99 } = this.#sketch.summary()
    return {
      requestsPerSecond,
      tokensPerSecond,
      successRate: judged === 0 ? null : succeeded / judged,
      avgMs: avg,
      p50Ms: p50,
      p95Ms: p95,
      p99Ms: p99,
    }
  }

  /** Valid until the next call. */
  #countsSince(subject: Subject, fromMs: number): Counts {
    this.#counts.fill(0)
    subject.addRecentCounts(fromMs, this.#counts)
    return this.#counts
  }
}
