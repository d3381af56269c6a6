import type { Timeouts } from '../config/config.js'
import type { Ending } from './ending.js'
import { paused, silent, speechless } from './upstream-fault.js'

/** How far an answer is: nothing of it came, a stream began and said nothing yet, or it is under way. */
export type Stage = 'silent' | 'opening' | 'speaking'

interface Watched {
  readonly modelId: string
  /** `firstByteMs` is from now to the first byte of an answer, or the first content of a stream. */
  readonly timeouts: Pick<Timeouts, 'firstByteMs' | 'idleMs'>
  stage(): Stage
  /** Since when a client that is slow to read has not held the model back, as `performance.now`. */
  heldUntilMs(nowMs: number): number
  /** The time is up. */
  late(ending: Ending): void
}

/**
 * Looks after the time an answer may take. One timer serves all limits: it comes at the earliest that any can be over, and
 * again where that was too early, so that an answer on its way costs a reading of the clock for each piece.
 */
export class AnswerWatch {
  readonly #watched: Watched
  readonly #startedMs = performance.now()
  #heardMs = this.#startedMs
  #timer: NodeJS.Timeout

  constructor(watched: Watched) {
    this.#watched = watched
    const { firstByteMs, idleMs } = watched.timeouts
    this.#timer = this.#after(Math.min(firstByteMs, idleMs))
  }

  /** Something of the answer came. */
  heard(): void {
    this.#heardMs = performance.now()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #after(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.#look(), Math.max(1, ms)).unref()
  }

  #look(): void {
    const { modelId, timeouts } = this.#watched
    const { firstByteMs, idleMs } = timeouts
    const stage = this.#watched.stage()
    const nowMs = performance.now()
    const firstDueMs = stage === 'speaking' ? Infinity : this.#startedMs + firstByteMs
    const heardMs = Math.max(this.#heardMs, this.#watched.heldUntilMs(nowMs))
    const idleDueMs = stage === 'silent' ? Infinity : heardMs + idleMs
    if (nowMs >= firstDueMs)
      this.#watched.late(stage === 'silent' ? silent(modelId, firstByteMs) : speechless(modelId, firstByteMs))
    else if (nowMs >= idleDueMs) this.#watched.late(paused(modelId, idleMs))
    else this.#timer = this.#after(Math.ceil(Math.min(firstDueMs, idleDueMs) - nowMs))
  }
}
