import type { Json } from './dialect.js'
import { objectOf, textOf } from './json-value.js'

/** Whose fault an error is, in the words of neither API. */
type Family =
  | 'request'
  | 'authentication'
  | 'billing'
  | 'permission'
  | 'not-found'
  | 'too-large'
  | 'rate'
  | 'overload'
  | 'timeout'
  | 'backend'

const FAMILY_OF_STATUS: ReadonlyMap<number, Family> = new Map<number, Family>([
  [401, 'authentication'],
  [402, 'billing'],
  [403, 'permission'],
  [404, 'not-found'],
  [408, 'timeout'],
  [413, 'too-large'],
  [429, 'rate'],
  [503, 'overload'],
  [504, 'timeout'],
  [529, 'overload'],
])

/** Both APIs' error types and the codes that say more than their type. */
const FAMILY_OF_TYPE: ReadonlyMap<unknown, Family> = new Map<unknown, Family>([
  ['invalid_request_error', 'request'],
  ['BadRequestError', 'request'],
  ['authentication_error', 'authentication'],
  ['billing_error', 'billing'],
  ['permission_error', 'permission'],
  ['not_found_error', 'not-found'],
  ['request_too_large', 'too-large'],
  ['rate_limit_error', 'rate'],
  ['rate_limit_exceeded', 'rate'],
  ['insufficient_quota', 'rate'],
  ['overloaded_error', 'overload'],
  ['timeout_error', 'timeout'],
])

const ANTHROPIC_TYPE: Readonly<Record<Family, string>> = {
  request: 'invalid_request_error',
  authentication: 'authentication_error',
  billing: 'billing_error',
  permission: 'permission_error',
  'not-found': 'not_found_error',
  'too-large': 'request_too_large',
  rate: 'rate_limit_error',
  overload: 'overloaded_error',
  timeout: 'timeout_error',
  backend: 'api_error',
}

const OPENAI_TYPE: Readonly<Record<Family, string>> = {
  request: 'invalid_request_error',
  authentication: 'authentication_error',
  billing: 'insufficient_quota',
  permission: 'permission_error',
  'not-found': 'not_found_error',
  'too-large': 'invalid_request_error',
  rate: 'rate_limit_error',
  overload: 'server_error',
  timeout: 'server_error',
  backend: 'server_error',
}

/**
 * An error body of any backend as an Anthropic client reads it.
 *
 * @param status - absent inside a stream, where the error's own type has to tell.
 */
export function anthropicError(body: Json, status?: number): Json {
  const error = innerError(body)
  const type = ANTHROPIC_TYPE[familyOf(error, status)]
  return { type: 'error', error: { type, message: messageOf(body, error, status) } }
}

/** An error body of any backend as an OpenAI client reads it; what is OpenAI's already stays what it was. */
export function openaiError(body: Json, status?: number): Json {
  const error = innerError(body)
  const family = familyOf(error, status)
  const { type, param, code } = error
  const isAnthropic = body['type'] === 'error'
  return {
    error: {
      message: messageOf(body, error, status),
      type: typeof type === 'string' && !isAnthropic ? type : OPENAI_TYPE[family],
      param: typeof param === 'string' ? param : null,
      code: typeof code === 'string' ? code : family === 'rate' ? 'rate_limit_exceeded' : null,
    },
  }
}

/** The error in an event of a stream, in either API's form or as a bare text. */
export function failureIn(data: Json): Json | undefined {
  const { error } = data
  const isText = typeof error === 'string' && error !== '' && !('choices' in data)
  return isText || objectOf(error) !== undefined || data['type'] === 'error' ? data : undefined
}

function innerError(body: Json): Json {
  return objectOf(body['error']) ?? body
}

function familyOf({ type, code, status: told }: Json, status: number | undefined): Family {
  const number = status ?? [code, told].map(numberOf).find((value) => value >= 400 && value < 600)
  const ofStatus = number === undefined ? undefined : FAMILY_OF_STATUS.get(number)
  const known = ofStatus ?? FAMILY_OF_TYPE.get(code) ?? FAMILY_OF_TYPE.get(type)
  return known ?? (number !== undefined && number < 500 ? 'request' : 'backend')
}

/** `Number` throws for objects that bring their own `valueOf`, and bodies are of any shape. */
function numberOf(value: unknown): number {
  return typeof value === 'number' || typeof value === 'string' ? Number(value) : NaN
}

function messageOf(body: Json, error: Json, status: number | undefined): string {
  const told = [error['message'], body['error'], body['message'], body['detail']].map(textOf)
  const fallback = status === undefined ? 'the model failed' : `the model answered with status ${status}`
  return told.find((message) => message !== '') ?? fallback
}
