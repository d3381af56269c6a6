import { completionUsage, finishReason } from './chat-completion.js'
import type { Json, ServerEvent, StreamTranslation } from './dialect.js'
import { failureIn, openaiError } from './error-family.js'
import { countOf, objectOf, textOf, writeJson } from './json-value.js'

/** A tool call whose arguments are on their way. */
interface OpenCall {
  /** Its place among the calls; Anthropic counts all blocks. */
  readonly place: number
  /** What the block began with: arguments, where no pieces follow. */
  readonly input: unknown
  hasPieces: boolean
}

/** Tells the events of an Anthropic message stream as chat completion chunks. */
export class ChatChunks implements StreamTranslation {
  readonly #created: number
  readonly #wantsUsage: boolean
  readonly #calls = new Map<unknown, OpenCall>()
  #callCount = 0
  #id = ''
  #model = ''
  #usage: Json = {}
  #isOver = false

  constructor(created: number, wantsUsage: boolean) {
    this.#created = created
    this.#wantsUsage = wantsUsage
  }

  push(event: ServerEvent): readonly ServerEvent[] {
    if (this.#isOver || event === 'done') return []
    const { data } = event
    const failure = failureIn(data)
    if (failure !== undefined) {
      this.#isOver = true
      return [{ data: openaiError(failure) }]
    }
    switch (data['type']) {
      case 'message_start':
        return this.#start(objectOf(data['message']) ?? {})
      case 'content_block_start':
        return this.#openBlock(data['index'], objectOf(data['content_block']) ?? {})
      case 'content_block_delta':
        return this.#piece(data['index'], objectOf(data['delta']) ?? {})
      case 'content_block_stop':
        return this.#closeBlock(data['index'])
      case 'message_delta':
        return this.#finish(data)
      case 'message_stop':
        return this.#end()
      default:
        return []
    }
  }

  #start(message: Json): readonly ServerEvent[] {
    this.#id = textOf(message['id'])
    this.#model = textOf(message['model'])
    this.#count(message['usage'])
    return [this.#chunk({ role: 'assistant', content: '' })]
  }

  #openBlock(index: unknown, block: Json): readonly ServerEvent[] {
    switch (block['type']) {
      case 'text':
        return this.#said('content', block['text'])
      case 'thinking':
        return this.#said('reasoning_content', block['thinking'])
      case 'tool_use': {
        const call = { place: this.#callCount++, input: block['input'], hasPieces: false }
        this.#calls.set(index, call)
        const called = { name: textOf(block['name']), arguments: '' }
        const opened = { index: call.place, id: textOf(block['id']), type: 'function', function: called }
        return [this.#chunk({ tool_calls: [opened] })]
      }
      default:
        return []
    }
  }

  #piece(index: unknown, delta: Json): readonly ServerEvent[] {
    switch (delta['type']) {
      case 'text_delta':
        return this.#said('content', delta['text'])
      case 'thinking_delta':
        return this.#said('reasoning_content', delta['thinking'])
      case 'input_json_delta': {
        const call = this.#calls.get(index)
        const piece = textOf(delta['partial_json'])
        if (call === undefined || piece === '') return []
        call.hasPieces = true
        return [this.#argumentsOf(call, piece)]
      }
      default:
        return []
    }
  }

  /** Clients parse arguments: a call without any still needs its `{}`. */
  #closeBlock(index: unknown): readonly ServerEvent[] {
    const call = this.#calls.get(index)
    this.#calls.delete(index)
    return call === undefined || call.hasPieces ? [] : [this.#argumentsOf(call, writeJson(call.input))]
  }

  #finish(data: Json): readonly ServerEvent[] {
    this.#count(data['usage'])
    const reason = objectOf(data['delta'])?.['stop_reason']
    return typeof reason === 'string' ? [this.#chunk({}, finishReason(reason))] : []
  }

  #end(): readonly ServerEvent[] {
    this.#isOver = true
    if (!this.#wantsUsage) return ['done']
    return [{ data: { ...this.#head(), choices: [], usage: completionUsage(this.#usage) } }, 'done']
  }

  /** Counts come at the start and, more of them, at the end; the later ones hold. */
  #count(value: unknown): void {
    const told = Object.entries(objectOf(value) ?? {}).filter(
      ([, count]) => countOf(count) !== undefined || objectOf(count) !== undefined,
    )
    this.#usage = { ...this.#usage, ...Object.fromEntries(told) }
  }

  #said(field: string, value: unknown): readonly ServerEvent[] {
    const text = textOf(value)
    return text === '' ? [] : [this.#chunk({ [field]: text })]
  }

  #argumentsOf(call: OpenCall, piece: string): ServerEvent {
    return this.#chunk({ tool_calls: [{ index: call.place, function: { arguments: piece } }] })
  }

  #chunk(delta: Json, finish: string | null = null): ServerEvent {
    const choices = [{ index: 0, delta, logprobs: null, finish_reason: finish }]
    // OpenAI writes the counts as null in every other chunk once they are asked for.
    return { data: { ...this.#head(), choices, ...(this.#wantsUsage ? { usage: null } : {}) } }
  }

  #head(): Json {
    return { id: this.#id, object: 'chat.completion.chunk', created: this.#created, model: this.#model }
  }
}
