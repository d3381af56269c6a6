import type { RateLimits } from '../health/discovered.js'
import type { Decision } from './decision.js'
import type { UnleasedOutcome } from './outcome.js'
import type { Priority } from './priority.js'

/** One model that may serve a request, and what the pairing is worth before load: 0..100. */
export interface Candidate {
  readonly modelId: string
  readonly score: number
  /** Standard deviation of what the score may truly be, points ≥ 0: what there is to learn; nothing when left out. */
  readonly spread?: number
}

/** A live request as the router sees it. */
export interface RouteRequest {
  /** The caller's own id; need not be unique, leases and tickets have their own. */
  readonly requestId: string
  /** Each model once, scores finite and ≥ 0; must not change while the request waits. */
  readonly candidates: readonly Candidate[]
  /** Milliseconds it may wait in the queue; the router's `maxWaitMs` when left out. 0 refuses to wait. */
  readonly maxWaitMs?: number
  /** Default `default`. */
  readonly priority?: Priority
  /** Who is to have a fair share among those of its priority that wait; nobody in particular when left out. */
  readonly tenant?: string
  /**
   * Milliseconds > 0 from submit within which the whole answer is wanted. Where it has to wait, it must be given a slot
   * that much before, less what it is expected to take, or it is turned away.
   */
  readonly deadlineMs?: number
  /** What sort of request it is, as agent or task: answers of one kind are expected to be of like length. */
  readonly kind?: string
  /** Tokens of the request, integer ≥ 0. */
  readonly inputTokens?: number
  /** Tokens the answer is expected to have, ≥ 0; what earlier answers of its kind had when left out. */
  readonly outputTokens?: number
  /** Bytes it holds while it waits, integer ≥ 0; default 0. */
  readonly bytes?: number
  /** Who will hold the lease; all leases of an owner can be released at once when it dies. */
  readonly owner?: string
  /** Ask for the terms of the decision; left off the hot path otherwise. */
  readonly explain?: boolean
}

/** What is known of an answer besides how it ended; what is not known is left out. */
export interface AnswerResult {
  /** Tokens of the request, integer ≥ 0, and of the answer. */
  readonly inputTokens?: number
  readonly outputTokens?: number
  /**
   * Milliseconds ≥ 0 after which the model, saying 429 or 503, asked to be tried again. It is then closed until then, and
   * the end of the lease is no failure of the model.
   */
  readonly retryAfterMs?: number
  /** What its rate-limit headers said. */
  readonly rateLimits?: RateLimits
}

/** The right to one slot of one model, from admission until the stream ends. */
export interface Lease {
  readonly id: number
  readonly requestId: string
  readonly modelId: string
  readonly owner: string
  readonly acquiredMs: number
  /** Milliseconds spent in the queue before. */
  readonly waitedMs: number
}

/** A place in the queue. */
export interface Ticket {
  readonly id: number
  readonly requestId: string
  /** The model whose queue it counts in (another one, should that model be removed); any other candidate may still serve it. */
  readonly homeModelId: string
  /** How many waited in its home's queue when it joined. */
  readonly position: number
  readonly enqueuedMs: number
  readonly expiresMs: number
}

/** A ticket or a fresh request that was given a slot. */
export interface Admission {
  readonly lease: Lease
  /** Present when it waited; absent when it was admitted at once. */
  readonly ticket?: Ticket
  /** Present when the request asked for it. */
  readonly decision?: Decision
}

export interface Rejection {
  readonly outcome: UnleasedOutcome
  /** Milliseconds after which trying again may help, from drain rate and queue length; `null` when it cannot help. */
  readonly retryAfterMs: number | null
  readonly decision?: Decision
}

export type Submission =
  | ({ readonly kind: 'admitted' } & Admission)
  | {
      readonly kind: 'queued'
      readonly ticket: Ticket
      /** Who was turned away for it, where the queue was full; the caller must tell it. */
      readonly displaced?: Dropped
    }
  | ({ readonly kind: 'rejected' } & Rejection)

/** A ticket that left the queue without a slot. */
export interface Dropped extends Rejection {
  readonly ticket: Ticket
}

/** What a transition set free: hand every admission to its waiter, and tell every dropped one. */
export interface Transition {
  readonly admitted: readonly Admission[]
  readonly dropped: readonly Dropped[]
}
