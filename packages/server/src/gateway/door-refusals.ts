import type { Catalog } from '../registry/catalog.js'
import { badRequest, unsupportedMediaType, type Refusal } from './refusal.js'

/** What a request that comes to no endpoint asked for. */
interface Asked {
  readonly method: string | undefined
  readonly path: string
}

/** Bodies are JSON. */
export function wrongContentType(type: string | undefined): Refusal | undefined {
  if (type === 'application/json') return undefined
  const mime = type?.split(';', 1)[0]?.trim().toLowerCase()
  if (mime === 'application/json') return undefined
  return unsupportedMediaType(
    `content-type must be application/json, got ${type ? `"${type.slice(0, 80)}"` : 'none'}`,
  )
}

/** The path takes another method. */
export function wrongMethod({ method, path }: Asked, allowed: string): Refusal {
  return badRequest(`${path} must be called with ${allowed}, got ${method ?? 'nothing'}`, null, {
    status: 405,
    code: 'method_not_allowed',
    reason: 'unknown_route',
  })
}

/** The path is none of ours. */
export function unknownRoute({ method, path }: Asked): Refusal {
  return badRequest(`${method ?? ''} ${path.slice(0, 200)} is not a route of this gateway; see /docs`, null, {
    status: 404,
    code: 'unknown_url',
    reason: 'unknown_route',
  })
}

/** Nobody comes in without a key, where keys are asked for. */
export function unauthenticated(why: 'missing' | 'unknown'): Refusal {
  const how = 'send one as Authorization: Bearer <key>, or as x-api-key'
  const message =
    why === 'missing' ? `this gateway wants a key: ${how}` : `the key is none that this gateway knows: ${how}`
  const code = 'invalid_api_key'
  return badRequest(message, null, { status: 401, code, reason: 'unauthenticated' })
}

/** The key is known, but not for this. */
export function forbidden(message: string, param: string | null = null): Refusal {
  return badRequest(message, param, { status: 403, code: 'forbidden', reason: 'forbidden' })
}

/** No model there is can be asked. */
export function nobodyCan(catalog: Catalog, mustHave: readonly string[]): Refusal {
  if (mustHave.length > 0 && catalog.models().length > 0) {
    return badRequest(
      `x-loadstar-require must name capabilities that one of the requested models has, got "${mustHave.join(',')}"`,
      'x-loadstar-require',
      { code: 'capability_unavailable', reason: 'no_model_available' },
    )
  }
  return {
    status: 503,
    type: 'service_unavailable_error',
    code: 'no_model_available',
    message: 'no model is configured: add one to loadstar.yaml or POST /api/v1/model-router/models',
    param: null,
    reason: 'no_model_available',
    retryAfterMs: null,
  }
}
