import { LoadstarError } from '@loadstar/core'
import { errorEnvelope } from '../gateway/refusal.js'
import { RegistryError, type RegistryErrorCode } from '../registry/registry-error.js'
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
  return errorEnvelope({ type, message: error.message, param: error.param, code: error.code })
}

/** Whatever was thrown as an answer; `undefined` when it is a fault of ours that nobody outside should read. */
export function answerTo(error: unknown): ApiError | undefined {
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
  if (error instanceof SolveError) {
    return new ApiError(STATUS_OF_SOLVE_ERROR[error.code], error.code.toLowerCase(), error.message)
  }
  return answerToHttpError(error)
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
  UNKNOWN_AGENT: 404,
  UNKNOWN_ASSIGNMENT: 404,
  UNKNOWN_MODEL: 404,
}

const CODE_OF_FASTIFY_ERROR: Readonly<Record<string, string>> = {
  FST_ERR_BAD_URL: 'invalid_url',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'invalid_json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid_content_length',
  FST_ERR_CTP_INVALID_JSON_BODY: 'invalid_json',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_MAX_PARAM_LENGTH: 'invalid_url',
}

/** Client errors that the HTTP framework found: they carry a status below 500. */
function answerToHttpError(error: unknown): ApiError | undefined {
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined
  const status = error.statusCode
  if (typeof status !== 'number' || status < 400 || status >= 500) return undefined
  const code =
    'code' in error && typeof error.code === 'string' ? CODE_OF_FASTIFY_ERROR[error.code] : undefined
  // Without a code it comes from the JSON parser, which refuses `__proto__` keys by a plain SyntaxError.
  if (code === undefined && error instanceof SyntaxError) {
    return new ApiError(400, 'invalid_json', `the body must be JSON: ${error.message}`)
  }
  return new ApiError(status, code ?? 'invalid_request', error.message)
}
