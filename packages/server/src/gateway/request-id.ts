import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

const CLIENT_REQUEST_ID = /^[\w.:-]{1,128}$/
/** Unique beyond this process. */
const PREFIX = `${randomBytes(8).toString('hex')}-`
let count = 0

/** The client's own `x-request-id` where it is fit for a header and a log line, else a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && CLIENT_REQUEST_ID.test(given) ? given : PREFIX + (++count).toString(36)
}
