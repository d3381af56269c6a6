import type { IncomingMessage } from 'node:http'
import type { Candidate } from '@loadstar/core'
import type { Catalog } from '../../registry/catalog.js'
import type { ModelEntry } from '../../registry/entry.js'
import { isRepeatable, keyOf, type Question } from './repeatable.js'
import type { ResponseStore, StoredResponse } from './store.js'
import { Transcript } from './transcript.js'

interface ResponseCacheOptions {
  readonly catalog: Pick<Catalog, 'model'>
  readonly store: ResponseStore
  /** A longer answer is not kept. */
  readonly maxAnswerBytes: number
  /** Unix milliseconds. */
  readonly clock: () => number
}

/** A request, and who may answer it. */
interface Asked extends Omit<Question, 'api' | 'headers'> {
  readonly req: Pick<IncomingMessage, 'headers'>
  readonly cargo: Pick<Question, 'api'>
  readonly candidates: readonly Candidate[]
}

/** One request whose answer may be known, or worth knowing. */
export interface Lookup {
  /** At once where nothing has to be waited for. */
  find(): StoredResponse | undefined | Promise<StoredResponse | undefined>
  /** Takes down the answer for those who ask the same. */
  transcript(): Transcript
}

/**
 * Answers of models that have `cache_responses`, for those who ask the very same again. An answer is given only while the
 * model it came from is still one that could be asked, at the same place.
 */
export class ResponseCache {
  readonly #options: ResponseCacheOptions
  /** Whether one of a list of candidates is kept answers of; lists are made anew when the catalog changes. */
  readonly #worthAsking = new WeakMap<readonly Candidate[], boolean>()

  constructor(options: ResponseCacheOptions) {
    this.#options = options
  }

  /** `undefined` for a request that is none of the cache's business. */
  lookup(asked: Asked): Lookup | undefined {
    const { candidates } = asked
    if (!this.#isWorthAsking(candidates)) return undefined
    const { req, cargo, body, identity, caller } = asked
    const question: Question = { api: cargo.api, headers: req.headers, body, identity, caller }
    const wish = req.headers['cache-control'] ?? ''
    if (/\bno-store\b/i.test(wish) || !isRepeatable(question)) return undefined
    const key = keyOf(question)
    return {
      find: () => (/\bno-cache\b/i.test(wish) ? undefined : this.#find(key, candidates)),
      transcript: () => this.#transcript(key),
    }
  }

  #find(key: string, candidates: readonly Candidate[]): ReturnType<Lookup['find']> {
    const found = this.#options.store.find(key)
    return found instanceof Promise
      ? found.then((late) => this.#stillGood(late, candidates))
      : this.#stillGood(found, candidates)
  }

  #stillGood(
    found: StoredResponse | undefined,
    candidates: readonly Candidate[],
  ): StoredResponse | undefined {
    const model = found && this.#keptModel(found.modelId)
    if (!model || originOf(model) !== found.origin) return undefined
    return candidates.some(({ modelId }) => modelId === model.id) ? found : undefined
  }

  #transcript(key: string): Transcript {
    const { store, maxAnswerBytes, clock } = this.#options
    return new Transcript({
      maxBytes: maxAnswerBytes,
      keep: (taken) => {
        const model = this.#keptModel(taken.modelId)
        if (model) store.put(key, { ...taken, origin: originOf(model), storedMs: clock() })
      },
    })
  }

  #keptModel(id: string): ModelEntry | undefined {
    const model = this.#options.catalog.model(id)
    return model?.cachesResponses ? model : undefined
  }

  #isWorthAsking(candidates: readonly Candidate[]): boolean {
    let isWorth = this.#worthAsking.get(candidates)
    if (isWorth === undefined) {
      isWorth = candidates.some(({ modelId }) => this.#keptModel(modelId) !== undefined)
      this.#worthAsking.set(candidates, isWorth)
    }
    return isWorth
  }
}

/** What answers a question besides its words: another backend behind the same id is another model. */
function originOf({ dialect, baseUrl, upstreamModel }: ModelEntry): string {
  return `${dialect} ${baseUrl} ${upstreamModel}`
}
