import { Redis } from 'ioredis'
import { z } from 'zod'
import type { ResponseStore, StoredResponse } from '../gateway/response-cache/store.js'

interface RedisResponsesOptions {
  /** `redis://` or `rediss://`, with user, password and database where there are any. */
  readonly url: string
  readonly ttlMs: number
  readonly log: {
    info(fields: object, message: string): void
    warn(fields: object, message: string): void
  }
}

/** Waiting longer for an answer that may not be there would cost more than it saves. */
const COMMAND_TIMEOUT_MS = 100
const CONNECT_TIMEOUT_MS = 5_000
const LONGEST_PAUSE_MS = 2_000
/** Followed by the key; another number when the form of values changes. */
const PREFIX = 'loadstar:response:1:'

const HEAD = z.object({
  modelId: z.string(),
  origin: z.string(),
  contentType: z.string(),
  storedMs: z.number(),
})

/**
 * Responses in Valkey or Redis, shared by all who use the same one. A server that is away, slow or full is as one that
 * has nothing: requests go to their models, and the log says once that it is so and once that it is over.
 */
export class RedisResponses implements ResponseStore {
  readonly #redis: Redis
  readonly #ttlMs: number
  readonly #log: RedisResponsesOptions['log']
  #isAway = false

  constructor({ url, ttlMs, log }: RedisResponsesOptions) {
    this.#ttlMs = ttlMs
    this.#log = log
    this.#redis = new Redis(url, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: COMMAND_TIMEOUT_MS,
      connectTimeout: CONNECT_TIMEOUT_MS,
      retryStrategy: (times) => Math.min(LONGEST_PAUSE_MS, 50 * 2 ** Math.min(times, 6)),
    })
    this.#redis.on('error', (error) => this.#failed(error))
    this.#redis.on('ready', () => this.#works())
  }

  async find(key: string): Promise<StoredResponse | undefined> {
    try {
      const value = await this.#redis.getBuffer(PREFIX + key)
      this.#works()
      return value === null ? undefined : unpacked(value)
    } catch (error) {
      this.#failed(error)
      return undefined
    }
  }

  put(key: string, response: StoredResponse): void {
    this.#redis.set(PREFIX + key, packed(response), 'PX', this.#ttlMs).then(
      () => this.#works(),
      (error: unknown) => this.#failed(error),
    )
  }

  async close(): Promise<void> {
    this.#redis.disconnect()
    return Promise.resolve()
  }

  #failed(error: unknown): void {
    if (this.#isAway) return
    this.#isAway = true
    const reason = error instanceof Error ? error.message : String(error)
    this.#log.warn({ reason }, 'the response cache cannot be reached: every request goes to a model')
  }

  #works(): void {
    if (!this.#isAway) return
    this.#isAway = false
    this.#log.info({}, 'the response cache is back')
  }
}

/** A line of JSON, and the body as it is. */
function packed({ body, ...head }: StoredResponse): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), body])
}

/** `undefined` for what nobody of us has written. */
function unpacked(value: Buffer): StoredResponse | undefined {
  const end = value.indexOf('\n')
  if (end < 0) return undefined
  try {
    const head = HEAD.parse(JSON.parse(value.toString('utf8', 0, end)))
    return { ...head, body: value.subarray(end + 1) }
  } catch {
    return undefined
  }
}
