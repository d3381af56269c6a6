import { Pool, type Dispatcher } from 'undici'
import type { ModelEntry } from '../registry/entry.js'

interface Upstream {
  readonly pool: Pool
  readonly baseUrl: string
  readonly origin: string
  readonly basePath: string
}

/** What one call of a model needs besides the model. */
interface UpstreamCall {
  /** Path below the API's version, e.g. `/chat/completions`. */
  readonly path: string
  readonly body: Buffer
  readonly headers: string[]
}

/**
 * Keep-alive connections to each model's backend.
 *
 * A pool has no limit of its own: a connection is only opened for a lease, so the router's limit is the
 * pool's, and changing it live needs no new pool.
 */
export class Upstreams {
  readonly #upstreams = new Map<string, Upstream>()
  readonly #connectMs: number

  constructor(connectMs: number) {
    this.#connectMs = connectMs
  }

  dispatch(model: ModelEntry, call: UpstreamCall, handler: Dispatcher.DispatchHandler): void {
    const upstream = this.#of(model)
    upstream.pool.dispatch(
      {
        origin: upstream.origin,
        path: upstream.basePath + call.path,
        method: 'POST',
        headers: call.headers,
        body: call.body,
        // Whoever takes the answer looks after time: a timer of the client for each part of it would cost more than all else here.
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      handler,
    )
  }

  /** A request of our own, not of a client: its answer is read by whoever asks. */
  request(
    model: ModelEntry,
    {
      path,
      ...call
    }: Pick<Dispatcher.RequestOptions, 'method' | 'headers' | 'body' | 'signal'> & { path: string },
  ): Promise<Dispatcher.ResponseData> {
    const { pool, basePath } = this.#of(model)
    return pool.request({ ...call, path: basePath + path })
  }

  /** Running calls end by themselves; the connections close after them. */
  forget(modelId: string): void {
    const upstream = this.#upstreams.get(modelId)
    this.#upstreams.delete(modelId)
    void upstream?.pool.close()
  }

  async close(): Promise<void> {
    const pools = [...this.#upstreams.values()].map(({ pool }) => pool)
    this.#upstreams.clear()
    await Promise.all(pools.map((pool) => pool.destroy()))
  }

  #of(model: ModelEntry): Upstream {
    const known = this.#upstreams.get(model.id)
    if (known?.baseUrl === model.baseUrl) return known
    this.forget(model.id)
    const { origin, pathname } = new URL(model.baseUrl)
    const upstream = {
      pool: new Pool(origin, { connections: null, pipelining: 1, connect: { timeout: this.#connectMs } }),
      baseUrl: model.baseUrl,
      origin,
      basePath: pathname.replace(/\/+$/, ''),
    }
    this.#upstreams.set(model.id, upstream)
    return upstream
  }
}
