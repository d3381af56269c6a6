import type { IncomingHttpHeaders } from 'node:http'
import { errors } from 'undici'
import type { Ending } from './ending.js'
import { upstreamFault, type Refusal } from './refusal.js'

/** An error answer of a model, whole or as far as it was kept. */
interface UpstreamAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** `client`: the model refused the request itself, its answer passes through. `ours`: we answer for the model. */
type StatusFault = { readonly kind: 'client' } | { readonly kind: 'ours'; readonly ending: Ending }

const LONGEST_QUOTE = 200
/** What a keep-alive connection that the model's side closes at the very moment of a request ends in. */
const BROKEN_CONNECTION = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])
const DEFAULT_RETRY_MS = 1_000
/** Nobody is left alone for more than a day on the word of one answer. */
const LONGEST_RETRY_MS = 86_400_000

/** Whose fault an error status of the model is. */
export function faultOfStatus(modelId: string, answer: UpstreamAnswer): StatusFault {
  const { status } = answer
  const said = quote(answer.body)
  const model = `model "${modelId}" answered ${status}${said ? `: ${said}` : ''}`
  if (status === 401 || status === 403) {
    return ours(
      upstreamFault(502, 'upstream_auth_failed', `model "${modelId}" refused our credentials (${status})`),
    )
  }
  if (status === 404) {
    // The client named a model that is configured: what is not found there is ours to mend.
    const hint = 'its base_url or upstream_model is wrong'
    return ours(upstreamFault(502, 'upstream_invalid_answer', `${model} (${hint})`))
  }
  if (status === 408) {
    return { kind: 'ours', ending: late('upstream_first_byte_timeout', model) }
  }
  if (status === 429) {
    const retryAfterMs = retryAfterOf(answer.headers) ?? DEFAULT_RETRY_MS
    const fault = upstreamFault(502, 'upstream_rate_limited', model, retryAfterMs)
    return ours(
      { ...fault, status: 429, type: 'rate_limit_error', code: 'rate_limit_exceeded' },
      retryAfterMs,
    )
  }
  if (status >= 400 && status < 500) return { kind: 'client' }
  if (status < 400) {
    const redirected = `model "${modelId}" answered with a redirect (${status})`
    return ours(upstreamFault(502, 'upstream_invalid_answer', redirected))
  }
  const retryAfterMs = status === 503 ? retryAfterOf(answer.headers) : undefined
  return ours(upstreamFault(502, 'upstream_server_error', model, retryAfterMs), retryAfterMs)
}

/** What a failed connection or a broken exchange means before anything went out. */
export function faultOfError(modelId: string, error: Error): Ending {
  if (error instanceof errors.ConnectTimeoutError) {
    return late('upstream_connect_timeout', `model "${modelId}" did not accept a connection in time`)
  }
  if (error instanceof errors.HTTPParserError) {
    return failed('upstream_invalid_answer', `model "${modelId}" does not speak HTTP: ${error.message}`)
  }
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const unreachable = failed(
    'upstream_unreachable',
    `model "${modelId}" could not be reached or hung up${code ? ` (${code})` : ''}`,
  )
  return BROKEN_CONNECTION.has(code) ? { ...unreachable, isWorthRepeating: true } : unreachable
}

/** Nothing of an answer came. */
export function silent(modelId: string, limitMs: number): Ending {
  const what = `model "${modelId}" did not begin its answer within ${limitMs} ms (routing.timeouts.first_byte_ms)`
  return late('upstream_first_byte_timeout', what)
}

/** A stream began, and nothing was said. */
export function speechless(modelId: string, limitMs: number): Ending {
  const what = `model "${modelId}" began a stream and said nothing within ${limitMs} ms (routing.timeouts.first_byte_ms)`
  return late('upstream_first_byte_timeout', what)
}

/** The answer stopped coming. */
export function paused(modelId: string, limitMs: number): Ending {
  const what = `model "${modelId}" paused in its answer for ${limitMs} ms (routing.timeouts.idle_ms)`
  return late('upstream_idle_timeout', what)
}

/** The model of a lease is there no more, or not as it was. */
export function removed(modelId: string): Ending {
  const refusal = upstreamFault(502, 'upstream_unreachable', `model "${modelId}" was removed or changed`, 0)
  return { outcome: 'upstream_error', refusal }
}

/** The model answered something that is no answer. */
export function invalidAnswer(modelId: string, status: number, what: string): Ending {
  return failed(
    'upstream_invalid_answer',
    `model "${modelId}" answered ${status} with ${what}, expected JSON or an event stream`,
  )
}

/** The answer ended before its end. */
export function cut(modelId: string, detail: string): Ending {
  const message = `model "${modelId}" broke off its answer: ${detail}`
  return { outcome: 'upstream_cut', refusal: upstreamFault(502, 'upstream_cut', message) }
}

function ours(refusal: Refusal, retryAfterMs?: number): StatusFault {
  const ending: Ending = { outcome: 'upstream_error', refusal }
  return { kind: 'ours', ending: retryAfterMs === undefined ? ending : { ...ending, retryAfterMs } }
}

function late(reason: Refusal['reason'], message: string): Ending {
  return { outcome: 'upstream_timeout', refusal: upstreamFault(504, reason, message) }
}

function failed(reason: Refusal['reason'], message: string): Ending {
  return { outcome: 'upstream_error', refusal: upstreamFault(502, reason, message) }
}

/** Milliseconds, from either header; `retry-after` may be seconds or a date. */
function retryAfterOf(headers: IncomingHttpHeaders): number | undefined {
  const ms = Number(headers['retry-after-ms'])
  if (Number.isFinite(ms) && ms >= 0) return Math.min(ms, LONGEST_RETRY_MS)
  const told = headers['retry-after']
  if (told === undefined) return undefined
  const seconds = Number(told)
  const waitMs = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(told) - Date.now()
  return waitMs >= 0 ? Math.min(waitMs, LONGEST_RETRY_MS) : undefined
}

/** The message inside an error body, shortened; nothing when it is not in the usual shape. */
function quote(body: Buffer): string {
  try {
    const parsed = JSON.parse(body.toString('utf8')) as { error?: { message?: unknown } } | null
    const message = parsed?.error?.message
    return typeof message === 'string' ? message.slice(0, LONGEST_QUOTE) : ''
  } catch {
    return ''
  }
}
