import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { ResponseStore, StoredResponse } from '../gateway/response-cache/store.js'

interface RedisResponsesOptions {
  /** `redis://` or `rediss://`, with user, password and database where there are any. */
  readonly url: string
  /** For one command; later it is as if it had failed. */
  readonly timeoutMs: number
  readonly ttlMs: number
  readonly log: {
    info(fields: object, message: string): void
    warn(fields: object, message: string): void
  }
}

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
  readonly #redis: Promise<Redis>
  readonly #ttlMs: number
  readonly #log: RedisResponsesOptions['log']
  #isAway = false

  constructor({ url, timeoutMs, ttlMs, log }: RedisResponsesOptions) {
    this.#ttlMs = ttlMs
    this.#log = log
    this.#redis = this.#connected(url, timeoutMs)
  }

  async find(key: string): Promise<StoredResponse | undefined> {
    try {
      const value = await (await this.#redis).getBuffer(PREFIX + key)
      this.#works()
      return value === null ? undefined : unpacked(value)
    } catch (error) {
      this.#failed(error)
      return undefined
    }
  }

  put(key: string, response: StoredResponse): void {
    this.#redis
      .then((redis) => redis.set(PREFIX + key, packed(response), 'PX', this.#ttlMs))
      .then(
        () => this.#works(),
        (error: unknown) => this.#failed(error),
      )
  }

  async close(): Promise<void> {
    const redis = await this.#redis
    redis.disconnect()
  }

  async #connected(url: string, timeoutMs: number): Promise<Redis> {
    // Only here: it would make every start slower, and most have no such server.
    const { Redis: Client } = await import('ioredis')
    const redis = new Client(url, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: timeoutMs,
      connectTimeout: CONNECT_TIMEOUT_MS,
      retryStrategy: (times) => Math.min(LONGEST_PAUSE_MS, 50 * 2 ** Math.min(times, 6)),
    })
    redis.on('error', (error) => this.#failed(error))
    redis.on('ready', () => this.#works())
    return redis
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
