import type { IncomingHttpHeaders } from 'node:http'
import type { RawHeaders } from './raw-headers.js'

/** The version whose answers are translated, and that clients which name none are taken to mean. */
const ANTHROPIC_VERSION = '2023-06-01'

/** What a backend of the Anthropic family is told besides the body. @param given - of the client. */
export function anthropicHeaders(given: IncomingHttpHeaders, key: string | undefined): RawHeaders {
  const { 'anthropic-version': version, 'anthropic-beta': beta } = given
  return [
    'anthropic-version',
    typeof version === 'string' ? version : ANTHROPIC_VERSION,
    ...(typeof beta === 'string' ? ['anthropic-beta', beta] : []),
    ...(key === undefined ? [] : ['x-api-key', key]),
  ]
}
