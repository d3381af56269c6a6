import type { Capacity } from '../../catalog/model.js'
import type { Distribution } from '../distribution.js'

/** What a client may do to its request; of all requests the share 0..1, at most 1 together. */
export const CLIENT_FATES = [
  /** Leaves before anything was submitted. */
  'leavesBeforeSubmit',
  /** Leaves after `leavesAfterMs` unless the answer has begun by then. */
  'leavesWaiting',
  /** Leaves when it has been given a slot, before its request reaches the model. */
  'leavesBeforeDispatch',
  /** Leaves in the middle of the answer. */
  'leavesStreaming',
  /** Leaves after the last byte, which is told as well: as a cancel, a first token and an end of what has ended. */
  'leavesAfterwards',
] as const

/** What a model may do to a request; of the requests that reach one the share 0..1, at most 1 together. */
export const ANSWER_FATES = [
  /** A 4xx at once: the caller's fault. */
  'refused',
  /** A 429 at once, without a word of when to come again. */
  'tooMany',
  /** A 429 that asks for `retryAfterMs`. */
  'tooManyYet',
  /** A 5xx where the first token should have come. */
  'failed',
  /** A 5xx at once. */
  'failedFast',
  /** Nothing comes, until `timeoutMs` have passed. */
  'stalled',
  /** The stream breaks off after the first token. */
  'cut',
  /** Slower by `crawlFactor`. */
  'crawled',
] as const

export type ClientFate = (typeof CLIENT_FATES)[number]
export type AnswerFate = (typeof ANSWER_FATES)[number]

interface ClientFaults extends Partial<Readonly<Record<ClientFate, number>>> {
  /** Default exponential, 1 s in the mean. */
  readonly leavesAfterMs?: Distribution
}

export interface AnswerFaults extends Partial<Readonly<Record<AnswerFate, number>>> {
  /** Default exponential, 1 s in the mean. */
  readonly retryAfterMs?: Distribution
  /** Milliseconds > 0; default 30,000. */
  readonly timeoutMs?: number
  /** > 0; default 10. */
  readonly crawlFactor?: number
}

/** How ends of leases are told more than once. */
interface SettleFaults {
  /** Share of the ends, 0..1, told again after `delayMs`, as something else. */
  readonly twice: number
  /** Default exponential, 1 s in the mean. */
  readonly delayMs?: Distribution
}

/** Something that happens to a model, an instance or the clock at a virtual time. */
export type TimedFault = { readonly atMs: number } & (
  | { readonly kind: 'capacity'; readonly modelId: string; readonly change: Partial<Capacity> }
  /** The model is taken out; its requests go on to their end. */
  | { readonly kind: 'remove'; readonly modelId: string }
  /** The model is put in with the limits it had last. */
  | { readonly kind: 'add'; readonly modelId: string }
  /** From now on others have so many requests there, and the model reports its load; it then is silent. */
  | { readonly kind: 'report'; readonly modelId: string; readonly external: number }
  /** The router's clock jumps, backwards when negative. */
  | { readonly kind: 'clock'; readonly byMs: number }
  /** An instance dies: its clients and its connections are gone at once, and the router hears of it `afterMs` later. */
  | { readonly kind: 'crash'; readonly instance: number; readonly afterMs: number }
  /** For `lastsMs` every request that reaches the model has this fate; with `cut` those that are there break off too. */
  | { readonly kind: 'outage'; readonly modelId: string; readonly lastsMs: number; readonly fate: AnswerFate }
  /** Admission closes for good. */
  | { readonly kind: 'drain' }
)

/** How often timed faults come at random, per minute of virtual time, ≥ 0. */
export interface FaultRates {
  /** Another `max_concurrent`, from 0 to twice what it was, for a while. */
  readonly capacity?: number
  /** Taken out, and put in again a while later. */
  readonly removal?: number
  readonly report?: number
  /** Jumps there or back by as long as a while may last. */
  readonly clock?: number
  readonly crash?: number
  readonly outage?: number
  /** Milliseconds > 0 that a while lasts in the mean; default 5,000. */
  readonly meanMs?: number
}

export interface Faults {
  readonly clients?: ClientFaults
  readonly answers?: AnswerFaults
  readonly settles?: SettleFaults
  readonly timed?: readonly TimedFault[]
  readonly perMinute?: FaultRates
  /** Instances that hold the leases, requests dealt out at random; default 1. */
  readonly instances?: number
}
