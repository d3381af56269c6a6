export type ClientApi = 'chat' | 'messages' | 'responses'

/** A client's API, and the model and the API of the backend that it is served by. */
export interface Flow {
  readonly client: ClientApi
  readonly model: 'chat' | 'translated' | 'claude'
  readonly backend: ClientApi
}

/** Every pair of APIs there is, where `translated` is a backend without responses of its own. */
export const FLOWS: readonly Flow[] = [
  { client: 'chat', model: 'chat', backend: 'chat' },
  { client: 'chat', model: 'claude', backend: 'messages' },
  { client: 'messages', model: 'claude', backend: 'messages' },
  { client: 'messages', model: 'chat', backend: 'chat' },
  { client: 'responses', model: 'chat', backend: 'responses' },
  { client: 'responses', model: 'translated', backend: 'chat' },
  { client: 'responses', model: 'claude', backend: 'messages' },
]
