/** An answer as it went out once, complete. */
export interface StoredResponse {
  readonly modelId: string
  /** Where that model was; see `originOf`. */
  readonly origin: string
  readonly contentType: string
  /** Unix milliseconds at which it was stored. */
  readonly storedMs: number
  /** A whole body, or all events of a stream. */
  readonly body: Buffer
}

/** Where answers are kept. What it cannot find, for whatever reason, it has not. */
export interface ResponseStore {
  /** At once where nothing has to be waited for; a promise never fails. */
  find(key: string): StoredResponse | undefined | Promise<StoredResponse | undefined>
  put(key: string, response: StoredResponse): void
  close(): Promise<void>
}
