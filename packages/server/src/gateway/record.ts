import {
  LEASE_OUTCOMES,
  UNLEASED_OUTCOMES,
  type LeaseOutcome,
  type Outcome,
  type Priority,
  type TaskType,
} from '@loadstar/core'
import type { Api } from './translation/translation.js'

/** How a client's request can end that no router ever saw. */
const EARLY_OUTCOMES = [
  /** Turned away for what it was: its form, its size, its model's name. */
  'refused_at_door',
  /** The client left before it had sent all of it. */
  'left_at_door',
  /** Turned away because its key, or its agent, has spent its budget. */
  'over_budget',
  /** Answered from the response cache: no model was asked. */
  'cached',
] as const

export type RequestOutcome = Outcome | (typeof EARLY_OUTCOMES)[number]

/** Every way a client's request can end. */
export const REQUEST_OUTCOMES: readonly RequestOutcome[] = [
  ...LEASE_OUTCOMES,
  ...UNLEASED_OUTCOMES,
  ...EARLY_OUTCOMES,
]

/** The status of a request whose client left before it had its answer; nginx's number. */
export const CLIENT_CLOSED_REQUEST = 499

/** What is known of a request once it has ended. */
export interface ExchangeRecord {
  readonly requestId: string
  /** Of the key it came with; `undefined` where none is asked for, or none was known. */
  readonly keyId: string | undefined
  /** Of what it was booked with before it was let in; `undefined` where nobody has a budget for it. */
  readonly chargeId: string | undefined
  /** The API of the client. */
  readonly api: Api
  /** `undefined` where the response cache was not asked. */
  readonly cache: CacheLookup | undefined
  readonly outcome: RequestOutcome
  /** Of the answer; 499 where the client left before its end. */
  readonly status: number
  /** Unix milliseconds of the arrival of the whole body. */
  readonly startedMs: number
  /** What it asked for; `undefined` where it was not read so far, as at every refusal at the door. */
  readonly asked: Asked | undefined
  /** From arrival of the whole body to the end of the answer. */
  readonly totalMs: number
  /** Time it waited for slots, all attempts together. */
  readonly queueMs: number
  /** Time spent here besides: neither in a queue nor by a model. */
  readonly overheadMs: number
  /** The calls of models made for it, in order; empty when it never held a lease. */
  readonly attempts: readonly AttemptRecord[]
}

/** What the response cache had of an answer: that of a model, or none. */
export type CacheLookup = { readonly result: 'hit'; readonly modelId: string } | { readonly result: 'miss' }

/** What a request that could be routed asked for. */
interface Asked {
  /** As the client named it: a model id, an alias, `auto`, `auto/<task>` or `agent/<id>`. */
  readonly model: string
  readonly agentId: string | undefined
  readonly task: TaskType | undefined
  /** Capabilities that the model had to have. */
  readonly mustHave: readonly string[]
  readonly priority: Priority
  readonly isStream: boolean
}

/** One call of one model. */
export interface AttemptRecord {
  readonly modelId: string
  /** Of the decision too: `DecisionIds.of` makes its name of it. */
  readonly leaseId: number
  /** What the pairing was worth before load, 0..100. */
  readonly score: number
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

/**
 * The call whose answer went out or, where none did, the last one: not one that was ended because another was heard,
 * unless there is no other. `undefined` where no model was called.
 */
export function heardAttempt(attempts: readonly AttemptRecord[]): AttemptRecord | undefined {
  let last: AttemptRecord | undefined
  for (const attempt of attempts) {
    if (attempt.outcome === 'completed') return attempt
    if (attempt.outcome !== 'hedge_lost' || last === undefined) last = attempt
  }
  return last
}

/**
 * Whose answer went out, be it one that was kept, else who was asked last; `undefined` where nobody was.
 *
 * @param heard - of `heardAttempt`.
 */
export function answeringModel(
  { cache }: Pick<ExchangeRecord, 'cache'>,
  heard: AttemptRecord | undefined,
): string | undefined {
  return cache?.result === 'hit' ? cache.modelId : heard?.modelId
}
