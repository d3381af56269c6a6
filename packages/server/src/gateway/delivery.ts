import type { ServerResponse } from 'node:http'
import type { Dispatcher } from 'undici'
import { errorEnvelope, type Refusal } from './refusal.js'
import type { Api } from './translation/translation.js'

type Headers = Readonly<Record<string, string | number>>

const EVENT_HEADERS: Headers = { 'cache-control': 'no-cache', 'x-accel-buffering': 'no' }

/** What goes out to one client: one answer, whoever of the attempts gives it. */
export class Delivery {
  readonly #res: ServerResponse
  readonly #api: Api
  #begun: 'events' | 'bytes' | undefined

  constructor(res: ServerResponse, api: Api) {
    this.#res = res
    this.#api = api
  }

  /** Sends the head of an answer whose body follows piece by piece. */
  begin(kind: 'events' | 'bytes', status: number, headers: Headers): void {
    this.#begun = kind
    this.#res.writeHead(status, { ...headers, ...(kind === 'events' ? EVENT_HEADERS : {}) })
    this.#res.flushHeaders()
  }

  /** Holds the model back while the client is slow: memory per stream stays at a socket's buffer. */
  write(chunk: Buffer, controller: Dispatcher.DispatchController | undefined): void {
    if (chunk.length === 0 || this.#res.write(chunk) || controller === undefined) return
    controller.pause()
    this.#res.once('drain', () => controller.resume())
  }

  /** Ends an answer that was begun. */
  end(rest?: Buffer): void {
    this.#res.end(rest)
  }

  /** Sends a whole answer. */
  whole(status: number, headers: Headers, body: Buffer): void {
    if (this.#res.destroyed) return
    this.#res.writeHead(status, { ...headers, 'content-length': body.length })
    this.#res.end(body)
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
