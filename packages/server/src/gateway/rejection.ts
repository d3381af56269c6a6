import type { Rejection } from '@loadstar/core'
import type { Refusal } from './refusal.js'

/** A retry told to everyone at once would arrive at once: up to a quarter is added at random. */
const RETRY_JITTER = 0.25

/** What the client is told when the router did not let it in: 429 where capacity exists but is contended, 503 where nothing can serve. */
export function refusalOf({ outcome, retryAfterMs }: Rejection): Refusal {
  const retry = retryAfterMs === null ? null : Math.ceil(retryAfterMs * (1 + RETRY_JITTER * Math.random()))
  switch (outcome) {
    case 'rejected_queue_full':
      return contended(
        'queue_full',
        'every model that may serve this request is busy and its queue is full',
        retry,
      )
    case 'rejected_queue_closed':
      return contended(
        'queue_closed',
        'every model that may serve this request is busy, and a capacity rule lets nobody more wait for it',
        retry,
      )
    case 'expired_in_queue':
      return contended(
        'queue_wait_expired',
        'no slot came free within the time this request may wait (routing.max_wait_ms), or early enough for its deadline (x-loadstar-deadline-ms)',
        retry,
      )
    case 'rejected_deadline':
      return contended(
        'deadline_unmeetable',
        'the request would have to wait longer than its deadline leaves (x-loadstar-deadline-ms)',
        retry,
      )
    case 'rejected_draining':
      return unavailable('draining', 'this instance is shutting down', retry ?? 1_000)
    case 'rejected_no_model':
      return unavailable('no_model_available', 'no model with capacity can serve this request', retry)
    case 'cancelled_in_queue':
      return { ...unavailable('client_gone', 'the client left while waiting', null), status: 499 }
  }
}

function contended(reason: Refusal['reason'], message: string, retryAfterMs: number | null): Refusal {
  return {
    status: 429,
    type: 'rate_limit_error',
    code: 'rate_limit_exceeded',
    message,
    param: null,
    reason,
    retryAfterMs,
  }
}

function unavailable(reason: Refusal['reason'], message: string, retryAfterMs: number | null): Refusal {
  return {
    status: 503,
    type: 'service_unavailable_error',
    code: reason,
    message,
    param: null,
    reason,
    retryAfterMs,
  }
}
