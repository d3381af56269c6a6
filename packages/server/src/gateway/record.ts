import type { Outcome } from '@loadstar/core'

/** What is known of a request once it has ended. */
export interface ExchangeRecord {
  readonly outcome: Outcome
  /** The model that served it; absent when it never held a lease. */
  readonly modelId?: string
  readonly agentId?: string
  /** From arrival of the whole body to the end of the answer. */
  readonly totalMs: number
  readonly queueMs: number
  /** From dispatch to the first byte of the answer; absent when none came. */
  readonly firstByteMs?: number
  /** From dispatch to the end of the model's answer; absent when it never held a lease. */
  readonly serviceMs?: number
}
