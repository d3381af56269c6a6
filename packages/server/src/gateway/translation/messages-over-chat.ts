import { readChatAnswer } from './chat-answer.js'
import { ChatStream } from './chat-stream.js'
import type { Json, Translated } from './dialect.js'
import { anthropicError } from './error-family.js'
import { messageOf, type AskedMessage } from './message-answer.js'
import { MessageEvents } from './message-events.js'
import { chatRequestOf } from './messages-request.js'
import { FirstFault, Part } from './part.js'

/** An Anthropic client before a chat completions backend. */
export function messagesOverChat(body: Json): Translated {
  const faults = new FirstFault()
  const request = new Part(body, '', faults)
  const chat = chatRequestOf(request)
  if (faults.first !== undefined) return { untranslatable: faults.first }
  const asked = askedOf(request)
  return {
    from: 'messages',
    to: 'chat',
    body: chat,
    answer: (answer) => messageOf(readChatAnswer(answer), asked),
    error: anthropicError,
    stream: () => {
      const backend = new ChatStream()
      const client = new MessageEvents(asked)
      return { push: (event) => backend.push(event).flatMap((step) => client.push(step)) }
    },
  }
}

function askedOf(request: Part): AskedMessage {
  const thinking = request.at('thinking')
  const type = thinking.at('type').value
  return {
    model: typeof request.at('model').value === 'string' ? request.at('model').text() : '',
    wantsThinking: (type === 'enabled' || type === 'adaptive') && thinking.at('display').value !== 'omitted',
    stopSequences: new Set(
      request
        .at('stop_sequences')
        .optionalItems()
        .map(({ value }) => value),
    ),
  }
}
