import type { ServerResponse } from 'node:http'

/** Bytes that may wait for a slow client, and one event more. */
const MOST_WAITING_BYTES = 1024 * 1024

/** One client's stream of events. Nothing is kept for a client that does not read: it is cut, and resumes. */
export class Subscriber {
  /** The last frame of the fleet it was sent; 0 before the first. */
  seenFrame = 0
  readonly #response: ServerResponse

  constructor(response: ServerResponse, requestId: string) {
    this.#response = response
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // A proxy that collects the answer would keep events back.
      'x-accel-buffering': 'no',
      'x-request-id': requestId,
    })
  }

  /** Whether what it was sent still waits to be read. */
  get isBehind(): boolean {
    return this.#response.writableNeedDrain
  }

  write(text: string): void {
    const response = this.#response
    if (response.writableLength > MOST_WAITING_BYTES) response.destroy()
    else if (!response.destroyed && !response.writableEnded) response.write(text)
  }

  end(): void {
    this.#response.end()
  }
}
