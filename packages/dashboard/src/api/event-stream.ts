import { authorization, keyRefused } from './key'
import { eventFrames, type ServerEvent } from './event-frames'

export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'cut'; readonly attempt: number; readonly retryAtMs: number }
  | { readonly kind: 'refused' }

interface StreamOptions {
  readonly path: string
  readonly onEvent: (event: ServerEvent) => void
  readonly onConnection: (connection: Connection) => void
}

const FIRST_RETRY_MS = 500
const LONGEST_RETRY_MS = 15_000
/** The server writes at least every fifteen seconds: after two of those nobody is there any more. */
const SILENCE_MS = 35_000
const UNAUTHORIZED = 401

/**
 * Reads a stream of events for as long as the page lives, and resumes it after the last event it had.
 *
 * By `fetch`, because an `EventSource` cannot send the key as a header.
 */
export class EventStream {
  readonly #options: StreamOptions
  #lastId = ''
  #attempt = 0
  #reading: AbortController | undefined
  #retry: ReturnType<typeof setTimeout> | undefined

  constructor(options: StreamOptions) {
    this.#options = options
  }

  /** Connects at once, whatever it was doing. */
  connect(): void {
    this.close()
    const reading = new AbortController()
    this.#reading = reading
    this.#options.onConnection({ kind: 'connecting' })
    this.#read(reading).then(
      (status) => this.#ended(reading, status),
      () => this.#ended(reading, 0),
    )
  }

  /** Connects at once if it waits for its next attempt. */
  hurry(): void {
    if (this.#retry !== undefined) this.connect()
  }

  close(): void {
    clearTimeout(this.#retry)
    this.#retry = undefined
    this.#reading?.abort()
  }

  async #read(reading: AbortController): Promise<number> {
    const watchdog = silenceWatch(() => reading.abort())
    try {
      const response = await fetch(this.#options.path, {
        headers: {
          accept: 'text/event-stream',
          ...authorization(),
          ...(this.#lastId === '' ? {} : { 'last-event-id': this.#lastId }),
        },
        cache: 'no-store',
        signal: reading.signal,
      })
      if (!response.ok || response.body === null) return response.status
      this.#attempt = 0
      this.#options.onConnection({ kind: 'live' })
      const frames = eventFrames()
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        watchdog.heard()
        for (const event of frames(piece.value)) {
          this.#lastId = event.id
          this.#options.onEvent(event)
        }
      }
      return 0
    } finally {
      watchdog.stop()
    }
  }

  #ended(reading: AbortController, status: number): void {
    if (reading !== this.#reading) return
    if (status === UNAUTHORIZED) {
      this.#options.onConnection({ kind: 'refused' })
      keyRefused()
      return
    }
    this.#attempt += 1
    const waitMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (this.#attempt - 1))
    // Half of it by chance: pages that were cut together must not come back together.
    const jitteredMs = waitMs / 2 + (Math.random() * waitMs) / 2
    this.#retry = setTimeout(() => this.connect(), jitteredMs)
    const retryAtMs = Date.now() + jitteredMs
    this.#options.onConnection({ kind: 'cut', attempt: this.#attempt, retryAtMs })
  }
}

function silenceWatch(onSilence: () => void) {
  let timer = setTimeout(onSilence, SILENCE_MS)
  return {
    heard: () => {
      clearTimeout(timer)
      timer = setTimeout(onSilence, SILENCE_MS)
    },
    stop: () => clearTimeout(timer),
  }
}
