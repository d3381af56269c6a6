import type { ResponseStore, StoredResponse } from '../gateway/response-cache/store.js'
import { RecentValues } from './recent-values.js'

/** Responses in the memory of this process. */
export class MemoryResponses implements ResponseStore {
  readonly #kept: RecentValues<StoredResponse>

  constructor(bounds: ConstructorParameters<typeof RecentValues<StoredResponse>>[0]) {
    this.#kept = new RecentValues(bounds)
  }

  find(key: string): StoredResponse | undefined {
    return this.#kept.get(key)
  }

  put(key: string, response: StoredResponse): void {
    this.#kept.put(key, response, response.body.length)
  }

  async close(): Promise<void> {
    // Memory needs no farewell.
  }
}
