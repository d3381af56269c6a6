/**
 * Models that cost next to nothing: canned answers over bare sockets. Started by upstreams.ts, which says how they
 * behave; several in one process, since they share a core.
 */
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { ANSWER, EVENT, STREAM_END, STREAM_HEAD, REFUSAL } from './canned.js'
import type { Behaviour, Seen } from './upstreams.js'

const END_OF_HEAD = '\r\n\r\n'

class Model {
  readonly #behaviour: Behaviour
  #inFlight = 0
  seen: Seen = { served: 0, refused: 0, greatest: 0, events: 0, left: 0 }

  constructor(behaviour: Behaviour) {
    this.#behaviour = behaviour
  }

  listen(): Promise<number> {
    const server = createServer({ noDelay: true }, (socket) => this.#serve(socket))
    return new Promise((resolve) => {
      server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () =>
        resolve((server.address() as AddressInfo).port),
      )
    })
  }

  #serve(socket: Socket): void {
    let rest: Buffer | undefined
    let stop: (() => void) | undefined
    socket.on('data', (bytes) => {
      rest = rest === undefined ? bytes : Buffer.concat([rest, bytes])
      const end = endOfRequest(rest)
      if (end < 0) return
      const request = rest
      rest = rest.length > end ? rest.subarray(end) : undefined
      stop = this.#answer(socket, request, () => (stop = undefined))
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      if (stop !== undefined) this.seen.left++
      stop?.()
    })
  }

  /** @returns what gives the slot back when the client leaves. */
  #answer(socket: Socket, request: Buffer, done: () => void): (() => void) | undefined {
    const { limit, thinkMs, thinkSpread, streams } = this.#behaviour
    if (this.#inFlight >= limit) {
      this.seen.refused++
      socket.write(REFUSAL)
      return undefined
    }
    this.#inFlight++
    this.seen.greatest = Math.max(this.seen.greatest, this.#inFlight)
    const isStream = request.includes('"stream":true')
    const finish = (last: Buffer | string) => {
      this.#inFlight--
      this.seen.served++
      done()
      socket.write(last)
    }
    if (isStream) return this.#stream(socket, streams, finish)
    if (thinkMs === 0) {
      finish(ANSWER)
      return undefined
    }
    const timer = setTimeout(() => finish(ANSWER), thinkMs * (1 + thinkSpread * (2 * Math.random() - 1)))
    return () => {
      clearTimeout(timer)
      this.#inFlight--
    }
  }

  #stream(
    socket: Socket,
    { tokens, gapMs }: Behaviour['streams'],
    finish: (last: string) => void,
  ): () => void {
    let left = tokens - 1
    socket.write(STREAM_HEAD + EVENT)
    this.seen.events++
    const timer = setInterval(() => {
      if (left-- > 0) {
        socket.write(EVENT)
        this.seen.events++
        return
      }
      clearInterval(timer)
      // [DONE] is an event as well.
      this.seen.events++
      finish(STREAM_END)
    }, gapMs)
    return () => {
      clearInterval(timer)
      this.#inFlight--
    }
  }
}

/** One past a whole request, or -1. */
function endOfRequest(bytes: Buffer): number {
  const head = bytes.indexOf(END_OF_HEAD)
  if (head < 0) return -1
  const body = head + END_OF_HEAD.length
  const length = /\r\ncontent-length: *(\d+)/i.exec(bytes.toString('latin1', 0, head))?.[1]
  if (length !== undefined) return bytes.length >= body + Number(length) ? body + Number(length) : -1
  const last = bytes.indexOf('0\r\n\r\n', body)
  return last < 0 ? -1 : last + 5
}

const models = (JSON.parse(process.argv[2] ?? '[]') as Behaviour[]).map((behaviour) => new Model(behaviour))
const ports = await Promise.all(models.map((model) => model.listen()))
process.on('message', () => process.send?.(models.map(({ seen }) => seen)))
process.on('disconnect', () => process.exit())
process.send?.(ports)
