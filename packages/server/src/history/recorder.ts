import type { ExchangeRecord } from '../gateway/record.js'
import type { DecisionBook } from './decision-book.js'
import { rowOf, type Known } from './shape.js'
import type { HistoryStore } from './store.js'

export interface RecorderOptions {
  /** From the end of a request to its being stored, at most: what a crash may cost. */
  readonly flushMs: number
  /** Requests that may wait to be stored; beyond, new ones are dropped and counted. */
  readonly bufferRows: number
  readonly retentionMs: number
  readonly maxRows: number
}

interface RecorderParts {
  readonly store: HistoryStore
  readonly book: DecisionBook
  readonly decisionId: Known['decisionId']
  /** Unix milliseconds. */
  readonly clock: () => number
  readonly log: { warn(fields: object, message: string): void; info(fields: object, message: string): void }
}

/** Rows written out as text in one go: a fraction of a millisecond, then others have their turn. */
const ROWS_PER_SLICE = 25
/** Rows that one transaction stores at most: their text is handed over in a fraction of a millisecond, too. */
const ROWS_PER_BATCH = 250
/** Rows deleted per row stored, and besides, so that what is overdue shrinks. */
const FORGOTTEN_PER_STORED = 2
const FORGOTTEN_BESIDES = 500
/** What grows too old while nobody asks is forgotten, too. */
const FORGET_EVERY_MS = 60_000
/** Between two looks at decisions: the router keeps 4,096 of them, so none is missed up to 200,000 a second. */
const COPY_MS = 20
/** Milliseconds until a store that failed is tried again. */
const RETRY_MS = 1_000

/** A batch on its way; as text, so that it is written out once however often it is tried. */
interface Batch {
  readonly text: string
  readonly count: number
}

/**
 * Writes down requests that ended, in batches and apart from their path: noting one is one write into an array. While the
 * store fails or is too slow what comes is kept, up to a bound, and what is beyond is dropped and counted.
 */
export class Recorder {
  readonly #options: RecorderOptions
  readonly #parts: RecorderParts
  readonly #known: Known
  #timer: NodeJS.Timeout | undefined
  #noted: ExchangeRecord[] = []
  #batches: Batch[] = []
  /** Requests noted and not stored. */
  #waiting = 0
  #dropped = 0
  #stored = 0
  #writing: Promise<void> | undefined
  #dueMs = 0
  #forgottenMs = 0
  #isFailing = false

  constructor(options: RecorderOptions, parts: RecorderParts) {
    this.#options = options
    this.#parts = parts
    const { book, decisionId } = parts
    this.#known = { decisionId, considered: (leaseId) => book.take(leaseId) }
  }

  /** What was noted is stored from here on. */
  start(): void {
    this.#timer = setInterval(() => this.#tick(), Math.min(COPY_MS, this.#options.flushMs))
    this.#timer.unref()
  }

  /** A request ended. */
  readonly note = (record: ExchangeRecord): void => {
    if (this.#waiting >= this.#options.bufferRows) {
      this.#dropped++
      return
    }
    this.#waiting++
    this.#noted.push(record)
  }

  /** Requests since the start: stored, dropped because too many waited, and waiting at this moment. */
  counters(): { readonly stored: number; readonly dropped: number; readonly waiting: number } {
    return { stored: this.#stored, dropped: this.#dropped, waiting: this.#waiting }
  }

  /** Stores what waits. Resolves when it was tried once; what failed waits on. */
  async flush(): Promise<void> {
    // What is being written may have begun before the latest was noted.
    await this.#writing
    await this.#write()
  }

  /** Stores what waits, and no more after that. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.flush()
    if (this.#waiting === 0) return
    const { log } = this.#parts
    log.warn({ requests: this.#waiting }, 'the history lacks the last requests: they could not be stored')
  }

  #tick(): void {
    this.#parts.book.copy()
    const nowMs = this.#parts.clock()
    if (nowMs < this.#dueMs) return
    this.#dueMs = nowMs + this.#options.flushMs
    void this.#write()
  }

  /** One writes at a time: order is kept, and a slow store is not asked for more. */
  #write(): Promise<void> {
    this.#writing ??= this.#writeAll().finally(() => (this.#writing = undefined))
    return this.#writing
  }

  async #writeAll(): Promise<void> {
    try {
      await this.#writeOut()
      for (let batch = this.#batches[0]; batch !== undefined; batch = this.#batches[0]) {
        await this.#parts.store.append(batch.text)
        this.#batches.shift()
        this.#waiting -= batch.count
        this.#stored += batch.count
        await this.#forget(batch.count)
      }
      if (this.#parts.clock() - this.#forgottenMs > FORGET_EVERY_MS) await this.#forget(0)
      if (this.#isFailing) this.#parts.log.info({ dropped: this.#dropped }, 'the history is stored again')
      this.#isFailing = false
    } catch (error) {
      this.#dueMs = this.#parts.clock() + RETRY_MS
      if (this.#isFailing) return
      this.#isFailing = true
      const reason = error instanceof Error ? error.message : String(error)
      this.#parts.log.warn(
        { reason },
        'the history cannot be stored; requests are served on, and it is tried again',
      )
    }
  }

  /** Turns what was noted into batches, a slice in each turn of the event loop. */
  async #writeOut(): Promise<void> {
    // The decisions of those that ended a moment ago.
    this.#parts.book.copy()
    const noted = this.#noted
    this.#noted = []
    for (let from = 0; from < noted.length; from += ROWS_PER_BATCH) {
      const end = Math.min(noted.length, from + ROWS_PER_BATCH)
      const texts: string[] = []
      for (let start = from; start < end; start += ROWS_PER_SLICE) {
        if (start > 0) await nextTurn()
        for (let index = start; index < Math.min(end, start + ROWS_PER_SLICE); index++) {
          texts.push(JSON.stringify(rowOf(noted[index] as ExchangeRecord, this.#known)))
        }
      }
      this.#batches.push({ text: `[${texts.join(',')}]`, count: end - from })
    }
  }

  async #forget(stored: number): Promise<void> {
    const { retentionMs, maxRows } = this.#options
    this.#forgottenMs = this.#parts.clock()
    await this.#parts.store.forget({
      beforeMs: this.#parts.clock() - retentionMs,
      maxRows,
      most: FORGOTTEN_PER_STORED * stored + FORGOTTEN_BESIDES,
    })
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}
