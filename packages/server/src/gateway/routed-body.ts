import { jsonFault } from './json-fault.js'
import { findTopLevelValue } from './json-span.js'
import { kindOf } from './json-kind.js'
import { badRequest, type Refusal } from './refusal.js'

/** A request body: the bytes as they came, and the fields that routing reads. */
export interface RoutedBody {
  readonly bytes: Buffer
  readonly fields: Readonly<Record<string, unknown>>
  readonly model: string
}

const LONGEST_MODEL_NAME = 256

/** Parses a body far enough to route it; every refusal names field and rule. */
export function parseRoutedBody(bytes: Buffer): RoutedBody | Refusal {
  let fields: unknown
  try {
    fields = JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    return badRequest(`body must be valid JSON: ${jsonFault(bytes, error)}`, null, { code: 'invalid_json' })
  }
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    return badRequest(`body must be a JSON object, got ${kindOf(fields)}`, null)
  }
  const record = fields as Record<string, unknown>
  const { model, stream } = record
  if (typeof model !== 'string' || model === '') {
    return badRequest(`model must be a non-empty string, got ${model === '' ? '""' : kindOf(model)}`, 'model')
  }
  if (model.length > LONGEST_MODEL_NAME) {
    return badRequest(`model must be at most ${LONGEST_MODEL_NAME} characters, got ${model.length}`, 'model')
  }
  if (stream !== undefined && stream !== null && typeof stream !== 'boolean') {
    return badRequest(`stream must be true or false, got ${kindOf(stream)}`, 'stream')
  }
  return { bytes, fields: record, model }
}

/**
 * The body with its model name replaced and every other byte as the client sent it: numbers keep their
 * digits, strings their escapes, and a large body is never serialised again.
 */
export function withModel(body: RoutedBody, model: string): Buffer {
  if (model === body.model) return body.bytes
  const span = findTopLevelValue(body.bytes, 'model')
  if (!span) throw new TypeError('a routed body has a model')
  return Buffer.concat([
    body.bytes.subarray(0, span.start),
    Buffer.from(JSON.stringify(model)),
    body.bytes.subarray(span.end),
  ])
}
