import type { AnswerResult, LeaseOutcome } from '@loadstar/core'
import type { Refusal } from './refusal.js'

/** How one attempt at one model ended. */
export interface Ending {
  readonly outcome: LeaseOutcome
  /** What the client is to be told when its answer was not whole. */
  readonly refusal?: Refusal
  /** Milliseconds for which the model asked to be left alone. */
  readonly retryAfterMs?: number
  /** The connection broke before a byte of an answer came: the model itself may be well. */
  readonly isWorthRepeating?: boolean
}

/** An ending as its exchange sees it. */
export interface AttemptEnding {
  readonly outcome: LeaseOutcome
  readonly refusal: Refusal | undefined
  readonly retryAfterMs: number | undefined
  readonly isWorthRepeating: boolean | undefined
  /** Whether anything of the attempt went out to the client: then no other attempt can follow. */
  readonly isHeard: boolean
  /** What its answer told, as far as it came. */
  readonly answer: Omit<AnswerResult, 'retryAfterMs'>
}

/** An attempt that was never made. */
export function unmade({ outcome, refusal }: Ending): AttemptEnding {
  return { outcome, refusal, retryAfterMs: undefined, isWorthRepeating: false, isHeard: false, answer: {} }
}
