import type { IncomingHttpHeaders } from 'node:http'
import { topLevelSpans } from './json-span.js'
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

/**
 * What has to be read of a whole answer: its token counts, and all of it where it tells an error. The rest of an answer, which
 * may be megabytes of embeddings, is checked for closed brackets and strings only.
 *
 * @returns `undefined` when it is no JSON object.
 */
export function outlineOf(body: Buffer): Json | undefined {
  const spans = topLevelSpans(body)
  if (spans === undefined) return undefined
  const textAt = (name: string): string => {
    const span = spans.get(name)
    return span ? body.toString('utf8', span.start, span.end) : 'null'
  }
  if (textAt('error') !== 'null' || textAt('type') === '"error"') return jsonObject(body)
  return { usage: parsed(textAt('usage')) }
}

/** A whole body as the JSON object it is; `undefined` when it is none. */
export function jsonObject(body: Buffer): Json | undefined {
  const value = parsed(body.toString('utf8'))
  return typeof value === 'object' && value !== null ? (value as Json) : undefined
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
