/**
 * What is wrong with a text that `JSON.parse` refused, without an excerpt of it: `it ends too early`, `it does not
 * parse at byte 17`, or `it does not parse` where no place is told.
 *
 * @param error - what the parser threw.
 */
export function jsonFault(bytes: Buffer, error: unknown): string {
  const message = error instanceof Error ? error.message : ''
  const text = bytes.toString('utf8')
  // At the end only: before that stands an excerpt of the text.
  const told = /at position (\d+)(?: \(line \d+ column \d+\))?$/.exec(message)?.[1]
  const position = told === undefined ? firstStranger(text) : Number(told)
  if (/end of JSON input|unterminated string/i.test(message) || position === text.length) {
    return 'it ends too early'
  }
  if (position === undefined) return 'it does not parse'
  return `it does not parse at byte ${Buffer.byteLength(text.slice(0, position))}`
}

const WORD = /true|false|null|-?\d[\d.eE+-]*|[{}[\]:, \t\n\r]+/y

/** Where something stands that begins no token of JSON, e.g. NaN: for that the parser tells no position. */
function firstStranger(text: string): number | undefined {
  let at = 0
  while (at < text.length) {
    if (text[at] === '"') {
      at = afterString(text, at)
      continue
    }
    WORD.lastIndex = at
    const [word] = WORD.exec(text) ?? []
    if (word === undefined) return at
    at += word.length
  }
  return undefined
}

function afterString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}
