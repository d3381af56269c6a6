import { LongAndShort } from './long-and-short.js'

/** Times of one answer; a part that was not seen is left out. */
export interface AnswerTimes {
  /** Milliseconds from dispatch to the first token. */
  readonly firstTokenMs?: number
  /** Milliseconds per output token after the first. */
  readonly outputTokenMs?: number
}

/** Recent times may be this much longer than usual ones before the limit falls. */
const TOLERANCE = 1.5
/** The limit at most halves in one step, before smoothing. */
const LEAST_GRADIENT = 0.5
/** Share of the new limit in each step. */
const SMOOTHING = 0.2
/** Slots that may be added in a step, so that the limit finds its way back up. */
const MOST_HEADROOM = 4
/** Of the cap: four slots of head-room would keep a model of five from ever being limited. */
const HEADROOM_SHARE = 0.1

/**
 * A concurrency limit found by watching how answer times change: while they are as usual it rises to the cap, when they
 * grow by more than half it falls, before the model collapses.
 *
 *     gradient = clamp(1.5 × usual / recent, 0.5, 1), the lesser of first-token time and time per output token
 *     limit ← clamp(0.8 × limit + 0.2 × (gradient × limit + headroom), 1, cap)
 *
 * Netflix concurrency-limits, `Gradient2Limit`, with its constants (tolerance 1.5, smoothing 0.2, queue size 4, long
 * window 600) but for three things: it watches times that do not depend on how long an answer is; the head-room is at
 * most a tenth of the cap, as caps of models are small; and recent is an average over about ten answers, as single
 * first-token times vary with the prompt. Below half the limit in flight nothing is learned, for such times say nothing
 * about the limit.
 *
 * Limits: overload that lasts for some hundred answers becomes the usual; it cannot see a knee it started beyond.
 */
export class GradientLimit {
  #limit = Infinity
  readonly #firstToken = new LongAndShort()
  readonly #outputToken = new LongAndShort()

  /**
   * An answer came whole.
   *
   * @param inFlight - requests the model held, this one included.
   * @param cap - slots the model has by its configuration, ≥ 1.
   */
  observe({ firstTokenMs, outputTokenMs }: AnswerTimes, inFlight: number, cap: number): void {
    if (firstTokenMs !== undefined) this.#firstToken.add(firstTokenMs)
    if (outputTokenMs !== undefined) this.#outputToken.add(outputTokenMs)
    const limit = Math.min(cap, this.#limit)
    if (inFlight < limit / 2) return
    const usualByRecent = Math.min(this.#firstToken.ratio, this.#outputToken.ratio)
    const gradient = Math.min(1, Math.max(LEAST_GRADIENT, TOLERANCE * usualByRecent))
    const headroom = Math.min(MOST_HEADROOM, Math.max(1, HEADROOM_SHARE * cap))
    const next = (1 - SMOOTHING) * limit + SMOOTHING * (gradient * limit + headroom)
    this.#limit = Math.max(1, Math.min(cap, next))
  }

  /** Slots proposed, a whole number 1..`cap` (0 for a cap of 0). */
  slots(cap: number): number {
    return Math.floor(Math.min(cap, this.#limit))
  }
}
