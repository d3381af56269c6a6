import { Sketch } from '@loadstar/core'
import type { Account } from './account.js'
import { boundsOf, groupsOf } from './bounds.js'
import { COUNTERS, type Counts } from './counter.js'
import { MEASURES } from './measure.js'
import { MIDDLE_MS, Recent } from './recent.js'
import type { Slice } from './slice.js'

/** A histogram with fixed bounds, of all values since the start. */
export interface Histogram {
  /** Upper bounds of the groups but the last, which has none. */
  readonly bounds: readonly number[]
  /** Values in each group, not accumulated. */
  readonly counts: Float64Array
  readonly sum: number
}

/**
 * Whoever is measured: all requests together, one model or one agent.
 *
 * A value is written once, into the sketch of the current ten seconds; percentiles, histograms since the start and what
 * is stored all come from there later. Some 30 kB, and what its last hour takes: a few hundred bytes per interval and
 * measure in which something happened.
 */
export class Subject {
  readonly id: string
  /** Since the start. */
  readonly counts: Counts = new Float64Array(COUNTERS)
  readonly #open: (Sketch | undefined)[] = MEASURES.map(() => undefined)
  readonly #closedGroups = MEASURES.map((measure) => new Float64Array(boundsOf(measure).length + 1))
  readonly #closedSums = new Float64Array(MEASURES.length)
  readonly #countsAtClose: Counts = new Float64Array(COUNTERS)
  readonly #recent = new Recent()
  /** Something has happened since `takeDirty` was asked last. */
  #isDirty = false

  constructor(id: string) {
    this.id = id
  }

  /** @param bucket - of the value. */
  measure(measureAt: number, bucket: number, valueMs: number): void {
    const sketch = (this.#open[measureAt] ??= new Sketch())
    sketch.addAt(bucket, valueMs)
  }

  count(counterAt: number, amount: number): void {
    this.counts[counterAt] = (this.counts[counterAt] ?? 0) + amount
  }

  /** Ends the interval that began at `startMs`: what happened in it, or `undefined` when nothing did. */
  close(startMs: number): Slice | undefined {
    const counts = new Float64Array(COUNTERS)
    let isIdle = true
    for (let i = 0; i < COUNTERS; i++) {
      counts[i] = (this.counts[i] ?? 0) - (this.#countsAtClose[i] ?? 0)
      if (counts[i] !== 0) isIdle = false
    }
    if (isIdle) return undefined
    this.#countsAtClose.set(this.counts)
    const sketches = this.#open.map((sketch, i) => this.#closeSketch(sketch, i))
    const slice = { startMs, counts, sketches }
    this.#recent.push(slice)
    this.#isDirty = true
    return slice
  }

  /** Once per interval: what is too old is forgotten. */
  advance(nowMs: number): void {
    this.#recent.advance(nowMs)
  }

  /** Adds the last `windowMs` (up to an hour), of the current interval too. */
  addRecent(windowMs: number, nowMs: number, account: Account): void {
    const fromMs = nowMs - windowMs
    if (windowMs <= MIDDLE_MS) this.#recent.addFine(fromMs, account)
    else this.#recent.addMiddle(fromMs, account)
    this.#addOpenCounts(account.counts)
    this.#open.forEach((sketch, i) => sketch && account.sketches[i]?.merge(sketch))
  }

  /** Adds what was counted in intervals of ten seconds that begin at or after `fromMs`, at most five minutes ago. */
  addRecentCounts(fromMs: number, counts: Counts): void {
    this.#recent.addFineCounts(fromMs, counts)
    this.#addOpenCounts(counts)
  }

  /** As `addRecent` for at most five minutes, of one measure alone. */
  addRecentMeasure(measureAt: number, windowMs: number, nowMs: number, sum: Sketch): void {
    this.#recent.addFineMeasure(nowMs - windowMs, measureAt, sum)
    const open = this.#open[measureAt]
    if (open) sum.merge(open)
  }

  /** Whether closed intervals came since the last time of asking. */
  takeDirty(): boolean {
    const isDirty = this.#isDirty
    this.#isDirty = false
    return isDirty
  }

  /** Adds all closed intervals since `fromMs`. @param isFine - it is at most five minutes ago. */
  addClosed(fromMs: number, isFine: boolean, account: Account): void {
    if (isFine) this.#recent.addFine(fromMs, account)
    else this.#recent.addMiddle(fromMs, account)
  }

  /** Of all values since the start; a value within 2 % of a bound may stand on its other side. Bounds are milliseconds. */
  histogram(measureAt: number): Histogram {
    const measure = MEASURES[measureAt]
    if (measure === undefined) throw new RangeError(`there is no measure ${measureAt}`)
    const counts = Float64Array.from(this.#closedGroups[measureAt] ?? [])
    const open = this.#open[measureAt]
    open?.addGroups(groupsOf(measure), counts)
    return {
      bounds: boundsOf(measure),
      counts,
      sum: (this.#closedSums[measureAt] ?? 0) + (open?.sum ?? 0),
    }
  }

  #addOpenCounts(counts: Counts): void {
    for (let i = 0; i < COUNTERS; i++) {
      counts[i] = (counts[i] ?? 0) + (this.counts[i] ?? 0) - (this.#countsAtClose[i] ?? 0)
    }
  }

  #closeSketch(sketch: Sketch | undefined, i: number): Uint8Array | undefined {
    const measure = MEASURES[i]
    const groups = this.#closedGroups[i]
    if (!sketch || sketch.count === 0 || measure === undefined || !groups) return undefined
    sketch.addGroups(groupsOf(measure), groups)
    this.#closedSums[i] = (this.#closedSums[i] ?? 0) + sketch.sum
    const encoded = sketch.encode()
    sketch.clear()
    return encoded
  }
}
