import type { StreamShape } from './stream-shape.js'

const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d
const SPACE = 0x20
/** A blank line where lines end in a carriage return alone, as they may. */
const BLANK = Buffer.from('\r\r')

/** Bytes of a line break and a blank line after it, at most, less the last one. */
const UNFINISHED_BLANK = 3
const NOTHING = Buffer.alloc(0)

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
  /** Begins with the `#heldBytes` of an unfinished event; beyond them is room for more. */
  #held: Buffer = NOTHING
  #heldBytes = 0
  #hasEnded = false

  /** @param longest - bytes of an unfinished event that are held; beyond them it goes out as it comes. */
  constructor(shape: StreamShape, longest = LONGEST_HELD) {
    this.#shape = shape
    this.#longest = longest
  }

  /** @returns the bytes that may go out now; empty when the chunk completes no event. O(chunk), however much is held. */
  push(chunk: Buffer): Buffer {
    const before = this.#heldBytes
    const bytes = before === 0 ? chunk : this.#append(chunk)
    const end = bytes.length > this.#longest ? bytes.length : endAfter(bytes, before)
    this.#held = end === 0 && before > 0 ? this.#held : bytes.subarray(end)
    this.#heldBytes = bytes.length - end
    const whole = end === bytes.length ? bytes : bytes.subarray(0, end)
    this.#hasEnded ||= this.#saysEnd(whole)
    return whole
  }

  /** How many bytes of an unfinished event are held. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  /** The bytes of an event that never ended. */
  rest(): Buffer | undefined {
    return this.#heldBytes === 0 ? undefined : this.#held.subarray(0, this.#heldBytes)
  }

  /** Whether the stream said that it is complete. */
  get isDone(): boolean {
    const rest = this.rest()
    return this.#hasEnded || (rest !== undefined && this.#saysEnd(rest))
  }

  /** @returns all that is held then. Room doubles, so that each byte is copied a bounded number of times. */
  #append(chunk: Buffer): Buffer {
    const length = this.#heldBytes + chunk.length
    if (length > this.#held.length) {
      const larger = Buffer.allocUnsafe(Math.max(length, 2 * this.#held.length))
      this.#held.copy(larger, 0, 0, this.#heldBytes)
      this.#held = larger
    }
    chunk.copy(this.#held, this.#heldBytes)
    return this.#held.subarray(0, length)
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

/** As `endOfLastEvent`, where no event ends in the first `known` bytes. */
function endAfter(bytes: Buffer, known: number): number {
  const from = Math.max(0, known - UNFINISHED_BLANK)
  const end = endOfLastEvent(from === 0 ? bytes : bytes.subarray(from))
  return end === 0 ? 0 : from + end
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
