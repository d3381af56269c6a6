import type { Json } from './dialect.js'
import { parseObject } from './json-value.js'
import type { Part } from './part.js'

const MESSAGES = "Anthropic's messages"

/** System prompts are set apart, so that each message is the user's or the assistant's. */
interface Conversation {
  readonly system: string | readonly Json[] | undefined
  readonly messages: readonly Json[]
}

interface Turn {
  readonly role: 'user' | 'assistant'
  readonly blocks: Json[]
}

/** The messages of a chat request as Anthropic has them: system prompts first, tool results with the user's words. */
export function chatConversation(request: Part): Conversation {
  const system: string[] = []
  const turns: Turn[] = []
  const messages = request.at('messages').items()
  for (const message of messages) readMessage(message, system, turns)
  const last = messages.at(-1)
  if (last?.at('role').value === 'assistant') {
    last
      .at('role')
      .refuse(`must not be "assistant" in the last message: a backend of ${MESSAGES} would go on with it`)
  }
  const said = system.filter((text) => text !== '')
  return {
    system: said.length > 1 ? said.map((text) => ({ type: 'text', text })) : said[0],
    messages: turns.map(({ role, blocks }) => ({ role, content: plain(blocks) })),
  }
}

function readMessage(message: Part, system: string[], turns: Turn[]): void {
  const role = message.at('role')
  switch (role.value) {
    case 'system':
    case 'developer':
      system.push(textContent(message.at('content')))
      return
    case 'user':
      append(turns, 'user', contentBlocks(message.at('content')))
      return
    case 'assistant':
      append(turns, 'assistant', assistantBlocks(message))
      return
    case 'tool':
      append(turns, 'user', [toolResult(message)])
      return
    default:
      role.refuseKind(MESSAGES)
  }
}

/** Results of parallel calls must be in one message, and what the user says behind them may join it. */
function append(turns: Turn[], role: Turn['role'], blocks: readonly Json[]): void {
  const last = turns.at(-1)
  if (last?.role === role) for (const block of blocks) last.blocks.push(block)
  else if (blocks.length > 0) turns.push({ role, blocks: [...blocks] })
}

/** A single text is written as such: fewer bytes, and every backend reads it. */
function plain(blocks: readonly Json[]): unknown {
  const [only] = blocks
  return blocks.length === 1 && only?.['type'] === 'text' ? only['text'] : blocks
}

function assistantBlocks(message: Part): readonly Json[] {
  for (const name of ['audio', 'function_call']) {
    const field = message.at(name)
    if (!field.isAbsent) field.refuse(`cannot be carried to a backend of ${MESSAGES}`)
  }
  const content = message.at('content')
  const refusal = message.at('refusal').optionalText() ?? ''
  return [
    ...(content.isAbsent ? [] : contentBlocks(content)),
    ...textBlocks(refusal),
    ...message.at('tool_calls').optionalItems().map(toolUse),
  ]
}

function toolUse(call: Part): Json {
  const type = call.at('type')
  if (!type.isAbsent && type.value !== 'function') type.refuseKind(MESSAGES)
  const written = call.at('function').at('arguments')
  const input = parseObject(written.text())
  if (input === undefined) written.refuse('must be a JSON object')
  const id = toolId(call.at('id').text())
  return { type: 'tool_use', id, name: call.at('function').at('name').text(), input: input ?? {} }
}

function toolResult(message: Part): Json {
  const content = message.at('content')
  const id = toolId(message.at('tool_call_id').text())
  return {
    type: 'tool_result',
    tool_use_id: id,
    content: content.isText ? content.text() : contentBlocks(content),
  }
}

/** Anthropic takes only these characters; ids of other backends, earlier in the conversation, have others. */
function toolId(id: string): string {
  return id.replace(/[^a-zA-Z0-9_-]/g, '_')
}

function textContent(content: Part): string {
  if (content.isText) return content.text()
  const texts = content.items().map((part) => {
    const type = part.at('type')
    if (type.value !== 'text') type.refuseKind(MESSAGES)
    return part.at('text').text()
  })
  return texts.join('\n\n')
}

function contentBlocks(content: Part): readonly Json[] {
  return content.isText ? textBlocks(content.text()) : content.items().flatMap(contentBlock)
}

/** Anthropic refuses empty text, which says nothing anyway. */
function textBlocks(text: string): readonly Json[] {
  return text === '' ? [] : [{ type: 'text', text }]
}

function contentBlock(part: Part): readonly Json[] {
  const type = part.at('type')
  switch (type.value) {
    case 'text':
      return textBlocks(part.at('text').text())
    case 'refusal':
      return textBlocks(part.at('refusal').text())
    case 'image_url':
      return [{ type: 'image', source: imageSource(part.at('image_url').at('url')) }]
    default:
      type.refuseKind(MESSAGES)
      return []
  }
}

const IMAGE_TYPES: ReadonlyMap<string, string> = new Map([
  ['image/jpeg', 'image/jpeg'],
  ['image/jpg', 'image/jpeg'],
  ['image/png', 'image/png'],
  ['image/gif', 'image/gif'],
  ['image/webp', 'image/webp'],
])

function imageSource(url: Part): Json {
  const text = url.text()
  if (!text.startsWith('data:')) {
    if (!/^https?:\/\//i.test(text)) url.refuse('must be an http, https or data URL')
    return { type: 'url', url: text }
  }
  const comma = text.indexOf(',')
  const [type = '', ...parameters] = text.slice('data:'.length, Math.max(comma, 0)).split(';')
  const mediaType = IMAGE_TYPES.get(type.trim().toLowerCase())
  const isBase64 = parameters.at(-1)?.trim().toLowerCase() === 'base64'
  if (mediaType === undefined || !isBase64) url.refuse('must be a JPEG, PNG, GIF or WebP image in base64')
  return { type: 'base64', media_type: mediaType ?? '', data: text.slice(comma + 1) }
}
