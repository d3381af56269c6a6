import { LoadstarError } from '../error.js'
import { checkMs } from '../load/check.js'
import { Sketch, type LatencySummary } from './sketch.js'

interface Slice {
  /** Which slice of time it counts; slices are numbered from time 0. */
  number: number
  readonly sketch: Sketch
}

const SLICES = 10

/**
 * Latency percentiles of the recent past in bounded memory: ten slices of the window, each a sketch (42 kB when all are
 * in use). The oldest slice is forgotten whole, so a value counts for between nine tenths of the window and all of it.
 * `record` is O(1), `snapshot` O(buckets).
 */
export class LatencyWindow {
  readonly #sliceMs: number
  readonly #slices: (Slice | undefined)[] = new Array<Slice | undefined>(SLICES).fill(undefined)
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
    this.#sliceAt(this.#advance(nowMs)).sketch.add(valueMs)
  }

  /** @throws {LoadstarError} `OPTION_INVALID` when `nowMs` is negative or not finite. */
  snapshot(nowMs: number): LatencySummary {
    const newest = this.#advance(nowMs)
    const sum = new Sketch()
    for (const slice of this.#slices) if (slice && slice.number > newest - SLICES) sum.merge(slice.sketch)
    return sum.summary()
  }

  /** Slices are made when first needed and used again when their time has passed. */
  #sliceAt(number: number): Slice {
    const index = number % SLICES
    const slice = (this.#slices[index] ??= { number, sketch: new Sketch() })
    if (slice.number !== number) {
      slice.sketch.clear()
      slice.number = number
    }
    return slice
  }

  #advance(nowMs: number): number {
    checkMs(nowMs, 'now_ms')
    this.#newest = Math.max(this.#newest, Math.floor(nowMs / this.#sliceMs))
    return this.#newest
  }
}
