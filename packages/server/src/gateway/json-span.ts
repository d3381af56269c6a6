/** Where a value stands in a JSON text: bytes `start` (inclusive) to `end` (exclusive), without white space around it. */
export interface Span {
  readonly start: number
  readonly end: number
}

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_BRACKET = 0x5b
const BACKSLASH = 0x5c
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

/**
 * Finds the values of a JSON object's own keys without parsing what is inside them.
 *
 * Where a key is repeated the last one is kept, the one every parser keeps.
 *
 * @returns `undefined` when the text is no object, or its brackets and strings do not close; what is inside values is not
 *   checked further. O(bytes), and text inside strings costs next to nothing.
 */
export function topLevelSpans(json: Buffer): ReadonlyMap<string, Span> | undefined {
  const open = afterSpace(json, 0)
  if (json[open] !== OPEN_BRACE) return undefined
  const spans = new Map<string, Span>()
  let at = afterSpace(json, open + 1)
  if (json[at] === CLOSE_BRACE) return isBlank(json, at + 1) ? spans : undefined
  for (;;) {
    if (json[at] !== QUOTE) return undefined
    const keyEnd = endOfString(json, at)
    const colon = afterSpace(json, keyEnd)
    if (json[colon] !== COLON) return undefined
    const start = afterSpace(json, colon + 1)
    const end = endOfValue(json, start)
    const key = keyOf(json, at, keyEnd)
    if (end === start || end >= json.length || key === undefined) return undefined
    spans.set(key, { start, end: beforeSpace(json, start, end) })
    if (json[end] === CLOSE_BRACE) return isBlank(json, end + 1) ? spans : undefined
    at = afterSpace(json, end + 1)
  }
}

/** A key may be written with escapes and still be the same. */
function keyOf(json: Buffer, start: number, end: number): string | undefined {
  const written = json.toString('utf8', start + 1, end - 1)
  if (!written.includes('\\')) return written
  try {
    return JSON.parse(`"${written}"`) as string
  } catch {
    return undefined
  }
}

/**
 * One past the closing quote, or past the text where there is none. Searching for quotes natively is what keeps
 * megabytes of prompt cheap.
 */
export function endOfString(json: Buffer, start: number): number {
  for (let from = start + 1; ;) {
    const quote = json.indexOf(QUOTE, from)
    if (quote < 0) return json.length
    let before = quote - 1
    while (json[before] === BACKSLASH) before--
    const isEscaped = (quote - 1 - before) % 2 === 1
    if (!isEscaped) return quote + 1
    from = quote + 1
  }
}

/** The comma or closing brace that follows the value beginning at `from`; the text's length where there is none. */
function endOfValue(json: Buffer, from: number): number {
  let depth = 0
  for (let at = from; at < json.length; at++) {
    const byte = json[at]
    if (byte === QUOTE) {
      at = endOfString(json, at) - 1
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth++
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (depth === 0) return byte === CLOSE_BRACE ? at : json.length
      depth--
    } else if (byte === COMMA && depth === 0) {
      return at
    }
  }
  return json.length
}

function afterSpace(json: Buffer, from: number): number {
  let at = from
  while (isSpace(json[at])) at++
  return at
}

function beforeSpace(json: Buffer, start: number, end: number): number {
  let last = end
  while (last > start && isSpace(json[last - 1])) last--
  return last
}

function isBlank(json: Buffer, from: number): boolean {
  return afterSpace(json, from) === json.length
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}
