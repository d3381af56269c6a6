import type { ChatHistory } from './chat-history.js'
import type { Json } from './dialect.js'
import type { Part } from './part.js'

const CHAT = 'chat completions'

/** Says the input of a request for a response, a text or items, to a chat history. */
export function sayInput(input: Part, history: ChatHistory): void {
  if (input.isText) {
    history.say('user', input.text())
    return
  }
  for (const item of input.items()) sayItem(item, history)
}

function sayItem(item: Part, history: ChatHistory): void {
  const type = item.at('type')
  switch (type.value) {
    case undefined:
    case 'message':
      sayMessage(item, history)
      return
    case 'function_call': {
      const written = item.at('arguments').text()
      history.call(item.at('call_id').text(), item.at('name').text(), written)
      return
    }
    case 'function_call_output':
      sayOutput(item, history)
      return
    case 'reasoning':
      // Chat has no place for the thoughts of earlier turns, and a model does without them.
      return
    case 'item_reference':
      type.refuse('"item_reference" cannot be resolved: no answer is stored, send its items (`store: false`)')
      return
    default:
      type.refuseKind(CHAT)
  }
}

function sayMessage(item: Part, history: ChatHistory): void {
  const role = item.at('role')
  const content = item.at('content')
  switch (role.value) {
    case 'system':
    case 'developer':
      // Open servers know only `system`; OpenAI reads it as `developer` where it matters.
      history.say('system', textOnly(content, '\n\n'))
      return
    case 'assistant':
      history.say('assistant', textOnly(content, ''))
      return
    case 'user':
      history.say('user', userContent(content))
      return
    default:
      role.refuseKind(CHAT)
  }
}

function sayOutput(item: Part, history: ChatHistory): void {
  const output = item.at('output')
  const parts = output.isText
    ? [{ type: 'text', text: output.text() }]
    : output.items().map((part) => contentPart(part))
  const texts = parts.filter((part) => part['type'] === 'text').map((part) => String(part['text']))
  const images = parts.filter((part) => part['type'] !== 'text')
  history.result(item.at('call_id').text(), texts.join('\n\n'), images)
}

function userContent(content: Part): string | readonly Json[] {
  if (content.isText) return content.text()
  const parts = content.items().map((part) => contentPart(part))
  const [only] = parts
  return parts.length === 1 && only?.['type'] === 'text' ? String(only['text']) : parts
}

function textOnly(content: Part, between: string): string {
  return content.isText ? content.text() : content.items().map(textPart).join(between)
}

function contentPart(part: Part): Json {
  if (part.at('type').value !== 'input_image') return { type: 'text', text: textPart(part) }
  const file = part.at('file_id')
  if (!file.isAbsent) file.refuse(`cannot be carried to a backend of ${CHAT}`)
  const detail = part.at('detail').optionalText()
  const url = part.at('image_url').text()
  // Chat knows `low`, `high` and `auto`.
  const carried = detail === 'original' ? 'high' : detail
  return { type: 'image_url', image_url: carried === undefined ? { url } : { url, detail: carried } }
}

function textPart(part: Part): string {
  const type = part.at('type')
  switch (type.value) {
    case 'input_text':
    case 'output_text':
      return part.at('text').text()
    case 'refusal':
      return part.at('refusal').text()
    default:
      type.refuseKind(CHAT)
      return ''
  }
}
