import { LoadstarError } from '@loadstar/core'
import { errorEnvelope } from '../gateway/refusal.js'
import { LONGEST_PATH_PARAMETER } from './longest-path-parameter.js'
import { RegistryError, type RegistryErrorCode } from '../registry/registry-error.js'
import { StoreUnavailable } from '../registry/store.js'
import { SolveError, type SolveErrorCode } from './solver/solve-error.js'

/** An answer that is not a success, thrown by whoever finds the reason. */
export class ApiError extends Error {
  readonly statusCode: number
  readonly code: string
  readonly param: string | null

  constructor(statusCode: number, code: string, message: string, param: string | null = null) {
    super(message)
    this.name = 'ApiError'
    this.statusCode = statusCode
    this.code = code
    this.param = param
  }
}

/** The body of an answer that is not a success, as text. */
export function envelopeOf(error: ApiError): string {
  const type = error.statusCode < 500 ? 'invalid_request_error' : 'server_error'
  return errorEnvelope({
    status: error.statusCode,
    type,
    message: error.message,
    param: error.param,
    code: error.code,
  })
}

/** Whatever was thrown as an answer; `undefined` when it is a fault of ours that nobody outside should read. */
export function answerTo(error: unknown, request: Refused): ApiError | undefined {
  if (error instanceof ApiError) return error
  if (error instanceof LoadstarError) {
    return new ApiError(400, error.code.toLowerCase(), error.message, error.field)
  }
  if (error instanceof RegistryError) {
    return new ApiError(
      STATUS_OF_REGISTRY_ERROR[error.code],
      error.code.toLowerCase(),
      error.message,
      error.field,
    )
  }
  if (error instanceof StoreUnavailable) return new ApiError(503, 'storage_unavailable', error.message)
  if (error instanceof SolveError) {
    return new ApiError(STATUS_OF_SOLVE_ERROR[error.code], error.code.toLowerCase(), error.message)
  }
  return answerToHttpError(error, request)
}

const STATUS_OF_SOLVE_ERROR: Readonly<Record<SolveErrorCode, number>> = {
  SOLVE_TIMEOUT: 503,
  SOLVER_BUSY: 503,
  // Nobody is there to read it.
  SOLVE_CANCELLED: 499,
}

const STATUS_OF_REGISTRY_ERROR: Readonly<Record<RegistryErrorCode, number>> = {
  ALREADY_ASSIGNED: 409,
  ALREADY_EXISTS: 409,
  DEFINED_IN_FILE: 409,
  NOTHING_TO_UNDO: 409,
  UNKNOWN_AGENT: 404,
  UNKNOWN_ASSIGNMENT: 404,
  UNKNOWN_MODEL: 404,
}

/** What of a request its refusal repeats. */
interface Refused {
  readonly url: string
  readonly headers: Readonly<Record<string, unknown>>
}

const ANSWER_TO_HTTP_ERROR: Readonly<Record<string, (request: Refused) => ApiError>> = {
  FST_ERR_BAD_URL: ({ url }) =>
    new ApiError(400, 'invalid_url', `the path must be percent-encoded UTF-8, got "${pathOf(url)}"`),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ({ headers }) => {
    const type = headers['content-type']
    const got = typeof type === 'string' ? `"${type.slice(0, 80)}"` : 'none'
    return new ApiError(415, 'unsupported_media_type', `content-type must be application/json, got ${got}`)
  },
  FST_ERR_MAX_PARAM_LENGTH: ({ url }) =>
    new ApiError(
      414,
      'invalid_url',
      `an id in the path must be at most ${LONGEST_PATH_PARAMETER} characters, got "${pathOf(url)}"`,
    ),
}

/** Client errors that the HTTP framework found: they carry a status below 500. */
function answerToHttpError(error: unknown, request: Refused): ApiError | undefined {
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined
  const status = error.statusCode
  if (typeof status !== 'number' || status < 400 || status >= 500) return undefined
  const known = 'code' in error ? ANSWER_TO_HTTP_ERROR[String(error.code)] : undefined
  return known === undefined ? new ApiError(status, 'invalid_request', error.message) : known(request)
}

const LONGEST_PATH_SHOWN = 200

/** The path of a URL as far as a message repeats it. */
export function pathOf(url: string): string {
  const [path = ''] = url.split('?', 1)
  return path.length > LONGEST_PATH_SHOWN ? `${path.slice(0, LONGEST_PATH_SHOWN)}…` : path
}
