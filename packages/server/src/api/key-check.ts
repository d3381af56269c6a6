import type { IncomingMessage } from 'node:http'
import type { Callers } from '../gateway/caller.js'
import { ApiError, pathOf } from './error-envelope.js'

/** What probes and people without a key need: nothing there tells anything of anybody. */
const OPEN = /^\/(livez|readyz|health|openapi\.json|docs(\/.*)?)?$/
/** Whoever may ask for answers may say what they think of them. */
const VOTING = /^\/api\/v1\/(model-router\/)?feedback$/
const READING = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * The answer to a call of the API whose key does not allow it: 401 `invalid_api_key`, 403 `forbidden`.
 *
 * @param callers - nobody is asked for a key when `undefined`.
 */
export function keyRefusal(
  { method = '', url = '', headers }: IncomingMessage,
  callers: Callers | undefined,
): ApiError | undefined {
  if (callers === undefined || OPEN.test(pathOf(url))) return undefined
  const caller = callers.of(headers)
  if ('status' in caller) return new ApiError(caller.status, caller.code, caller.message)
  const { role, keyId } = caller
  if (role === 'admin' || (role === 'viewer' && READING.has(method))) return undefined
  const isVote = method === 'POST' && VOTING.test(pathOf(url))
  if (role === 'client' && isVote) return undefined
  const needed = READING.has(method) ? 'viewer or admin' : isVote ? 'client or admin' : 'admin'
  return new ApiError(
    403,
    'forbidden',
    `this needs a key of role ${needed}, and "${keyId}" is of role ${role}`,
  )
}
