import type { ServerResponse } from 'node:http'

/** What a client that listens wishes. */
export interface StreamWish {
  /** Between two events of the fleet. */
  readonly intervalMs: number
  /** Of the last event the client saw. */
  readonly lastEventId: string | undefined
  readonly requestId: string
}

/** The live events as the route that answers with them knows them. */
export interface EventStreams {
  /**
   * Answers with the stream, which lasts until the client leaves or `close`.
   *
   * @throws {ApiError} 503 `too_many_streams`, or `draining` after `close`.
   */
  subscribe(response: ServerResponse, wish: StreamWish): void
  /** Ends every stream; there will be no more. */
  close(): void
}
