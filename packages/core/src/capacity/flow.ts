import type { SlotPool } from './queueing.js'

/** Seconds that are looked back on. */
export const SECONDS = 300
/** Calls that must have ended before anything is said of a model. */
const LEAST_CALLS = 30
/** Seconds that must have been seen. */
const LEAST_SECONDS = 20

/** What came to a model and how long it stayed there, of late. */
export interface Flow extends SlotPool {
  /** Ended calls it is measured from. */
  readonly calls: number
  readonly overMs: number
}

/**
 * Measures what flows through one model over the last five minutes, in bounded memory: a ring of seconds. `record` is
 * O(1) and allocates nothing. `nowMs` may not go backwards by more than a second.
 */
export class FlowMeter {
  /** By second: calls that ended in it, their slot time and its squares, and arrivals of calls that have ended. */
  readonly #ended = new Float64Array(SECONDS)
  readonly #serviceMs = new Float64Array(SECONDS)
  readonly #serviceMs2 = new Float64Array(SECONDS)
  readonly #arrived = new Float64Array(SECONDS)
  /** Requests that were there or waited, when last looked at in that second; -1 where nobody looked. */
  readonly #held = new Float64Array(SECONDS).fill(-1)
  #firstS = -1
  #newestS = -1

  /** A call ended. @param queueMs - milliseconds it had waited before it held its slot for `serviceMs`. */
  record(queueMs: number, serviceMs: number, nowMs: number): void {
    const second = this.#advance(nowMs)
    const i = second % SECONDS
    this.#ended[i] = (this.#ended[i] as number) + 1
    this.#serviceMs[i] = (this.#serviceMs[i] as number) + serviceMs
    this.#serviceMs2[i] = (this.#serviceMs2[i] as number) + serviceMs * serviceMs
    const arrivedS = Math.floor((nowMs - serviceMs - queueMs) / 1_000)
    if (arrivedS <= second - SECONDS || arrivedS < this.#firstS) return
    const j = arrivedS % SECONDS
    this.#arrived[j] = (this.#arrived[j] as number) + 1
  }

  /** So many requests are there or wait for it. */
  observe(held: number, nowMs: number): void {
    this.#held[this.#advance(nowMs) % SECONDS] = held
  }

  /**
   * @param turnedAway - requests of the time looked back on that would have come here, and were turned away.
   * @returns `undefined` while too little was seen.
   */
  read(nowMs: number, turnedAway = 0): Flow | undefined {
    const newest = this.#advance(nowMs)
    const oldest = Math.max(this.#firstS, newest - SECONDS + 1)
    // The second that is under way is only partly seen.
    const overS = newest - oldest
    const calls = sum(this.#ended)
    if (calls < LEAST_CALLS || overS < LEAST_SECONDS) return undefined
    const serviceMs = sum(this.#serviceMs) / calls
    if (!(serviceMs > 0)) return undefined
    const variance = Math.max(0, sum(this.#serviceMs2) / calls - serviceMs * serviceMs)
    const arrivals = calls + this.#growth(oldest, newest) + turnedAway
    return {
      calls,
      overMs: overS * 1_000,
      arrivalsPerS: Math.max(0, arrivals) / overS,
      serviceMs,
      serviceCv2: variance / (serviceMs * serviceMs),
      arrivalCv2: this.#dispersion(oldest, newest - Math.ceil((2 * serviceMs) / 1_000)),
    }
  }

  /** What came and has not ended: without it a backlog that grows would look like no more than what is served. */
  #growth(oldest: number, newest: number): number {
    let first = -1
    let last = -1
    for (let second = oldest; second <= newest; second++) {
      const held = this.#held[second % SECONDS] as number
      if (held < 0) continue
      if (first < 0) first = held
      last = held
    }
    return first < 0 ? 0 : last - first
  }

  /**
   * Variance of the arrivals in a second over their mean: what the squared coefficient of variation of the times between
   * them tends to where many come in a second (Cox and Lewis, 1966). 1, as of independent arrivals, where few were seen.
   * Seconds of which calls may still run are left out.
   */
  #dispersion(oldest: number, before: number): number {
    const seconds = before - oldest
    if (seconds < LEAST_SECONDS) return 1
    let total = 0
    let squares = 0
    for (let second = oldest; second < before; second++) {
      const count = this.#arrived[second % SECONDS] as number
      total += count
      squares += count * count
    }
    const mean = total / seconds
    if (total < LEAST_CALLS) return 1
    return (squares - seconds * mean * mean) / (seconds - 1) / mean
  }

  #advance(nowMs: number): number {
    const second = Math.floor(nowMs / 1_000)
    if (this.#firstS < 0) this.#firstS = this.#newestS = second
    for (let next = Math.max(this.#newestS + 1, second - SECONDS + 1); next <= second; next++) {
      const i = next % SECONDS
      this.#ended[i] = this.#serviceMs[i] = this.#serviceMs2[i] = this.#arrived[i] = 0
      this.#held[i] = -1
    }
    if (second > this.#newestS) this.#newestS = second
    return this.#newestS
  }
}

function sum(values: Float64Array): number {
  let total = 0
  for (const value of values) total += value
  return total
}
