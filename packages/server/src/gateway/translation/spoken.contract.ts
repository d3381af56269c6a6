import type { Json, ServerEvent } from './dialect.js'
import { listOf, objectOf, textOf } from './json-value.js'

/** Cuts a text into pieces of this length, as models stream it. */
function pieces(text: string, length: number): readonly string[] {
  const count = Math.ceil(text.length / length)
  return Array.from({ length: count }, (_, at) => text.slice(at * length, (at + 1) * length))
}

/** A whole chat completion as a chat backend streams it. */
export function chatStreamOf(answer: Json, length: number): readonly ServerEvent[] {
  const choice = objectOf(listOf(answer['choices'])[0]) ?? {}
  const message = objectOf(choice['message']) ?? {}
  const head = {
    id: answer['id'],
    object: 'chat.completion.chunk',
    created: answer['created'],
    model: answer['model'],
  }
  const chunk = (delta: Json, finish: unknown = null): ServerEvent => ({
    data: { ...head, choices: [{ index: 0, delta, finish_reason: finish }] },
  })
  const said = ['reasoning_content', 'content', 'refusal'].flatMap((field) =>
    pieces(textOf(message[field]), length).map((piece) => chunk({ [field]: piece })),
  )
  const calls = listOf(message['tool_calls']).flatMap((value, index) => {
    const { id, function: called } = value as { id: string; function: { name: string; arguments: string } }
    const opened = { index, id, type: 'function', function: { name: called.name, arguments: '' } }
    const more = pieces(called.arguments, length).map((piece) => ({ index, function: { arguments: piece } }))
    return [opened, ...more].map((delta) => chunk({ tool_calls: [delta] }))
  })
  const usage: ServerEvent = { data: { ...head, choices: [], usage: answer['usage'] } }
  const end = chunk({}, choice['finish_reason'])
  return [chunk({ role: 'assistant', content: '' }), ...said, ...calls, end, usage, 'done']
}

/** A whole message as an Anthropic backend streams it. */
export function messageStreamOf(message: Json, length: number): readonly ServerEvent[] {
  const event = (type: string, fields: Json): ServerEvent => ({ name: type, data: { type, ...fields } })
  const { stop_reason, stop_sequence, usage } = message
  const { output_tokens, ...before } = objectOf(usage) ?? {}
  const begun = {
    ...message,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...before, output_tokens: 1 },
  }
  const blocks = listOf(message['content']).flatMap((value, index) => {
    const block = value as Json
    const [empty, deltas] = streamedBlock(block, length)
    return [
      event('content_block_start', { index, content_block: empty }),
      event('ping', {}),
      ...deltas.map((delta) => event('content_block_delta', { index, delta })),
      event('content_block_stop', { index }),
    ]
  })
  return [
    event('message_start', { message: begun }),
    ...blocks,
    event('message_delta', { delta: { stop_reason, stop_sequence }, usage: { output_tokens } }),
    event('message_stop', {}),
  ]
}

function streamedBlock(block: Json, length: number): readonly [Json, readonly Json[]] {
  switch (block['type']) {
    case 'text': {
      const deltas = pieces(textOf(block['text']), length).map((text) => ({ type: 'text_delta', text }))
      return [{ ...block, text: '' }, deltas]
    }
    case 'thinking': {
      const thoughts = pieces(textOf(block['thinking']), length)
      const deltas = thoughts.map((thinking) => ({ type: 'thinking_delta', thinking }))
      const signed = { type: 'signature_delta', signature: block['signature'] }
      return [{ ...block, thinking: '', signature: '' }, [...deltas, signed]]
    }
    default: {
      const written = pieces(JSON.stringify(block['input']), length)
      return [
        { ...block, input: {} },
        ['', ...written].map((partial_json) => ({ type: 'input_json_delta', partial_json })),
      ]
    }
  }
}
