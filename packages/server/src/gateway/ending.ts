import type { LeaseOutcome } from '@loadstar/core'
import type { Refusal } from './refusal.js'

/** How a relayed call ended: its outcome, and what the client is told when it was not whole. */
export interface Ending {
  readonly outcome: LeaseOutcome
  readonly refusal?: Refusal
}
