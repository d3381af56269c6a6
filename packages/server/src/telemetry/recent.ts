import type { Sketch } from '@loadstar/core'
import { Account } from './account.js'
import type { Counts } from './counter.js'
import type { Slice } from './slice.js'

/** Milliseconds of the shortest interval that is told apart. */
export const FINE_MS = 10_000
/** Milliseconds of the intervals of which the hour is made. */
export const MIDDLE_MS = 300_000
const HOUR_MS = 3_600_000

/**
 * What a subject did in the last hour: the latest minutes by intervals of ten seconds, all of it by such of five
 * minutes. An interval in which nothing happened takes no room.
 */
export class Recent {
  /** Of the current five minutes and those before. */
  #fine: Slice[] = []
  #middle: Slice[] = []
  /** Up to here all is in `#middle`. */
  #joinedMs = 0

  /** @param slice - of ten seconds, later than all before. */
  push(slice: Slice): void {
    this.#fine.push(slice)
  }

  /** Joins what is of five minutes that are over, and forgets what is more than an hour old. */
  advance(nowMs: number): void {
    const currentMs = floorTo(nowMs, MIDDLE_MS)
    if (currentMs === this.#joinedMs) return
    const joined = new Map<number, Account>()
    for (const slice of this.#fine) {
      if (slice.startMs < this.#joinedMs || slice.startMs >= currentMs) continue
      const startMs = floorTo(slice.startMs, MIDDLE_MS)
      let account = joined.get(startMs)
      if (!account) joined.set(startMs, (account = new Account()))
      account.add(slice)
    }
    for (const [startMs, account] of joined) this.#middle.push(account.toSlice(startMs))
    this.#joinedMs = currentMs
    this.#fine = this.#fine.filter(({ startMs }) => startMs >= currentMs - MIDDLE_MS)
    this.#middle = this.#middle.filter(({ startMs }) => startMs > nowMs - HOUR_MS - MIDDLE_MS)
  }

  /** Adds every interval of ten seconds that begins at or after `fromMs`, at most five minutes ago. */
  addFine(fromMs: number, account: Account): void {
    for (const slice of this.#fine) if (slice.startMs >= fromMs) account.add(slice)
  }

  /** As `addFine`, counts alone. */
  addFineCounts(fromMs: number, sum: Counts): void {
    for (const { startMs, counts } of this.#fine) {
      if (startMs < fromMs) continue
      for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + (counts[i] ?? 0)
    }
  }

  /** As `addFine`, of one measure alone. */
  addFineMeasure(fromMs: number, measureAt: number, sum: Sketch): void {
    for (const { startMs, sketches } of this.#fine) {
      const sketch = sketches[measureAt]
      if (startMs >= fromMs && sketch) sum.mergeEncoded(sketch)
    }
  }

  /** Adds every interval of five minutes that begins at or after `fromMs`, and what came after them. */
  addMiddle(fromMs: number, account: Account): void {
    for (const slice of this.#middle) if (slice.startMs >= fromMs) account.add(slice)
    this.addFine(Math.max(fromMs, this.#joinedMs), account)
  }
}

/** The latest multiple of the step that is not after it. */
export function floorTo(ms: number, stepMs: number): number {
  return Math.floor(ms / stepMs) * stepMs
}
