import { Sketch } from '@loadstar/core'
import { COUNTERS, type Counts } from './counter.js'
import { MEASURES } from './measure.js'
import type { Slice } from './slice.js'

/** What somebody did in a stretch of time, added up so that it can be read. */
export class Account {
  readonly counts: Counts = new Float64Array(COUNTERS)
  /** By measure. */
  readonly sketches: readonly Sketch[] = MEASURES.map(() => new Sketch())

  add({ counts, sketches }: Slice): void {
    for (let i = 0; i < COUNTERS; i++) this.counts[i] = (this.counts[i] ?? 0) + (counts[i] ?? 0)
    for (let i = 0; i < sketches.length; i++) {
      const sketch = sketches[i]
      if (sketch) this.sketches[i]?.mergeEncoded(sketch)
    }
  }

  toSlice(startMs: number): Slice {
    return {
      startMs,
      counts: this.counts,
      sketches: this.sketches.map((sketch) => (sketch.count === 0 ? undefined : sketch.encode())),
    }
  }
}
