import type { ChatHistory } from './chat-history.js'
import type { Json } from './dialect.js'
import { writeJson } from './json-value.js'
import type { Part } from './part.js'

const CHAT = "OpenAI's chat completions"

/** Between blocks that were apart and become one text. */
const BETWEEN_BLOCKS = '\n\n'

/** Says an Anthropic request's system prompt and messages to a chat history. */
export function sayMessages(request: Part, history: ChatHistory): void {
  const system = request.at('system')
  if (!system.isAbsent) saySystem(system, history)
  const messages = request.at('messages').items()
  for (const message of messages) sayMessage(message, history)
  const last = messages.at(-1)
  if (last?.at('role').value === 'assistant') {
    last
      .at('role')
      .refuse(
        `must not be "assistant" in the last message: a backend of ${CHAT} cannot go on with a begun answer`,
      )
  }
}

function saySystem(content: Part, history: ChatHistory): void {
  const text = content.isText ? content.text() : content.items().map(textBlock).join(BETWEEN_BLOCKS)
  if (text !== '') history.say('system', text)
}

function sayMessage(message: Part, history: ChatHistory): void {
  const role = message.at('role')
  const content = message.at('content')
  switch (role.value) {
    case 'user':
      if (content.isText) history.say('user', content.text())
      else sayUserBlocks(content.items(), history)
      return
    case 'assistant':
      if (content.isText) history.say('assistant', content.text())
      else sayAssistantBlocks(content.items(), history)
      return
    case 'system':
      saySystem(content, history)
      return
    default:
      role.refuseKind(CHAT)
  }
}

/** Results come first: chat tools answer right behind the calls. */
function sayUserBlocks(blocks: readonly Part[], history: ChatHistory): void {
  const isResult = (block: Part) => block.at('type').value === 'tool_result'
  for (const block of blocks.filter(isResult)) sayResult(block, history)
  const parts = blocks.filter((block) => !isResult(block)).map(contentPart)
  if (parts.length === 0) return
  const [only] = parts
  const isOneText = parts.length === 1 && only?.['type'] === 'text'
  history.say('user', isOneText ? String(only['text']) : parts)
}

function sayAssistantBlocks(blocks: readonly Part[], history: ChatHistory): void {
  const isThought = (block: Part) =>
    block.at('type').value === 'thinking' || block.at('type').value === 'redacted_thinking'
  const isCall = (block: Part) => block.at('type').value === 'tool_use'
  const texts = blocks.filter((block) => !isThought(block) && !isCall(block)).map(textBlock)
  if (texts.length > 0) history.say('assistant', texts.join(''))
  for (const call of blocks.filter(isCall)) {
    history.call(call.at('id').text(), call.at('name').text(), writeJson(call.at('input').object()))
  }
}

function sayResult(block: Part, history: ChatHistory): void {
  const id = block.at('tool_use_id').text()
  const content = block.at('content')
  const parts = content.isText
    ? [{ type: 'text', text: content.text() }]
    : content.optionalItems().map(contentPart)
  const texts = parts.filter((part) => part['type'] === 'text').map((part) => String(part['text']))
  const text = texts.join(BETWEEN_BLOCKS)
  // Chat has no mark for a failed tool, so that the text has to say it.
  const told = block.at('is_error').optionalFlag() === true ? `Error: ${text}` : text
  history.result(
    id,
    told,
    parts.filter((part) => part['type'] !== 'text'),
  )
}

/** A content part of the chat API for a block that is text or an image. */
function contentPart(block: Part): Json {
  if (block.at('type').value !== 'image') return { type: 'text', text: textBlock(block) }
  return { type: 'image_url', image_url: { url: imageUrl(block.at('source')) } }
}

function imageUrl(source: Part): string {
  const type = source.at('type')
  switch (type.value) {
    case 'base64':
      return `data:${source.at('media_type').text()};base64,${source.at('data').text()}`
    case 'url':
      return source.at('url').text()
    default:
      type.refuseKind(CHAT)
      return ''
  }
}

function textBlock(block: Part): string {
  const type = block.at('type')
  if (type.value === 'text') return block.at('text').text()
  type.refuseKind(CHAT)
  return ''
}
