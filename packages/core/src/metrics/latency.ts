import { LoadstarError } from '../error.js'
import { checkMs } from '../load/check.js'
import { BUCKET_COUNT, bucketOf, middleOf } from './buckets.js'

/** Of the values recorded within the window; all but `count` are `null` when there were none. */
export interface LatencySummary {
  readonly count: number
  /** Milliseconds, exact, as are `max` and `avg`. */
  readonly min: number | null
  readonly max: number | null
  readonly avg: number | null
  /** Milliseconds, within 2 % of the value at that nearest rank (values from 0.01 ms to 2.8 hours). */
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
}

interface Slice {
  /** Which slice of time it counts; slices are numbered from time 0. */
  number: number
  count: number
  sum: number
  min: number
  max: number
  readonly buckets: Uint32Array
}

const SLICES = 10
const EMPTY: LatencySummary = { count: 0, min: null, max: null, avg: null, p50: null, p95: null, p99: null }

/**
 * Latency percentiles of the recent past in bounded memory: ten slices of the window, each a histogram of about a
 * thousand logarithmic buckets (42 kB when all are in use). The oldest slice is forgotten whole, so a value counts for
 * between nine tenths of the window and all of it. `record` is O(1), `snapshot` O(buckets).
 *
 * Buckets as in DDSketch. Masson, Rim, Lee, "DDSketch: a fast and fully-mergeable quantile sketch with
 * relative-error guarantees", VLDB 2019, doi:10.14778/3352063.3352135.
 */
export class LatencyWindow {
  readonly #sliceMs: number
  readonly #slices: Slice[] = []
  #newest = 0

  /** @param windowMs - milliseconds > 0; default one minute. */
  constructor(windowMs = 60_000) {
    if (!(windowMs > 0 && windowMs < Infinity)) {
      throw new LoadstarError(
        'OPTION_INVALID',
        'window_ms',
        'must be a finite number of milliseconds > 0',
        windowMs,
      )
    }
    this.#sliceMs = windowMs / SLICES
  }

  /**
   * @param valueMs - milliseconds ≥ 0.
   * @param nowMs - milliseconds ≥ 0; where it goes backwards the latest time seen counts.
   * @throws {LoadstarError} `OPTION_INVALID` when either is negative or not finite.
   */
  record(valueMs: number, nowMs: number): void {
    checkMs(valueMs, 'value_ms')
    const slice = this.#sliceAt(this.#advance(nowMs))
    slice.count++
    slice.sum += valueMs
    if (valueMs < slice.min) slice.min = valueMs
    if (valueMs > slice.max) slice.max = valueMs
    const bucket = bucketOf(valueMs)
    slice.buckets[bucket] = (slice.buckets[bucket] ?? 0) + 1
  }

  /** @throws {LoadstarError} `OPTION_INVALID` when `nowMs` is negative or not finite. */
  snapshot(nowMs: number): LatencySummary {
    const newest = this.#advance(nowMs)
    const live = this.#slices.filter(({ number, count }) => count > 0 && number > newest - SLICES)
    if (live.length === 0) return EMPTY
    const min = Math.min(...live.map((slice) => slice.min))
    const max = Math.max(...live.map((slice) => slice.max))
    const count = live.reduce((sum, slice) => sum + slice.count, 0)
    const sum = live.reduce((total, slice) => total + slice.sum, 0)
    const buckets = new Uint32Array(BUCKET_COUNT)
    for (const slice of live) slice.buckets.forEach((n, i) => (buckets[i] = (buckets[i] ?? 0) + n))
    // The exact ends are known: an estimate beyond them would be further off.
    const quantile = (q: number) => Math.min(max, Math.max(min, valueAtRank(buckets, Math.ceil(q * count))))
    return { count, min, max, avg: sum / count, p50: quantile(0.5), p95: quantile(0.95), p99: quantile(0.99) }
  }

  /** Slices are made when first needed and used again when their time has passed. */
  #sliceAt(number: number): Slice {
    const index = number % SLICES
    const known = this.#slices.find((slice) => slice.number % SLICES === index)
    if (known?.number === number) return known
    const slice = known ?? emptySlice()
    if (known === undefined) this.#slices.push(slice)
    else clear(slice)
    slice.number = number
    return slice
  }

  #advance(nowMs: number): number {
    checkMs(nowMs, 'now_ms')
    this.#newest = Math.max(this.#newest, Math.floor(nowMs / this.#sliceMs))
    return this.#newest
  }
}

function emptySlice(): Slice {
  return { number: 0, count: 0, sum: 0, min: Infinity, max: 0, buckets: new Uint32Array(BUCKET_COUNT) }
}

function clear(slice: Slice): void {
  slice.count = 0
  slice.sum = 0
  slice.min = Infinity
  slice.max = 0
  slice.buckets.fill(0)
}

/** @param rank - 1-based, at most the total count. */
function valueAtRank(buckets: Uint32Array, rank: number): number {
  let seen = 0
  let bucket = -1
  while (seen < rank && bucket < BUCKET_COUNT - 1) seen += buckets[++bucket] ?? 0
  return middleOf(bucket)
}
