import type { StoredResponse } from './store.js'

/** Its own of a `StoredResponse`. */
type Taken = Pick<StoredResponse, 'modelId' | 'contentType' | 'body'>

interface TranscriptOptions {
  /** A longer answer is not kept. */
  readonly maxBytes: number
  readonly keep: (taken: Taken) => void
}

const OK = 200

/** Takes down one answer as it goes out. It is kept when it was complete, and the gateway says that it went well. */
export class Transcript {
  readonly #options: TranscriptOptions
  #contentType: string | undefined
  #chunks: Buffer[] = []
  #size = 0
  #modelId: string | undefined

  constructor(options: TranscriptOptions) {
    this.#options = options
  }

  /** @param headers - names and values in turn. */
  begin(status: number, headers: readonly string[]): void {
    // Who asks next may not understand this one's compression.
    if (status === OK && !headers.includes('content-encoding'))
      this.#contentType = valueIn(headers, 'content-type')
  }

  add(chunk: Buffer): void {
    if (this.#contentType === undefined) return
    this.#size += chunk.length
    if (this.#size <= this.#options.maxBytes) this.#chunks.push(chunk)
    else this.#drop()
  }

  /** The model has answered well; the last bytes may still be to come. */
  approve(modelId: string): void {
    this.#modelId = modelId
  }

  end(): void {
    const contentType = this.#contentType
    const modelId = this.#modelId
    if (contentType === undefined || modelId === undefined) return
    // Its own memory: pieces of a shared buffer would hold the whole of it.
    const body = Buffer.alloc(this.#size)
    let at = 0
    for (const chunk of this.#chunks) at += chunk.copy(body, at)
    this.#drop()
    this.#options.keep({ modelId, contentType, body })
  }

  #drop(): void {
    this.#contentType = undefined
    this.#chunks = []
  }
}

function valueIn(headers: readonly string[], name: string): string | undefined {
  const at = headers.indexOf(name)
  return at < 0 ? undefined : headers[at + 1]
}
