import type { AnswerResult, Candidate, Decision, LeaseOutcome, UnleasedOutcome } from '@loadstar/core'
import type { Config } from '../config/config.js'
import type { AdmissionRequest } from '../gateway/admission.js'
import type { Breach, Standing } from '../gateway/charge.js'
import type { ExchangeRecord } from '../gateway/record.js'
import type { LearnedSnapshot } from '../learning/snapshot.js'
import type { RegistryChange, RosterSnapshot } from '../registry/registry-change.js'
import type { Vitals } from '../telemetry/vitals.js'

/** A request without what is sent once for many. */
export type RequestWithoutCandidates = Omit<AdmissionRequest, 'candidates'>

/** A list of candidates: by the number it was given, or itself. */
export type ListReference = number | readonly Candidate[]

/** All that a worker has to know to begin. */
export interface WorkerStart {
  /** With the keys of clients. */
  readonly config: Pick<
    Config,
    'server' | 'routing' | 'auth' | 'budgets' | 'responseCache' | 'telemetry' | 'scoring'
  >
  /** Where the primary's API listens. */
  readonly apiSocket: string
  /** Where nobody calls: a server counts its connections only while it listens. */
  readonly ownSocket: string
  /** Of the primary's `DecisionIds`. */
  readonly decisionPrefix: string
  /** With the keys of models: they travel here only, never in an environment or an argument. */
  readonly catalog: RosterSnapshot
  readonly learned: LearnedSnapshot
}

/** What a worker tells the primary. Times are durations: the clocks of two processes differ. */
export type ToPrimary =
  /** It can serve. */
  | readonly ['ready']
  /** It has the connection it was handed, and has read nothing of it so far. */
  | readonly ['taken']
  /** The catalog of this version is in use. */
  | readonly ['known', version: number]
  /** From here on the number stands for the list. */
  | readonly ['list', number: number, candidates: readonly Candidate[]]
  /** No number stands for anything any more. */
  | readonly ['forget_lists']
  | readonly ['enter', id: number, list: ListReference, request: RequestWithoutCandidates]
  | readonly ['take', id: number, list: ListReference, request: RequestWithoutCandidates]
  | readonly ['leave', id: number]
  | readonly ['settle', leaseId: number, outcome: LeaseOutcome, result: AnswerResult]
  | readonly ['first_token', leaseId: number]
  | readonly ['close']
  /** A request of a client ended. */
  | readonly ['ended', ExchangeRecord]
  /** Second attempts since the last time. */
  | readonly ['hedges', made: number, won: number, refused: number]
  /** How the process is doing. */
  | readonly ['vitals', Vitals]
  /** No request runs here any more. */
  | readonly ['drained']

/** What the primary tells a worker. */
export type ToWorker =
  | readonly ['start', WorkerStart]
  | readonly ['change', version: number, RegistryChange]
  /** What scores follow from here on. */
  | readonly ['learned', LearnedSnapshot]
  | readonly [
      'granted',
      id: number,
      leaseId: number,
      modelId: string,
      waitedMs: number,
      decision: Decision | null,
      standing: Standing | null,
    ]
  | readonly ['over_budget', id: number, Breach]
  | readonly [
      'refused',
      id: number,
      outcome: UnleasedOutcome,
      retryAfterMs: number | null,
      decision: Decision | null,
    ]
  | readonly ['left', id: number]
  /** No slot was free at once. */
  | readonly ['nothing', id: number]
  /** The router threw. */
  | readonly ['wrong', id: number, message: string]
  /** Refuse newcomers, and tell when the last running request has ended. */
  | readonly ['drain']
  /** End what still runs. */
  | readonly ['abort']
  /** Close everything and exit. */
  | readonly ['stop']
