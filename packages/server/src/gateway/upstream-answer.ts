import type { IncomingHttpHeaders } from 'node:http'
import type { Json } from './translation/translation.js'

/** Upstream headers that mean something to the client and nothing to the connection. */
const PASSED_HEADERS = /^(content-type|content-encoding|openai-|x-ratelimit-|anthropic-ratelimit-)/

/** Adds the headers of a model's answer that go on to the client. */
export function passHeaders(headers: IncomingHttpHeaders, to: string[]): void {
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined && PASSED_HEADERS.test(name)) to.push(name, String(value))
  }
}

/** Whether the body is compressed, so that nothing in it can be seen. */
export function isEncoded(headers: IncomingHttpHeaders): boolean {
  return headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity'
}

/** A whole body as the JSON object it is; `undefined` when it is none. */
export function jsonObject(body: Buffer): Json | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return typeof value === 'object' && value !== null ? (value as Json) : undefined
  } catch {
    return undefined
  }
}
