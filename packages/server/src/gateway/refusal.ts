import type { ServerResponse } from 'node:http'

/** Every machine-readable reason an answer of ours can carry in `x-loadstar-reason`. */
type Reason =
  | 'bad_request'
  | 'body_too_large'
  | 'client_gone'
  | 'draining'
  | 'internal_error'
  | 'no_model_available'
  | 'queue_full'
  | 'queue_wait_expired'
  | 'deadline_unmeetable'
  | 'unknown_agent'
  | 'unknown_model'
  | 'unknown_route'
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
}

/** The body every error answer has: `{"error":{message,type,param,code}}`, absent values as real nulls. */
export function errorEnvelope(refusal: Pick<Refusal, 'message' | 'type' | 'param' | 'code'>): string {
  const { message, type, param, code } = refusal
  return JSON.stringify({ error: { message, type, param, code } })
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

/** Writes a refusal with its headers; does nothing once an answer has begun. */
export function sendRefusal(
  res: ServerResponse,
  refusal: Refusal,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (res.headersSent || res.destroyed) return
  const body = errorEnvelope(refusal)
  res.writeHead(refusal.status, {
    ...headers,
    ...retryHeaders(refusal.retryAfterMs),
    'x-loadstar-reason': refusal.reason,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  })
  res.end(body)
}

/** `retry-after` in whole seconds for everyone, `retry-after-ms` and `x-should-retry` for the OpenAI SDKs. */
function retryHeaders(retryAfterMs: number | null | undefined): Record<string, string> {
  if (retryAfterMs === undefined) return {}
  if (retryAfterMs === null) return { 'x-should-retry': 'false' }
  return {
    'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1000))),
    'retry-after-ms': String(Math.ceil(retryAfterMs)),
    'x-should-retry': 'true',
  }
}
