import { LEASE_OUTCOMES, UNLEASED_OUTCOMES, type LeaseOutcome, type Outcome } from '@loadstar/core'

/** How a client's request can end that no router ever saw. */
const EARLY_OUTCOMES = [
  /** Turned away for what it was: its form, its size, its model's name. */
  'refused_at_door',
  /** The client left before it had sent all of it. */
  'left_at_door',
] as const

export type RequestOutcome = Outcome | (typeof EARLY_OUTCOMES)[number]

/** Every way a client's request can end. */
export const REQUEST_OUTCOMES: readonly RequestOutcome[] = [
  ...LEASE_OUTCOMES,
  ...UNLEASED_OUTCOMES,
  ...EARLY_OUTCOMES,
]

/** What is known of a request once it has ended. */
export interface ExchangeRecord {
  readonly outcome: RequestOutcome
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
  /** As the model counted them; `undefined` where it did not. */
  readonly inputTokens: number | undefined
  /** As the model counted them, else an estimate; `undefined` where nothing came. */
  readonly outputTokens: number | undefined
  /** US dollars at the model's price; `undefined` where it has none, or nothing was counted. */
  readonly costUsd: number | undefined
}
