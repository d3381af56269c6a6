import type { StreamShape } from './stream-shape.js'

const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d
const SPACE = 0x20
/** A blank line where lines end in a carriage return alone, as they may. */
const BLANK = Buffer.from('\r\r')

/** An unfinished event larger than this goes out as it comes: memory stays bounded. */
const LONGEST_HELD = 1024 * 1024

/**
 * Cuts a server-sent event stream after its last complete event, so that a stream that breaks off in the
 * middle of one can still be ended with an error event that clients can read. Whole events pass untouched
 * and at once; only the bytes of an unfinished event wait for their end.
 */
export class EventFrames {
  readonly #shape: StreamShape
  readonly #longest: number
  #held: Buffer | undefined
  #hasEnded = false

  /** @param longest - bytes of an unfinished event that are held; beyond them it goes out as it comes. */
  constructor(shape: StreamShape, longest = LONGEST_HELD) {
    this.#shape = shape
    this.#longest = longest
  }

  /** @returns the bytes that may go out now; empty when the chunk completes no event. */
  push(chunk: Buffer): Buffer {
    const bytes = this.#held ? Buffer.concat([this.#held, chunk]) : chunk
    const end = bytes.length > this.#longest ? bytes.length : endOfLastEvent(bytes)
    this.#held = end === bytes.length ? undefined : bytes.subarray(end)
    const whole = end === bytes.length ? bytes : bytes.subarray(0, end)
    this.#hasEnded ||= this.#saysEnd(whole)
    return whole
  }

  /** How many bytes of an unfinished event are held. */
  get heldBytes(): number {
    return this.#held?.length ?? 0
  }

  /** The bytes of an event that never ended. */
  rest(): Buffer | undefined {
    return this.#held
  }

  /** Whether the stream said that it is complete. */
  get isDone(): boolean {
    return this.#hasEnded || (this.#held !== undefined && this.#saysEnd(this.#held))
  }

  #saysEnd(bytes: Buffer): boolean {
    return this.#shape.endings.some(({ field, value }) => hasLine(bytes, field, value))
  }
}

/** Whether one of the lines is that field with that value: in the text of an answer no line can begin, for its line breaks are escaped. */
function hasLine(bytes: Buffer, field: Buffer, value: Buffer): boolean {
  for (let at = bytes.indexOf(value); at >= 0; at = bytes.indexOf(value, at + 1)) {
    const start = (bytes[at - 1] === SPACE ? at - 1 : at) - field.length
    if (start < 0 || bytes.compare(field, 0, field.length, start, start + field.length) !== 0) continue
    const before = bytes[start - 1]
    if (start === 0 || before === NEWLINE || before === CARRIAGE_RETURN) return true
  }
  return false
}

/** One past the blank line that ends the last complete event; 0 when there is none. */
function endOfLastEvent(bytes: Buffer): number {
  const blank = bytes.lastIndexOf(BLANK)
  const least = blank < 0 ? 0 : blank + BLANK.length
  for (let at = bytes.length - 1; at >= least; at = at === 0 ? -1 : bytes.lastIndexOf(NEWLINE, at - 1)) {
    if (bytes[at] !== NEWLINE) continue
    if (bytes[at - 1] === NEWLINE) return at + 1
    if (bytes[at - 1] === CARRIAGE_RETURN && bytes[at - 2] === NEWLINE) return at + 1
  }
  return least
}
