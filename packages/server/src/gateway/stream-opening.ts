import type { StreamShape } from './stream-shape.js'
import type { Json } from './translation/translation.js'

/**
 * What an event at the beginning of a stream is: `opening` says nothing yet (comments, a role, empty text), `content`
 * is what the client waits for, `failure` is the model's error inside an answer that began with 200.
 */
export type EarlyEvent =
  | { readonly kind: 'opening' | 'content' }
  | { readonly kind: 'failure'; readonly status: number; readonly body: Buffer }

const OPENING: EarlyEvent = { kind: 'opening' }
const CONTENT: EarlyEvent = { kind: 'content' }

/** Error families that say whose fault it is where there is no status; all others are the model's. */
const STATUS_OF_TYPE: ReadonlyMap<unknown, number> = new Map([
  ['invalid_request_error', 400],
  ['BadRequestError', 400],
  ['invalid_prompt', 400],
  ['authentication_error', 401],
  ['permission_error', 403],
  ['not_found_error', 404],
  ['request_too_large', 413],
  ['rate_limit_error', 429],
  ['rate_limit_exceeded', 429],
])
const MODEL_FAILED = 500

/**
 * The first of these whole events that is not `opening`, else `opening`.
 *
 * What is not understood counts as content: it must reach the client, and at once.
 */
export function firstSaid(events: Buffer, shape: StreamShape): EarlyEvent {
  for (const event of events.toString('utf8').split(/\r\n\r\n|\n\n|\r\r/)) {
    const early = judge(event, shape)
    if (early.kind !== 'opening') return early
  }
  return OPENING
}

/** A model's failure in the middle of its stream. */
export interface LateFailure {
  readonly status: number
  readonly body: Buffer
  /** One past its event, in bytes. */
  readonly end: number
}

/** In the text of an answer the quotes are escaped: only a key, or a type, is written so. */
const ERROR = Buffer.from('"error"')
const BLANK_LINES = ['\n\n', '\r\n\r\n', '\r\r'].map((blank) => Buffer.from(blank))

/** The first of these whole events that is a failure; one search through the bytes where there is none. */
export function lateFailure(events: Buffer): LateFailure | undefined {
  for (let at = events.indexOf(ERROR); at >= 0;) {
    const [start, end] = eventAround(events, at)
    const value = parsed(dataOf(events.toString('utf8', start, end)))
    const failure = value && errorInside(value)
    if (failure) return { status: failure.status, body: failure.body, end }
    at = events.indexOf(ERROR, end)
  }
  return undefined
}

function eventAround(events: Buffer, at: number): readonly [start: number, end: number] {
  const before = BLANK_LINES.map((blank) => events.lastIndexOf(blank, at)).filter((found) => found >= 0)
  const after = BLANK_LINES.map((blank) => endOf(events, blank, at))
  return [Math.max(0, ...before), Math.min(...after)]
}

function endOf(events: Buffer, blank: Buffer, from: number): number {
  const found = events.indexOf(blank, from)
  return found < 0 ? events.length : found + blank.length
}

/** The error in a JSON answer that came with 200, or `undefined` when it is an answer. */
export function errorInside(answer: Json): (EarlyEvent & { kind: 'failure' }) | undefined {
  const error = errorOf(answer)
  if (error === undefined || 'data' in answer) return undefined
  if ('choices' in answer && !endsInError(answer['choices'])) return undefined
  // The Anthropic API has the type outside as well.
  const envelope = answer['type'] === 'error' ? { type: 'error', error } : { error }
  return { kind: 'failure', status: statusOf(error), body: Buffer.from(JSON.stringify(envelope)) }
}

/** Some tell the error beside a choice that ends with it. */
function endsInError(choices: unknown): boolean {
  if (!Array.isArray(choices)) return false
  return choices.some((choice: Json | null) => choice?.['finish_reason'] === 'error')
}

/** Each API has its own place for it. */
function errorOf({ type, error, message, code, response }: Json): Json | undefined {
  if (typeof error === 'object' && error !== null) return error as Json
  if (type === 'error' && typeof message === 'string')
    return { message, type: 'server_error', code: code ?? null }
  return type === 'response.failed' ? errorOf((response ?? {}) as Json) : undefined
}

function judge(event: string, shape: StreamShape): EarlyEvent {
  const data = dataOf(event)
  if (data.trim() === '') return OPENING
  const value = parsed(data)
  if (value === undefined) return CONTENT
  return errorInside(value) ?? (shape.isOpening(value) ? OPENING : CONTENT)
}

function dataOf(event: string): string {
  return event
    .split(/\r\n|\n|\r/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice('data:'.length))
    .join('\n')
}

function parsed(json: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null ? (value as Json) : undefined
  } catch {
    return undefined
  }
}

function statusOf({ code, status, type }: Json): number {
  const told = [code, status].map(numberOf).find((number) => number >= 400 && number < 600)
  return told ?? STATUS_OF_TYPE.get(type) ?? STATUS_OF_TYPE.get(code) ?? MODEL_FAILED
}

/** What is neither number nor text is none; to make one of it could throw. */
function numberOf(value: unknown): number {
  return typeof value === 'number' || typeof value === 'string' ? Number(value) : NaN
}
