import { jsonFault } from './json-fault.js'
import { kindOf } from './json-kind.js'
import { topLevelSpans, type Span } from './json-span.js'
import { badRequest, type Refusal } from './refusal.js'
import type { Json } from './translation/translation.js'

/** A request body: the bytes as they came, and the fields that routing reads. */
export interface RoutedBody {
  readonly bytes: Buffer
  readonly model: string
  readonly isStream: boolean
  /** Where the top-level values stand. */
  readonly spans: ReadonlyMap<string, Span>
}

/** What was read of a body. */
interface ReadBody {
  readonly body: RoutedBody
  /** The whole of a small body, not to be kept: whoever waits would hold it. Of a large one only what routing needs is parsed. */
  readonly fields: Json | undefined
}

const LONGEST_MODEL_NAME = 256
/** Larger bodies are not parsed: their conversations and images are for the model, which also tells what is wrong in them. */
const LARGEST_PARSED = 16 * 1024
/** A value that routing reads is never longer. */
const LONGEST_VALUE = 4 * 1024

/** Reads a body far enough to route it; every refusal names field and rule. */
export function parseRoutedBody(bytes: Buffer): ReadBody | Refusal {
  const spans = topLevelSpans(bytes)
  const isSmall = bytes.length <= LARGEST_PARSED
  const whole = isSmall || spans === undefined ? parseObject(bytes) : undefined
  if (whole !== undefined && 'refusal' in whole) return whole.refusal
  if (spans === undefined) return badRequest('body must be valid JSON', null, { code: 'invalid_json' })
  const fields = whole?.fields
  const read = (name: string): unknown =>
    fields === undefined ? valueAt(bytes, spans.get(name)) : fields[name]
  const model = read('model')
  const stream = read('stream')
  if (typeof model !== 'string' || model === '') {
    return badRequest(`model must be a non-empty string, got ${model === '' ? '""' : kindOf(model)}`, 'model')
  }
  if (model.length > LONGEST_MODEL_NAME) {
    return badRequest(`model must be at most ${LONGEST_MODEL_NAME} characters, got ${model.length}`, 'model')
  }
  if (stream !== undefined && stream !== null && typeof stream !== 'boolean') {
    return badRequest(`stream must be true or false, got ${kindOf(stream)}`, 'stream')
  }
  return { body: { bytes, model, isStream: stream === true, spans }, fields }
}

/** The whole body, parsed anew; a refusal where a large one turns out to be no JSON inside. */
export function wholeOf(body: RoutedBody): { readonly fields: Json } | { readonly refusal: Refusal } {
  return parseObject(body.bytes)
}

/** The value of a top-level field; `undefined` where it is absent, or too long to be one that routing reads. */
export function fieldOf({ bytes, spans }: RoutedBody, name: string): unknown {
  return valueAt(bytes, spans.get(name))
}

/**
 * The body with some top-level fields given another value, and every other byte as the client sent it: numbers keep
 * their digits, strings their escapes, and a large body is never serialised again.
 *
 * @param changes - names, each once, and values; a field that is absent is added.
 */
export function withFields(body: RoutedBody, changes: readonly (readonly [string, unknown])[]): Buffer {
  const { bytes, spans } = body
  if (changes.length === 0) return bytes
  const brace = bytes.indexOf('{') + 1
  // By place; a new field goes in front of all others, and there is one other, as every routed body has a model.
  const edits = changes.map(([name, value]) => {
    const span = spans.get(name)
    const text = JSON.stringify(value)
    if (span) return { start: span.start, end: span.end, text }
    return { start: brace, end: brace, text: `${JSON.stringify(name)}:${text},` }
  })
  edits.sort((a, b) => a.start - b.start)
  const parts: Buffer[] = []
  let at = 0
  for (const { start, end, text } of edits) {
    parts.push(bytes.subarray(at, start), Buffer.from(text))
    at = end
  }
  parts.push(bytes.subarray(at))
  return Buffer.concat(parts)
}

function valueAt(bytes: Buffer, span: Span | undefined): unknown {
  if (span === undefined || span.end - span.start > LONGEST_VALUE) return undefined
  try {
    return JSON.parse(bytes.toString('utf8', span.start, span.end))
  } catch {
    return undefined
  }
}

function parseObject(bytes: Buffer): { readonly fields: Json } | { readonly refusal: Refusal } {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    const message = `body must be valid JSON: ${jsonFault(bytes, error)}`
    return { refusal: badRequest(message, null, { code: 'invalid_json' }) }
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { fields: value as Json }
  return { refusal: badRequest(`body must be a JSON object, got ${kindOf(value)}`, null) }
}
