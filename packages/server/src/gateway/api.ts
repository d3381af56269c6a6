import type { ModelEntry } from '../registry/entry.js'
import type { Api } from './translation/translation.js'

/** Paths below an API's version. */
export const PATHS: Readonly<Record<Api, string>> = {
  chat: '/chat/completions',
  completions: '/completions',
  embeddings: '/embeddings',
  responses: '/responses',
  messages: '/messages',
}

/** The API of the backend that serves requests of `asked`, by translation where it is another; `undefined` where none does. */
export function apiAt(
  { dialect, responsesApi }: Pick<ModelEntry, 'dialect' | 'responsesApi'>,
  asked: Api,
): Api | undefined {
  switch (asked) {
    case 'completions':
    case 'embeddings':
      return dialect === 'openai' ? asked : undefined
    case 'messages':
      return dialect === 'anthropic' ? 'messages' : 'chat'
    case 'chat':
      return dialect === 'anthropic' ? 'messages' : 'chat'
    case 'responses':
      if (dialect === 'anthropic') return 'messages'
      return responsesApi === 'translated' ? 'chat' : 'responses'
  }
}
