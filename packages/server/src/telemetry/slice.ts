import type { Counts } from './counter.js'

/** What somebody did in one interval. */
export interface Slice {
  /** Unix milliseconds, a multiple of the interval. */
  readonly startMs: number
  readonly counts: Counts
  /** By measure, encoded; `undefined` where nothing was measured. */
  readonly sketches: readonly (Uint8Array | undefined)[]
}
