import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Candidate, Priority } from '@loadstar/core'
import type { RetryConfig, Timeouts } from '../config/config.js'
import type { Catalog } from '../registry/catalog.js'
import type { AttemptGround } from './attempt.js'
import type { Caller } from './caller.js'
import type { Candidates } from './candidates.js'
import type { Cargo } from './cargo.js'
import type { DecisionIds } from './decision-ids.js'
import type { Identity } from './identify.js'
import type { Payers } from './payers.js'
import type { ExchangeRecord } from './record.js'
import type { Voice } from './refusal.js'
import type { ResponseCache } from './response-cache/response-cache.js'
import type { RoutedBody } from './routed-body.js'
import type { RequestTrace, Tracing } from './tracing.js'

/** What all exchanges of a gateway share. */
export interface ExchangeGround extends AttemptGround {
  readonly catalog: Catalog
  readonly candidates: Candidates
  readonly decisionIds: DecisionIds
  readonly retryBudget: RetryAllowance
  readonly responses: Pick<ResponseCache, 'lookup'>
  readonly routing: {
    readonly maxWaitMs: number
    readonly highestPriority: Priority
    readonly timeouts: Timeouts
    readonly retries: Pick<RetryConfig, 'maxAttempts'>
  }
  /** `undefined` where nobody follows requests. */
  readonly tracing: () => Tracing | undefined
  readonly log: Log
  /** Whoever has a budget; `undefined` where nobody has. */
  readonly payers: Payers | undefined
  /** Told of every request to a model, once, when it has ended. */
  readonly ended: (record: ExchangeRecord) => void
}

/** What is written about requests; pino's shape. */
interface Log {
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** One request that can be routed. */
export interface Errand {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly voice: Voice
  readonly requestId: string
  readonly receivedMs: number
  readonly body: RoutedBody
  readonly cargo: Cargo
  readonly identity: Identity
  /** Where keys are asked for. */
  readonly caller: Caller | undefined
  readonly candidates: readonly Candidate[]
  readonly trace: RequestTrace | undefined
}

/** How many further attempts all requests together may make. */
interface RetryAllowance {
  /** @returns whether one more is allowed; it then counts as made. */
  take(nowMs: number): boolean
  succeeded(nowMs: number): void
}
