import type { LeaseOutcome } from '../routing/outcome.js'
import type { TimedFault } from './faults/faults.js'
import type { ModelTruth } from './model-truth.js'
import type { Passage } from './passage.js'

/** What may happen next in a world; wakes of the router come beside them, when it asked for one. */
export type WorldEvent =
  | { readonly kind: 'arrival' }
  /** A first token or an end at a model, unless the model has been scheduled anew since. */
  | { readonly kind: 'due'; readonly model: ModelTruth }
  | { readonly kind: 'dispatch'; readonly passage: Passage }
  /** The client leaves, unless the answer has begun. */
  | { readonly kind: 'leave'; readonly passage: Passage }
  /** A lease ends that no model works on. */
  | { readonly kind: 'settle'; readonly passage: Passage; readonly outcome: LeaseOutcome }
  /** The end of a lease is told once more. */
  | { readonly kind: 'settle_again'; readonly leaseId: number; readonly outcome: LeaseOutcome }
  | { readonly kind: 'fault'; readonly fault: TimedFault }
  /** Whoever looks on does so. */
  | { readonly kind: 'tick' }
  /** The router hears that an instance is dead. */
  | { readonly kind: 'owner_lost'; readonly owner: string }

/** Numbers that stand for what happened in the trace hash, each its own. */
export const TRACE_CODES = {
  arrival: 1,
  admitted: 2,
  queued: 3,
  rejected: 4,
  handedOver: 5,
  dropped: 6,
  started: 7,
  firstToken: 8,
  settled: 9,
  left: 10,
  wake: 11,
  settledAgain: 12,
  fault: 13,
  ownerLost: 14,
} as const
