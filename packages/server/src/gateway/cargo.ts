import type { ModelEntry } from '../registry/entry.js'
import { apiAt, PATHS } from './api.js'
import type { Endpoint } from './endpoint.js'
import { badRequest, type Refusal } from './refusal.js'
import { fieldOf, wholeOf, withFields, type RoutedBody } from './routed-body.js'
import { STREAM_SHAPES, type StreamShape } from './stream-shape.js'
import { upstreamBody } from './translation/upstream-body.js'
import { translate, type Api, type Json, type Translation } from './translation/translation.js'

/** A request as one backend is sent it, and how its answer is to be read. */
export interface Carriage {
  /** Below the API's version. */
  readonly path: string
  readonly body: Buffer
  /** Of the backend's event streams. */
  readonly shape: StreamShape
  /** `undefined` where the backend speaks the client's API: then everything passes as it is. */
  readonly translation: Translation | undefined
  /** The client did not ask for the token counts that its stream will carry. */
  readonly hidesUsage: boolean
  /** The client waits for events. */
  readonly isStream: boolean
}

/** One client's request, and what it takes to carry it to backends of one API or another. */
export class Cargo {
  /** The client's. */
  readonly api: Api
  readonly #body: RoutedBody
  readonly #translations = new Map<Api, Translation | Refusal>()

  constructor({ api }: Endpoint, body: RoutedBody) {
    this.api = api
    this.#body = body
  }

  /** Why no backend with that API can be asked; `undefined` where nothing is in the way. */
  obstacle(to: Api): Refusal | undefined {
    if (to === this.api) return undefined
    const translation = this.#translated(to)
    return 'status' in translation ? translation : undefined
  }

  /** Whether the model can be sent it, as it is now. */
  reaches(model: Pick<ModelEntry, 'dialect' | 'responsesApi'>): boolean {
    const api = apiAt(model, this.api)
    return api !== undefined && this.obstacle(api) === undefined
  }

  /** @throws {TypeError} where it does not reach the model. */
  to(model: Pick<ModelEntry, 'dialect' | 'responsesApi' | 'streamUsage' | 'upstreamModel'>): Carriage {
    const api = apiAt(model, this.api)
    if (api === undefined || !this.reaches(model)) throw new TypeError('this request cannot be carried there')
    const path = PATHS[api]
    const shape = STREAM_SHAPES[api]
    const isStream = this.#body.isStream && api !== 'embeddings'
    if (api !== this.api) {
      const translation = this.#translated(api) as Translation
      const body = Buffer.from(JSON.stringify(upstreamBody(translation, model.upstreamModel)))
      return { path, shape, translation, body, hidesUsage: false, isStream }
    }
    // The client's own bytes, but for the model's name and the wish for token counts.
    const options = model.streamUsage === false ? undefined : this.#usageWish()
    const changes: [string, unknown][] = []
    if (model.upstreamModel !== this.#body.model) changes.push(['model', model.upstreamModel])
    if (options !== undefined) changes.push(['stream_options', options])
    const body = withFields(this.#body, changes)
    return { path, shape, translation: undefined, body, hidesUsage: options !== undefined, isStream }
  }

  /** `stream_options` that ask for token counts; `undefined` where the client does, or none can be asked for. */
  #usageWish(): Json | undefined {
    if (!this.#body.isStream || (this.api !== 'chat' && this.api !== 'completions')) return undefined
    const asked = fieldOf(this.#body, 'stream_options')
    if (asked === null || !this.#body.spans.has('stream_options')) return COUNTED
    // What is no object is for the model to refuse.
    if (typeof asked !== 'object' || Array.isArray(asked)) return undefined
    return (asked as Json)['include_usage'] === true ? undefined : { ...asked, ...COUNTED }
  }

  #translated(to: Api): Translation | Refusal {
    let translation = this.#translations.get(to)
    if (translation === undefined) {
      translation = this.#translate(to)
      this.#translations.set(to, translation)
    }
    return translation
  }

  #translate(to: Api): Translation | Refusal {
    const whole = wholeOf(this.#body)
    if ('refusal' in whole) return whole.refusal
    const translation = translate(this.api, to, whole.fields)
    if (translation === undefined) return noWay(this.api)
    if (!('untranslatable' in translation)) return translation
    const { field, message } = translation.untranslatable
    return badRequest(message, field, { code: 'untranslatable', reason: 'untranslatable' })
  }
}

const COUNTED = { include_usage: true }

/** Where no API of a backend serves the client's. */
export function noWay(api: Api): Refusal {
  const message = `${PATHS[api]} is not served by any of the requested models: their backends have no such API`
  return badRequest(message, 'model', { code: 'unsupported_endpoint', reason: 'untranslatable' })
}
