import type { ServerResponse } from 'node:http'
import type { RawHeaders } from './raw-headers.js'

/** Every machine-readable reason an answer of ours can carry in `x-loadstar-reason`. */
type Reason =
  | 'bad_request'
  | 'budget_exceeded'
  | 'body_too_large'
  | 'client_gone'
  | 'draining'
  | 'forbidden'
  | 'internal_error'
  | 'no_model_available'
  | 'queue_full'
  | 'queue_closed'
  | 'queue_wait_expired'
  | 'deadline_unmeetable'
  | 'unauthenticated'
  | 'unknown_agent'
  | 'unknown_model'
  | 'unknown_route'
  | 'untranslatable'
  | 'unsupported_media_type'
  | 'upstream_auth_failed'
  | 'upstream_connect_timeout'
  | 'upstream_cut'
  | 'upstream_first_byte_timeout'
  | 'upstream_idle_timeout'
  | 'upstream_invalid_answer'
  | 'upstream_rate_limited'
  | 'upstream_server_error'
  | 'upstream_total_timeout'
  | 'upstream_unreachable'

/** An error answer: the OpenAI envelope plus what its headers need. */
export interface Refusal {
  readonly status: number
  /** OpenAI's error families, e.g. `invalid_request_error`. */
  readonly type: string
  readonly code: string
  readonly message: string
  /** The field at fault, or `null`. */
  readonly param: string | null
  readonly reason: Reason
  /** Milliseconds after which a retry may help; `null` says a retry cannot help; absent says nothing. */
  readonly retryAfterMs?: number | null
  /** Clients are not to wait for it by themselves, though `retryAfterMs` is true. */
  readonly isRetryUseless?: boolean
}

/** In whose words an error is told. */
export type Voice = 'openai' | 'anthropic'

type Told = Pick<Refusal, 'status' | 'message' | 'type' | 'param' | 'code'>

/**
 * The body every error answer has: `{"error":{message,type,param,code}}`, absent values as real nulls, or
 * `{"type":"error","error":{type,message}}` to clients of the Anthropic API.
 */
export function errorEnvelope(refusal: Told, voice: Voice = 'openai'): string {
  const { status, message, type, param, code } = refusal
  if (voice === 'openai') return JSON.stringify({ error: { message, type, param, code } })
  return JSON.stringify({ type: 'error', error: { type: anthropicType(status), message } })
}

/** Error types of the Anthropic API by status. */
function anthropicType(status: number): string {
  switch (status) {
    case 401:
      return 'authentication_error'
    case 403:
      return 'permission_error'
    case 404:
      return 'not_found_error'
    case 413:
      return 'request_too_large'
    case 429:
      return 'rate_limit_error'
    case 503:
      return 'overloaded_error'
    case 504:
      return 'timeout_error'
    default:
      return status < 500 ? 'invalid_request_error' : 'api_error'
  }
}

/** The client's own mistake: 400 unless another 4xx says it better. */
export function badRequest(
  message: string,
  param: string | null,
  fields: Partial<Pick<Refusal, 'status' | 'code' | 'reason'>> = {},
): Refusal {
  return {
    status: 400,
    type: 'invalid_request_error',
    code: 'invalid_value',
    reason: 'bad_request',
    ...fields,
    message,
    param,
    retryAfterMs: null,
  }
}

/** A body in a form that is not read here. */
export function unsupportedMediaType(message: string): Refusal {
  const what = 'unsupported_media_type'
  return badRequest(message, null, { status: 415, code: what, reason: what })
}

/** The model's fault, seen from the client: 502 bad answer, 504 too late. */
export function upstreamFault(
  status: 502 | 504,
  reason: Reason,
  message: string,
  retryAfterMs?: number,
): Refusal {
  return {
    status,
    type: 'upstream_error',
    code: reason,
    message,
    param: null,
    reason,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }
}

/** A fault of ours. */
export function internalError(requestId: string): Refusal {
  return {
    status: 500,
    type: 'server_error',
    code: 'internal_error',
    message: `the gateway failed on this request; its log has the details under request id ${requestId}`,
    param: null,
    reason: 'internal_error',
  }
}

interface Telling {
  readonly requestId: string
  readonly voice: Voice
  /** Told besides. */
  readonly headers?: RawHeaders | undefined
}

/** Writes a refusal with its headers; does nothing once an answer has begun. */
export function sendRefusal(
  res: ServerResponse,
  refusal: Refusal,
  { requestId, voice, headers = [] }: Telling,
): void {
  if (res.headersSent || res.destroyed) return
  const body = errorEnvelope(refusal, voice)
  res.writeHead(refusal.status, [
    ...headers,
    ...retryHeaders(refusal),
    'x-request-id',
    requestId,
    'x-loadstar-reason',
    refusal.reason,
    'content-type',
    'application/json; charset=utf-8',
    'content-length',
    String(Buffer.byteLength(body)),
  ])
  res.end(body)
}

/** `retry-after` in whole seconds for everyone, `retry-after-ms` and `x-should-retry` for the OpenAI SDKs. */
function retryHeaders({ retryAfterMs, isRetryUseless = false }: Refusal): RawHeaders {
  if (retryAfterMs === undefined) return []
  if (retryAfterMs === null) return ['x-should-retry', 'false']
  return [
    'retry-after',
    String(Math.max(1, Math.ceil(retryAfterMs / 1000))),
    'retry-after-ms',
    String(Math.ceil(retryAfterMs)),
    'x-should-retry',
    String(!isRetryUseless),
  ]
}
