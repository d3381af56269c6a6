/** Where a value stands in a JSON text: bytes `start` (inclusive) to `end` (exclusive). */
interface Span {
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
 * Finds the value of a top-level key in a JSON object that is known to be valid.
 *
 * Where the key is repeated the last one is returned, the one every parser keeps.
 *
 * @returns the value's span without surrounding white space, or `undefined`. O(bytes).
 */
export function findTopLevelValue(json: Buffer, key: string): Span | undefined {
  const wanted = Buffer.from(JSON.stringify(key))
  let found: Span | undefined
  let at = 0
  for (;;) {
    const keyStart = json.indexOf(QUOTE, at)
    if (keyStart < 0) return found
    const keyEnd = endOfString(json, keyStart)
    const start = afterColon(json, keyEnd)
    const end = endOfValue(json, start)
    if (isKey(json, keyStart, keyEnd, wanted)) {
      found = trimmed(json, start, end)
    }
    at = end + 1
  }
}

/** A key may be written with escapes and still be the same. */
function isKey(json: Buffer, start: number, end: number, wanted: Buffer): boolean {
  const written = json.subarray(start, end)
  if (!written.includes(BACKSLASH)) return written.equals(wanted)
  return JSON.stringify(JSON.parse(written.toString('utf8'))) === wanted.toString('utf8')
}

/** One past the closing quote: searching for quotes natively is what keeps megabytes of prompt cheap. */
function endOfString(json: Buffer, start: number): number {
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

function afterColon(json: Buffer, from: number): number {
  const colon = json.indexOf(COLON, from)
  let at = colon + 1
  while (isSpace(json[at])) at++
  return at
}

/** The end of the value that begins at `from`: the comma or closing brace that follows it. */
function endOfValue(json: Buffer, from: number): number {
  let depth = 0
  for (let at = from; at < json.length; at++) {
    const byte = json[at]
    if (byte === QUOTE) {
      at = endOfString(json, at) - 1
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth++
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (depth === 0) return at
      depth--
    } else if (byte === COMMA && depth === 0) {
      return at
    }
  }
  return json.length
}

function trimmed(json: Buffer, start: number, end: number): Span {
  let last = end
  while (last > start && isSpace(json[last - 1])) last--
  return { start, end: last }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}
