import { HedgeBudget, LatencyWindow } from '@loadstar/core'

interface HedgingRules {
  /** Second attempts per request, 0..1; 0 makes none. */
  readonly share: number
  /** Unused ones that are kept at most; the budget's own default when left out. */
  readonly most?: number
  readonly minDelayMs: number
  /** Times the usual time to the first token. */
  readonly factor: number
}

/** Second attempts since the start. */
export interface HedgeCounters {
  readonly made: number
  /** Made, and heard before the first one. */
  readonly won: number
  /** Not made, because no other candidate had a slot that was free at once. */
  readonly refused: number
}

interface FirstTokens {
  readonly window: LatencyWindow
  /** Milliseconds, the median; `undefined` while too few are known. */
  usualMs: number | undefined
  /** When it was read last. */
  readMs: number
}

/** What counts as usual is of so long. */
const WINDOW_MS = 600_000
/** First tokens that must be known before any is missed. */
const FEWEST = 20
/** How long a reading is good for: it is wanted with every stream and costs a pass over the window. */
const READING_MS = 1_000

/**
 * When a stream whose first token does not come may be asked of a second model as well: after how long, and how many of
 * all requests together.
 */
export class Hedging {
  readonly #rules: HedgingRules
  readonly #clock: () => number
  readonly #budget: HedgeBudget
  readonly #models = new Map<string, FirstTokens>()
  #asked = 0
  #made = 0
  #won = 0
  #refused = 0

  constructor(rules: HedgingRules, clock: () => number) {
    this.#rules = rules
    this.#clock = clock
    const { share, most } = rules
    this.#budget = new HedgeBudget({ share, ...(most === undefined ? {} : { most }) })
  }

  /** A request came. */
  requested(): void {
    this.#budget.requested()
  }

  /** The first token of a stream came after so many milliseconds. */
  began(modelId: string, afterMs: number): void {
    this.#of(modelId).window.record(afterMs, this.#clock())
  }

  /** Milliseconds without a first token of the model after which a second attempt is due; `undefined` when none is. */
  delayMs(modelId: string): number | undefined {
    if (this.#rules.share === 0) return undefined
    const usualMs = this.#usualMs(this.#of(modelId))
    return usualMs === undefined ? undefined : Math.max(this.#rules.minDelayMs, this.#rules.factor * usualMs)
  }

  /** Whether the budget has one left; it is then kept until `made`, `refused` or `spared` tells what came of it. */
  ask(): boolean {
    if (this.#budget.left - this.#asked < 1) return false
    this.#asked++
    return true
  }

  made(): void {
    this.#asked--
    this.#budget.take()
    this.#made++
  }

  refused(): void {
    this.#asked--
    this.#refused++
  }

  /** The first attempt was heard, or ended, while a slot for the second was asked for. */
  spared(): void {
    this.#asked--
  }

  won(): void {
    this.#won++
  }

  forget(modelId: string): void {
    this.#models.delete(modelId)
  }

  counters(): HedgeCounters {
    return { made: this.#made, won: this.#won, refused: this.#refused }
  }

  #usualMs(times: FirstTokens): number | undefined {
    const nowMs = this.#clock()
    if (nowMs - times.readMs >= READING_MS || times.usualMs === undefined) {
      const { count, p50 } = times.window.snapshot(nowMs)
      times.usualMs = count < FEWEST || p50 === null ? undefined : p50
      times.readMs = nowMs
    }
    return times.usualMs
  }

  #of(modelId: string): FirstTokens {
    let times = this.#models.get(modelId)
    if (!times) {
      times = { window: new LatencyWindow(WINDOW_MS), usualMs: undefined, readMs: -Infinity }
      this.#models.set(modelId, times)
    }
    return times
  }
}
