import type { Breach, Charge, Standing } from './charge.js'
import type { AnswerResult, Decision, Lease, LeaseOutcome, Rejection, RouteRequest } from '@loadstar/core'

/** A slot, and why it is that one where the request asked for it. */
export interface Granted {
  readonly kind: 'granted'
  readonly lease: Lease
  readonly decision?: Decision
  /** How the budgets of those stand who pay for it. */
  readonly standing?: Standing
}

/** A request, and what it may cost those who have a budget. */
export interface AdmissionRequest extends RouteRequest {
  readonly charge?: Charge
}

/** What became of a request at the door. */
export type Verdict =
  | Granted
  | ({ readonly kind: 'refused' } & Rejection)
  /** Somebody who pays for it has spent too much. */
  | { readonly kind: 'over_budget'; readonly breach: Breach }
  /** It left the queue by itself. */
  | { readonly kind: 'left' }

/** A request that has been submitted. */
export interface Entry {
  /** At once where nothing has to be waited or asked for. */
  readonly verdict: Verdict | Promise<Verdict>
  /** The client is gone: gives the place in the queue back. No effect once there is a verdict. */
  leave(): void
}

/** The door to the models' slots, wherever they are counted. */
export interface Admission {
  /** Hand in the same array of candidates for the same kind of request: lists are known by identity. */
  enter(request: AdmissionRequest): Entry
  /** A slot that is free at once, or nothing: such a request never waits. */
  take(request: RouteRequest): Promise<Granted | undefined>
  /** Ends a lease; safe to call twice, the second is only counted. */
  settle(lease: Pick<Lease, 'id'>, outcome: LeaseOutcome, result?: AnswerResult): void
  /** The first token of a streamed answer has come. */
  firstToken(lease: Pick<Lease, 'id'>): void
  /** Refuses newcomers and everyone who waits; running requests go on. */
  close(): void
}
