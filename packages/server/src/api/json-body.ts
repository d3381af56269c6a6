import type { IncomingMessage } from 'node:http'
import { formatPath } from '../config/schema-error.js'
import { readBody } from '../gateway/body.js'
import { jsonFault } from '../gateway/json-fault.js'
import { ApiError } from './error-envelope.js'

/**
 * The body of a request as JSON; `undefined` when it is empty, for routes that need none.
 *
 * @param limit - bytes.
 * @throws {ApiError} 413, 415 for a compressed one, or 400 when it is no JSON or has a key `__proto__`.
 */
export async function readJson(req: IncomingMessage, limit: number): Promise<unknown> {
  const body = await readBody(req, limit)
  if (body.kind === 'gone') throw new ApiError(400, 'invalid_http', 'the request must arrive whole')
  if (body.kind === 'refused') {
    const { status, code, message } = body.refusal
    throw new ApiError(status, code, message)
  }
  if (body.bytes.length === 0) return undefined
  const value = parsed(body.bytes)
  if (body.bytes.includes('__proto__') || body.bytes.includes('\\u')) refuseHiddenKey(value, [])
  return value
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    throw new ApiError(400, 'invalid_json', `body must be valid JSON: ${jsonFault(bytes, error)}`)
  }
}

/** Far deeper than any body of this API. */
const DEEPEST = 32

/** The schemas do not see `__proto__` among names of the caller's own, such as capabilities, and would drop it. */
function refuseHiddenKey(value: unknown, steps: readonly (string | number)[]): void {
  if (typeof value !== 'object' || value === null || steps.length > DEEPEST) return
  if (Array.isArray(value)) {
    value.forEach((entry, index) => refuseHiddenKey(entry, [...steps, index]))
    return
  }
  for (const [key, entry] of Object.entries(value)) {
    const at = [...steps, key]
    if (key === '__proto__') {
      const path = formatPath(at)
      throw new ApiError(400, 'invalid_value', `${path} is not a key that a body may have`, path)
    }
    refuseHiddenKey(entry, at)
  }
}
