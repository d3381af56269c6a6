import type { Json, ServerEvent } from './dialect.js'
import { anthropicError } from './error-family.js'
import { contentBlock, isTold, messageHead, stopOf, usageOf, type AskedMessage } from './message-answer.js'
import type { Block, End, Origin, Step } from './said.js'

/** Tells the steps of an answer as the events of an Anthropic message stream. */
export class MessageEvents {
  readonly #asked: AskedMessage
  #index = 0
  /** The block that is open and told; `undefined` between blocks and inside one that is not told. */
  #open: Block['kind'] | undefined

  constructor(asked: AskedMessage) {
    this.#asked = asked
  }

  push(step: Step): readonly ServerEvent[] {
    switch (step.kind) {
      case 'begin':
        return [this.#start(step.origin)]
      case 'open':
        if (!isTold(step.block, this.#asked)) return []
        this.#open = step.block.kind
        return [event('content_block_start', { index: this.#index, content_block: contentBlock(step.block) })]
      case 'more':
        if (this.#open === undefined) return []
        return [event('content_block_delta', { index: this.#index, delta: deltaOf(this.#open, step.text) })]
      case 'close':
        if (this.#open === undefined) return []
        this.#open = undefined
        return [event('content_block_stop', { index: this.#index++ })]
      case 'end':
        return this.#end(step.end)
      case 'failure':
        return [{ name: 'error', data: anthropicError(step.body) }]
    }
  }

  #start({ id, model }: Origin): ServerEvent {
    const head = messageHead(id, model || this.#asked.model)
    // Chat backends count at the end; `message_delta` brings the counts and overwrites these.
    const message = {
      ...head,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: usageOf(undefined),
    }
    return event('message_start', { message })
  }

  #end(end: End): readonly ServerEvent[] {
    const delta = event('message_delta', { delta: stopOf(end, this.#asked), usage: usageOf(end.tokens) })
    return [delta, event('message_stop', {})]
  }
}

function event(type: string, fields: Json): ServerEvent {
  return { name: type, data: { type, ...fields } }
}

function deltaOf(kind: Block['kind'], text: string): Json {
  switch (kind) {
    case 'thinking':
      return { type: 'thinking_delta', thinking: text }
    case 'text':
    case 'refusal':
      return { type: 'text_delta', text }
    case 'call':
      return { type: 'input_json_delta', partial_json: text }
  }
}
