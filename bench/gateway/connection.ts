import { connect, type Socket } from 'node:net'

/** What a request hears of its answer. */
interface Listener {
  /** @param body - what one read from the socket brought, without the marks of chunks. */
  data?(body: Buffer): void
  /** @param status - 0 where no whole answer came. */
  end(status: number): void
}

type Body =
  | { readonly kind: 'length'; left: number }
  /** `left` bytes of a chunk; `isHead` while the line with its size is expected. */
  | { readonly kind: 'chunked'; left: number; isHead: boolean }

const END_OF_HEAD = '\r\n\r\n'
const END_OF_LINE = '\r\n'

/**
 * One keep-alive connection with one request at a time: HTTP/1.1 as far as gateways answer it, over a bare socket. The
 * client shares a core with the models, and a complete one would be the first to run out of it.
 */
export class Connection {
  readonly #port: number
  #socket: Socket | undefined
  #listener: Listener | undefined
  #rest: Buffer | undefined
  #status = 0
  #body: Body | undefined
  #closesAfter = false

  constructor(port: number) {
    this.#port = port
  }

  /** @param bytes - head and body of a request. */
  send(bytes: Buffer, listener: Listener): void {
    this.#listener = listener
    this.#socket ??= this.#open()
    this.#socket.write(bytes)
  }

  /** Leaves, in the middle of an answer too; its listener hears nothing more. */
  close(): void {
    this.#listener = undefined
    this.#reset()
  }

  #open(): Socket {
    const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true })
    socket.on('data', (bytes) => {
      if (socket === this.#socket) this.#read(bytes)
    })
    // 'close' follows.
    socket.on('error', () => undefined)
    socket.on('close', () => {
      if (socket === this.#socket) this.#broken()
    })
    return socket
  }

  #reset(): void {
    this.#socket?.destroy()
    this.#socket = undefined
    this.#rest = undefined
    this.#body = undefined
    this.#closesAfter = false
  }

  #broken(): void {
    const listener = this.#listener
    this.close()
    listener?.end(0)
  }

  #read(bytes: Buffer): void {
    const all = this.#rest === undefined ? bytes : Buffer.concat([this.#rest, bytes])
    this.#rest = undefined
    let at = 0
    if (this.#body === undefined) {
      const end = all.indexOf(END_OF_HEAD)
      if (end < 0) {
        this.#rest = all
        return
      }
      this.#head(all.toString('latin1', 0, end))
      at = end + END_OF_HEAD.length
    }
    this.#take(all, at)
  }

  #head(head: string): void {
    this.#status = Number(head.slice(9, 12))
    const lower = head.toLowerCase()
    this.#closesAfter = lower.includes('\r\nconnection: close')
    const length = /\r\ncontent-length: *(\d+)/.exec(lower)?.[1]
    this.#body =
      length === undefined
        ? { kind: 'chunked', left: 0, isHead: true }
        : { kind: 'length', left: Number(length) }
  }

  #take(all: Buffer, from: number): void {
    const body = this.#body
    if (body === undefined) return
    if (body.kind === 'length') {
      body.left -= all.length - from
      if (all.length > from) this.#listener?.data?.(all.subarray(from))
      if (body.left <= 0) this.#end()
      return
    }
    const { parts, at, isEnd } = unchunk(body, all, from)
    const [first] = parts
    if (first !== undefined) this.#listener?.data?.(parts.length === 1 ? first : Buffer.concat(parts))
    if (isEnd) this.#end()
    else if (at < all.length) this.#rest = all.subarray(at)
  }

  #end(): void {
    const listener = this.#listener
    this.#listener = undefined
    this.#body = undefined
    this.#rest = undefined
    if (this.#closesAfter) this.#reset()
    listener?.end(this.#status)
  }
}

interface Unchunked {
  readonly parts: Buffer[]
  /** What stands from here on is not a whole line yet. */
  readonly at: number
  readonly isEnd: boolean
}

function unchunk(body: Extract<Body, { kind: 'chunked' }>, all: Buffer, from: number): Unchunked {
  const parts: Buffer[] = []
  let at = from
  while (at < all.length) {
    if (!body.isHead) {
      const data = all.subarray(at, at + Math.max(0, body.left))
      if (data.length > 0) parts.push(data)
      // With the line break that follows the data, of which -2 are left to skip.
      const skipped = Math.min(all.length - at, body.left + END_OF_LINE.length)
      body.left -= skipped
      at += skipped
      if (body.left === -END_OF_LINE.length) body.isHead = true
      continue
    }
    const end = all.indexOf(END_OF_LINE, at)
    if (end < 0) break
    const size = parseInt(all.toString('latin1', at, end), 16)
    if (size === 0) {
      // No gateway here sends trailers: the empty line comes with, or right after, the last chunk.
      if (all.length < end + END_OF_HEAD.length) break
      return { parts, at: end + END_OF_HEAD.length, isEnd: true }
    }
    body.left = size
    body.isHead = false
    at = end + END_OF_LINE.length
  }
  return { parts, at, isEnd: false }
}
