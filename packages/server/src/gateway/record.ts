import type { LeaseOutcome, Outcome } from '@loadstar/core'

/** What is known of a request once it has ended. */
export interface ExchangeRecord {
  readonly outcome: Outcome
  readonly agentId: string | undefined
  /** From arrival of the whole body to the end of the answer. */
  readonly totalMs: number
  /** Time it waited for slots, all attempts together. */
  readonly queueMs: number
  /** The calls of models made for it, in order; empty when it never held a lease. */
  readonly attempts: readonly AttemptRecord[]
}

/** One call of one model. */
export interface AttemptRecord {
  readonly modelId: string
  readonly outcome: LeaseOutcome
  readonly queueMs: number
  /** From dispatch to the end of the model's answer. */
  readonly serviceMs: number
  /** From dispatch to the first byte of a whole answer, or the first content of a stream;
   * `undefined` when none came. */
  readonly firstByteMs: number | undefined
}
