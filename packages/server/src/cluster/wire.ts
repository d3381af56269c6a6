import type { Duplex } from 'node:stream'

/** A message: what it is, and its parts. */
export type Message = readonly [kind: string, ...parts: unknown[]]

/** Bytes that are no frame of this wire. */
export class WireError extends Error {
  readonly code: 'FRAME_TOO_LONG' | 'FRAME_INVALID'

  constructor(code: WireError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'WireError'
    this.code = code
  }
}

interface WireEnds<In extends Message> {
  readonly receive: (message: In) => void
  /** Nothing comes any more; once. @param error - why, where that was not the wish of either side. */
  readonly closed: (error?: Error) => void
}

/** A catalog of a hundred thousand agents fits; what is longer was not written by the other end. */
const LONGEST_FRAME_BYTES = 256 * 1024 * 1024
const NEWLINE = 0x0a

/**
 * Messages between two processes over a stream, in order: a frame is a line with a JSON array of messages. All that is
 * sent in one turn of the event loop goes out as one frame in one write, so the busier a process is, the less a
 * message costs. Both ends are of the same release: the shape of a frame is checked, that of a message is not.
 */
export class Wire<Out extends Message, In extends Message> {
  readonly #stream: Duplex
  readonly #reader = new FrameReader()
  #unsent: Out[] = []

  constructor(stream: Duplex, { receive, closed }: WireEnds<In>) {
    let failure: Error | undefined
    this.#stream = stream
    stream.on('data', (chunk: Buffer) => {
      try {
        for (const message of this.#reader.push(chunk)) receive(message as In)
      } catch (error) {
        stream.destroy(error instanceof Error ? error : new Error(String(error)))
      }
    })
    stream.on('error', (error) => (failure = error))
    stream.once('close', () => closed(failure))
  }

  /** Nothing once the stream is closed. */
  send(message: Out): void {
    if (this.#unsent.push(message) === 1) setImmediate(() => this.#flush())
  }

  /** Closes it once everything is out, whether or not the other end still reads. */
  async end(): Promise<void> {
    this.#flush()
    if (this.#stream.destroyed) return
    await new Promise<void>((resolve) => {
      this.#stream.once('close', resolve)
      this.#stream.end(() => resolve())
    })
  }

  #flush(): void {
    const messages = this.#unsent
    if (messages.length === 0) return
    this.#unsent = []
    if (this.#stream.writable) this.#stream.write(`${JSON.stringify(messages)}\n`)
  }
}

/** Finds the frames in a stream of bytes, however it was cut. */
export class FrameReader {
  #pieces: Buffer[] = []
  #size = 0
  readonly #longest: number

  constructor(longestBytes = LONGEST_FRAME_BYTES) {
    this.#longest = longestBytes
  }

  /** @returns the messages that are whole. @throws {WireError} */
  push(chunk: Buffer): readonly Message[] {
    const messages: Message[] = []
    let from = 0
    for (;;) {
      const end = chunk.indexOf(NEWLINE, from)
      const piece = chunk.subarray(from, end < 0 ? undefined : end)
      this.#size += piece.length
      if (this.#size > this.#longest) {
        throw new WireError('FRAME_TOO_LONG', `a frame must be ≤ ${this.#longest} bytes`)
      }
      if (end < 0) {
        if (piece.length > 0) this.#pieces.push(piece)
        return messages
      }
      const line = this.#pieces.length === 0 ? piece : Buffer.concat([...this.#pieces, piece])
      this.#pieces = []
      this.#size = 0
      messages.push(...messagesOf(line))
      from = end + 1
    }
  }
}

function messagesOf(line: Buffer): readonly Message[] {
  let frame: unknown
  try {
    frame = JSON.parse(line.toString())
  } catch (error) {
    throw new WireError('FRAME_INVALID', `a frame must be JSON, got ${shown(line)}`, { cause: error })
  }
  if (Array.isArray(frame) && frame.every(isMessage)) return frame
  throw new WireError('FRAME_INVALID', `a frame must be an array of messages, got ${shown(line)}`)
}

function isMessage(value: unknown): value is Message {
  return Array.isArray(value) && typeof value[0] === 'string'
}

/** A frame may hold keys of models: of one that cannot be read only the length is told. */
function shown(line: Buffer): string {
  return `${line.length} bytes`
}
