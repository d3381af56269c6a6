import type { Logger } from 'pino'
import { STORED_STEPS_MS } from '../api/metrics-view.js'
import { Account } from './account.js'
import { amountIn, callsIn, failuresIn, REQUEST_AT, requestsIn, successIn } from './counter.js'
import type { Meters, SubjectKind } from './meters.js'
import { packSketches } from './packed-sketches.js'
import { FINE_MS, floorTo } from './recent.js'
import type { Rollup, RollupStore } from './rollup-store.js'
import type { Slice } from './slice.js'
import type { Subject } from './subject.js'

interface RollupsOptions {
  readonly meters: Meters
  readonly store: RollupStore
  /** Unlike that of every other start. */
  readonly instance: string
  /** How long the coarsest intervals are kept. */
  readonly retentionMs: number
  /** Unix milliseconds, never backwards. */
  readonly clock: () => number
  readonly log: Pick<Logger, 'warn'>
}

const [FINE_STEP_MS, MIDDLE_STEP_MS, COARSE_STEP_MS] = STORED_STEPS_MS
const HOUR_MS = 3_600_000
/** The finest serve charts of the last hour, those of five minutes charts of the last day. */
const FINE_KEPT_MS = 2 * HOUR_MS
const MIDDLE_KEPT_MS = 26 * HOUR_MS
/** Coarse intervals are stored while they last, so often: what a crash may cost them. */
const COARSE_EVERY_MS = 60_000

/**
 * Stores what was measured, by intervals of ten seconds, five minutes and an hour: one write each ten seconds, which
 * once a minute holds the current intervals of the coarser kinds too.
 */
export class Rollups {
  readonly #options: RollupsOptions
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(options: RollupsOptions) {
    this.#options = options
  }

  start(): void {
    // Shortly after each interval's end, whenever this was started.
    const { clock } = this.#options
    const wait = (): void => {
      const nowMs = clock()
      this.#timer = setTimeout(
        () => {
          void this.tick()
          wait()
        },
        floorTo(nowMs, FINE_MS) + FINE_MS - nowMs,
      ).unref()
    }
    wait()
  }

  /** Stores the interval of ten seconds that is over, if one is. Never rejects: what cannot be stored is told in the log. */
  tick(): Promise<void> {
    const { meters, clock } = this.#options
    const rows: Rollup[] = []
    const nowMs = clock()
    let closedMs = floorTo(nowMs, FINE_MS) - FINE_MS
    const isOver = meters.roll((kind, subject, slice) => {
      closedMs = slice.startMs
      rows.push(this.#row(FINE_STEP_MS, kind, subject, slice))
    })
    if (!isOver) return this.#writing
    const endMs = closedMs + FINE_MS
    const isMinute = floorTo(closedMs, COARSE_EVERY_MS) !== floorTo(endMs, COARSE_EVERY_MS)
    if (isMinute) rows.push(...this.#coarse(closedMs))
    meters.each((_kind, subject) => subject.advance(nowMs))
    const isPruneDue = floorTo(closedMs, MIDDLE_STEP_MS) !== floorTo(endMs, MIDDLE_STEP_MS)
    this.#writing = this.#writing.then(() => this.#write(rows, isPruneDue ? nowMs : undefined))
    return this.#writing
  }

  /** Stores what is there, of intervals that are not over as well. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    const { meters, clock } = this.#options
    await this.tick()
    const startMs = floorTo(clock(), FINE_MS)
    const rows: Rollup[] = []
    meters.each((kind, subject) => {
      const slice = subject.close(startMs)
      if (slice) rows.push(this.#row(FINE_STEP_MS, kind, subject, slice))
    })
    rows.push(...this.#coarse(startMs))
    await this.#write(rows, undefined)
  }

  /** The coarser intervals in which the one of ten seconds lies, so far. */
  #coarse(closedMs: number): Rollup[] {
    const rows: Rollup[] = []
    const middleMs = floorTo(closedMs, MIDDLE_STEP_MS)
    const coarseMs = floorTo(closedMs, COARSE_STEP_MS)
    this.#options.meters.each((kind, subject) => {
      if (!subject.takeDirty()) return
      const middle = new Account()
      subject.addClosed(middleMs, true, middle)
      rows.push(this.#row(MIDDLE_STEP_MS, kind, subject, middle.toSlice(middleMs)))
      const coarse = new Account()
      subject.addClosed(coarseMs, false, coarse)
      rows.push(this.#row(COARSE_STEP_MS, kind, subject, coarse.toSlice(coarseMs)))
    })
    return rows
  }

  #row(stepMs: number, kind: SubjectKind, subject: Subject, slice: Slice): Rollup {
    const { startMs, counts, sketches } = slice
    return {
      stepMs,
      startMs,
      subject: subjectName(kind, subject.id),
      instance: this.#options.instance,
      requests: requestsIn(counts),
      completed: counts[REQUEST_AT.completed] ?? 0,
      ...successIn(counts, kind === 'model'),
      calls: callsIn(counts),
      failures: failuresIn(counts),
      inputTokens: amountIn(counts, 'inputTokens'),
      outputTokens: amountIn(counts, 'outputTokens'),
      costUsd: amountIn(counts, 'costUsd'),
      sketches: packSketches(sketches),
    }
  }

  async #write(rows: readonly Rollup[], pruneAtMs: number | undefined): Promise<void> {
    const { store, log, retentionMs } = this.#options
    try {
      if (rows.length > 0) await store.put(rows)
      if (pruneAtMs === undefined) return
      await store.prune(FINE_STEP_MS, pruneAtMs - FINE_KEPT_MS)
      await store.prune(MIDDLE_STEP_MS, pruneAtMs - MIDDLE_KEPT_MS)
      await store.prune(COARSE_STEP_MS, pruneAtMs - retentionMs)
    } catch (error) {
      log.warn({ err: error, rollups: rows.length }, 'measurements of the last seconds could not be stored')
    }
  }
}

export function subjectName(kind: SubjectKind, id: string): string {
  return kind === 'all' ? kind : `${kind}:${id}`
}
