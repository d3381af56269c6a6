/** Why a request did not get a whole answer; the list is closed. */
export const FAILURE_KINDS = [
  /** 429: capacity exists but is contended. */
  'rejected',
  /** 503: nothing can serve. */
  'unavailable',
  /** 504. */
  'gateway_timeout',
  /** Any other 5xx. */
  'server_error',
  /** Any other status that is not 2xx. */
  'client_error',
  /** No connection, or it broke before the status. */
  'connection',
  /** The body broke off, or a stream ended without `[DONE]`. */
  'cut',
  /** An error event inside a stream. */
  'error_event',
  /** 2xx, but not an answer of the dialect. */
  'nonsense',
  /** The client's own patience ran out. */
  'timeout',
] as const
export type FailureKind = (typeof FAILURE_KINDS)[number]

/** How one request ended, seen from its client. */
export type RequestEnd =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly failure: FailureKind }
  /** The client left mid-stream, as planned. */
  | { readonly kind: 'left' }
  /** The whole run was aborted. */
  | { readonly kind: 'stopped' }

export interface RequestResult {
  readonly end: RequestEnd
  /** `null` when none came. */
  readonly status: number | null
  /** The model that answered, by the header `x-loadstar-model`; `null` without it. */
  readonly servedBy: string | null
  readonly isStream: boolean
  /** A stream whose `[DONE]` was seen. */
  readonly isStreamComplete: boolean
  /** Milliseconds from sending to the end. */
  readonly latencyMs: number
  /** Milliseconds from sending to the first piece of the body; `null` when none came. */
  readonly firstPieceMs: number | null
}
