import { readChatAnswer } from './chat-answer.js'
import { ChatStream } from './chat-stream.js'
import type { Json, Translated } from './dialect.js'
import { openaiError } from './error-family.js'
import { FirstFault, Part } from './part.js'
import { askedResponse, responseOf } from './response-answer.js'
import { ResponseEvents } from './response-events.js'
import { responsesChatRequest } from './responses-request.js'

/** A client of OpenAI's responses before a chat completions backend. */
export function responsesOverChat(body: Json, nowMs: number): Translated {
  const faults = new FirstFault()
  const chat = responsesChatRequest(new Part(body, '', faults))
  if (faults.first !== undefined) return { untranslatable: faults.first }
  const asked = askedResponse(body, Math.floor(nowMs / 1000))
  return {
    from: 'responses',
    to: 'chat',
    body: chat,
    answer: (answer) => responseOf(readChatAnswer(answer), asked),
    error: openaiError,
    stream: () => {
      const backend = new ChatStream()
      const client = new ResponseEvents(asked)
      return { push: (event) => backend.push(event).flatMap((step) => client.push(step)) }
    },
  }
}
