import type { ServerResponse } from 'node:http'
import type { Dispatcher } from 'undici'
import type { RawHeaders } from './raw-headers.js'
import { errorEnvelope, type Refusal } from './refusal.js'
import type { StoredResponse } from './response-cache/store.js'
import type { Transcript } from './response-cache/transcript.js'
import type { Api } from './translation/translation.js'

const EVENT_STREAM = 'text/event-stream'
const EVENT_HEADERS: RawHeaders = ['cache-control', 'no-cache', 'x-accel-buffering', 'no']
/** A body up to this size goes out in one write with its head, as text of one byte a character. */
const LONGEST_TEXT = 64 * 1024

/** What goes out to one client: one answer, whoever of the attempts gives it. */
export class Delivery {
  readonly #res: ServerResponse
  readonly #api: Api
  readonly #requestId: string
  #drainedMs = 0
  #isHeld = false
  #begun: 'events' | 'bytes' | undefined
  #transcript: Transcript | undefined

  constructor(res: ServerResponse, api: Api, requestId: string) {
    this.#res = res
    this.#api = api
    this.#requestId = requestId
  }

  /** From here on it hears what goes out. */
  takenDownBy(transcript: Transcript): void {
    this.#transcript = transcript
  }

  /** Sends the head of an answer whose body follows piece by piece. */
  begin(kind: 'events' | 'bytes', status: number, headers: string[]): void {
    this.#begun = kind
    this.#transcript?.begin(status, headers)
    if (kind === 'events') headers.push(...EVENT_HEADERS)
    this.#writeHead(status, headers)
    this.#res.flushHeaders()
  }

  /** Holds the model back while the client is slow: memory per stream stays at a socket's buffer. */
  write(chunk: Buffer, controller: Dispatcher.DispatchController | undefined): void {
    this.#transcript?.add(chunk)
    if (chunk.length === 0 || this.#res.write(chunk) || controller === undefined) return
    controller.pause()
    this.#isHeld = true
    this.#res.once('drain', () => {
      this.#isHeld = false
      this.#drainedMs = performance.now()
      controller.resume()
    })
  }

  /** Since when the model is not held back, as `performance.now`; now, while it is. */
  heldUntilMs(nowMs: number): number {
    return this.#isHeld ? nowMs : this.#drainedMs
  }

  /** Ends an answer that was begun. */
  end(rest?: Buffer): void {
    this.#res.end(rest)
    if (rest) this.#transcript?.add(rest)
    this.#transcript?.end()
  }

  /** Sends what was sent once. */
  repeat({ contentType, body }: StoredResponse, headers: string[]): void {
    headers.push('content-type', contentType)
    if (!contentType.startsWith(EVENT_STREAM)) return this.whole(200, headers, body)
    this.begin('events', 200, headers)
    this.end(body)
  }

  /** Sends a whole answer. */
  whole(status: number, headers: string[], body: Buffer): void {
    if (this.#res.destroyed) return
    this.#transcript?.begin(status, headers)
    this.#transcript?.add(body)
    headers.push('content-length', String(body.length))
    this.#writeHead(status, headers)
    if (body.length <= LONGEST_TEXT) this.#res.end(body.toString('latin1'), 'latin1')
    else this.#res.end(body)
    this.#transcript?.end()
  }

  #writeHead(status: number, headers: string[]): void {
    headers.push('x-request-id', this.#requestId)
    this.#res.writeHead(status, headers)
  }

  /** An answer that has begun can only end in an error event; raw bytes only in a closed connection. */
  breakOff(refusal: Refusal): void {
    if (this.#begun === 'events') this.#res.end(errorEvent(this.#api, refusal))
    else this.#res.destroy()
  }
}

/** What ends a stream that will not be whole, as clients of the API know it. */
function errorEvent(api: Api, refusal: Refusal): string {
  switch (api) {
    case 'messages':
      return `event: error\ndata: ${errorEnvelope(refusal, 'anthropic')}\n\n`
    case 'responses': {
      const { code, message, param, type } = refusal
      // SDKs look for an object `error`; the API itself has its fields outside.
      const event = { type: 'error', code, message, param, error: { message, type, param, code } }
      return `event: error\ndata: ${JSON.stringify(event)}\n\n`
    }
    case 'chat':
    case 'completions':
    case 'embeddings':
      return `data: ${errorEnvelope(refusal)}\n\n`
  }
}
