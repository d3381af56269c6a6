import type { ExchangeRecord } from '../../gateway/record.js'

/** How the semantic conventions call what is asked by each API. */
export const OPERATIONS: Readonly<Record<ExchangeRecord['api'], string>> = {
  chat: 'chat',
  messages: 'chat',
  responses: 'chat',
  completions: 'text_completion',
  embeddings: 'embeddings',
}
