import type { IncomingHttpHeaders } from 'node:http'

/** Upstream headers that mean something to the client and nothing to the connection. */
const PASSED_HEADERS = /^(content-type|content-encoding|openai-|x-ratelimit-|anthropic-ratelimit-)/

/** The headers of a model's answer that go on to the client. */
export function passedHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const passed: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && PASSED_HEADERS.test(name)) passed[name] = String(value)
  }
  return passed
}

/** Whether the body is compressed, so that nothing in it can be seen. */
export function isEncoded(headers: IncomingHttpHeaders): boolean {
  return headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity'
}

/** A whole body as the JSON object it is; `undefined` when it is none. */
export function jsonObject(body: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
