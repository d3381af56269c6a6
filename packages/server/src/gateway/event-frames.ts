const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d

/** An unfinished event larger than this goes out as it comes: memory stays bounded. */
const LONGEST_HELD = 1024 * 1024
const TAIL_LENGTH = 256

/**
 * Cuts a server-sent event stream after its last complete event, so that a stream that breaks off in the
 * middle of one can still be ended with an error event that clients can read. Whole events pass untouched
 * and at once; only the bytes of an unfinished event wait for their end.
 */
export class EventFrames {
  #held: Buffer | undefined
  #tail = ''

  /** @returns the bytes that may go out now; empty when the chunk completes no event. */
  push(chunk: Buffer): Buffer {
    const bytes = this.#held ? Buffer.concat([this.#held, chunk]) : chunk
    const end = bytes.length > LONGEST_HELD ? bytes.length : endOfLastEvent(bytes)
    this.#held = end === bytes.length ? undefined : bytes.subarray(end)
    const whole = end === bytes.length ? bytes : bytes.subarray(0, end)
    if (whole.length > 0)
      this.#tail = (this.#tail + whole.toString('latin1', whole.length - TAIL_LENGTH)).slice(-TAIL_LENGTH)
    return whole
  }

  /** The bytes of an event that never ended. */
  rest(): Buffer | undefined {
    return this.#held
  }

  /** Whether the stream said that it is complete. */
  get isDone(): boolean {
    const rest = this.#held?.toString('latin1', Math.max(0, this.#held.length - TAIL_LENGTH)) ?? ''
    const lines = (this.#tail + rest).split(/\r?\n/)
    // Comments may follow: they keep connections alive and say nothing.
    const last = lines.findLast((line) => line !== '' && !line.startsWith(':'))
    return last !== undefined && /^data: ?\[DONE\]\s*$/.test(last)
  }
}

/** One past the blank line that ends the last complete event; 0 when there is none. */
function endOfLastEvent(bytes: Buffer): number {
  for (let at = bytes.length - 1; at > 0; at = bytes.lastIndexOf(NEWLINE, at - 1)) {
    if (bytes[at] !== NEWLINE) continue
    if (bytes[at - 1] === NEWLINE) return at + 1
    if (bytes[at - 1] === CARRIAGE_RETURN && bytes[at - 2] === NEWLINE) return at + 1
  }
  return 0
}
