import { ChatChunks } from './chat-chunks.js'
import { completionOf } from './chat-completion.js'
import { messagesRequestOf } from './chat-request.js'
import type { Json, Translated } from './dialect.js'
import { openaiError } from './error-family.js'
import { FirstFault, Part } from './part.js'

/** An OpenAI chat client before an Anthropic backend. */
export function chatOverMessages(body: Json, nowMs: number): Translated {
  const faults = new FirstFault()
  const request = new Part(body, '', faults)
  const messages = messagesRequestOf(request)
  const wantsUsage = request.at('stream_options').at('include_usage').optionalFlag() === true
  if (faults.first !== undefined) return { untranslatable: faults.first }
  const created = Math.floor(nowMs / 1000)
  return {
    from: 'chat',
    to: 'messages',
    body: messages,
    answer: (answer) => completionOf(answer, created),
    error: openaiError,
    stream: () => new ChatChunks(created, wantsUsage),
  }
}
