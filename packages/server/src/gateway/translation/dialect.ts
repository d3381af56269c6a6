export type Json = Readonly<Record<string, unknown>>

/** APIs a client may speak and a backend may offer. */
export type Api = 'chat' | 'completions' | 'embeddings' | 'responses' | 'messages'

/** One server-sent event: its name where the API names its events, and its data; `done` is `data: [DONE]`. */
export type ServerEvent = { readonly name?: string; readonly data: Json } | 'done'

/** What of a request cannot be carried: a 400 with `param` = `field`. */
export interface Untranslatable {
  /** The exact path, e.g. `messages[2].content[0].type`. */
  readonly field: string
  readonly message: string
}

/** A stream on its way back; lives as long as one answer. */
export interface StreamTranslation {
  /** Events of the client's API for one event of the backend's; none when it says nothing there. Never throws. */
  push(event: ServerEvent): readonly ServerEvent[]
}

/** Carries one request of the client's API over a backend's API. Made per request: the answer needs to know what was asked. */
export interface Translation {
  /** The client's API. */
  readonly from: Api
  /** The backend's API. */
  readonly to: Api
  /** The body for the backend; its `model` is still the client's, see `upstreamBody`. */
  readonly body: Json
  /** A whole 200 answer of the backend, as the client's API says it. */
  answer(body: Json): Json
  /** A fresh reader for a 200 event stream of the backend. */
  stream(): StreamTranslation
  /** An error body of the backend, 4xx meant for the client, in the client's envelope. */
  error(body: Json, status: number): Json
}

/** A translation, or why this request has none. */
export type Translated = Translation | { readonly untranslatable: Untranslatable }
