import type { IncomingMessage } from 'node:http'
import type { ModelEntry } from '../registry/entry.js'
import type { RawHeaders } from './raw-headers.js'
import type { AttemptRecord, ExchangeRecord } from './record.js'
import type { Api } from './translation/translation.js'

/** Follows requests from the client through the gateway to its models, where traces are wanted. */
export interface Tracing {
  /** A request has come. @param startedMs - Unix milliseconds. */
  request(req: IncomingMessage, startedMs: number): RequestTrace
}

/** One request that is followed. */
export interface RequestTrace {
  /** A model is about to be called. */
  attempt(call: TracedCall): AttemptTrace
  ended(record: ExchangeRecord): void
}

export interface TracedCall {
  readonly model: ModelEntry
  /** Of the client. */
  readonly api: Api
  readonly isStream: boolean
  /** Unix milliseconds. */
  readonly startedMs: number
}

/** One call of a model that is followed. */
export interface AttemptTrace {
  /** By which the model's own part of the trace hangs on this call. */
  readonly headers: RawHeaders
  ended(record: AttemptRecord): void
}
