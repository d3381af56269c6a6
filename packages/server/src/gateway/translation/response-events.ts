import type { Json, ServerEvent } from './dialect.js'
import { openaiError } from './error-family.js'
import { objectOf, textOf } from './json-value.js'
import {
  begunResponse,
  contentPart,
  endedResponse,
  failedResponse,
  itemId,
  openItem,
  outputItem,
  type AskedResponse,
} from './response-answer.js'
import { withMore, type Block, type Origin, type Step } from './said.js'

/** The item that is on its way. */
interface OpenItem {
  readonly id: string
  block: Block
}

/** Tells the steps of an answer as the events of a streamed response, numbered from 0. */
export class ResponseEvents {
  readonly #asked: AskedResponse
  readonly #output: Json[] = []
  #origin: Origin = { id: '', model: '', created: undefined }
  #open: OpenItem | undefined
  #number = 0
  #hasBegun = false

  constructor(asked: AskedResponse) {
    this.#asked = asked
  }

  push(step: Step): readonly ServerEvent[] {
    switch (step.kind) {
      case 'begin':
        this.#origin = step.origin
        return this.#begin()
      case 'open':
        return this.#openItem(step.block)
      case 'more':
        return this.#more(step.text)
      case 'close':
        return this.#close()
      case 'end': {
        const response = endedResponse(this.#origin, this.#output, step.end, this.#asked)
        const isWhole = response['status'] === 'completed'
        return [this.#event(isWhole ? 'response.completed' : 'response.incomplete', { response })]
      }
      case 'failure':
        return this.#fail(step.body)
    }
  }

  #begin(): readonly ServerEvent[] {
    this.#hasBegun = true
    const response = begunResponse(this.#origin, this.#asked)
    return [this.#event('response.created', { response }), this.#event('response.in_progress', { response })]
  }

  #openItem(block: Block): readonly ServerEvent[] {
    const id = itemId(this.#origin, block, this.#output.length)
    this.#open = { id, block }
    const added = this.#event('response.output_item.added', { ...this.#place(), item: openItem(block, id) })
    switch (block.kind) {
      case 'call':
        return [added]
      case 'thinking':
        return [
          added,
          this.#inItem(id, 'response.reasoning_summary_part.added', { part: contentPart(block) }),
        ]
      case 'text':
      case 'refusal':
        return [added, this.#inItem(id, 'response.content_part.added', { part: contentPart(block) })]
    }
  }

  #more(text: string): readonly ServerEvent[] {
    const open = this.#open
    if (open === undefined) return []
    open.block = withMore(open.block, text)
    return [this.#inItem(open.id, `${EVENT_OF[open.block.kind]}.delta`, { delta: text })]
  }

  #close(): readonly ServerEvent[] {
    const open = this.#open
    if (open === undefined) return []
    const { id, block } = open
    const item = outputItem(block, id)
    const events = this.#closeContent(id, block)
    const done = this.#event('response.output_item.done', { ...this.#place(), item })
    this.#output.push(item)
    this.#open = undefined
    return [...events, done]
  }

  #closeContent(id: string, block: Block): readonly ServerEvent[] {
    const name = `${EVENT_OF[block.kind]}.done`
    switch (block.kind) {
      case 'call':
        return [this.#inItem(id, name, { name: block.name, arguments: block.arguments })]
      case 'thinking': {
        const part = contentPart(block)
        const text = this.#inItem(id, name, { text: block.text })
        return [text, this.#inItem(id, 'response.reasoning_summary_part.done', { part })]
      }
      case 'text':
      case 'refusal': {
        const told = block.kind === 'text' ? { text: block.text } : { refusal: block.text }
        const text = this.#inItem(id, name, told)
        return [text, this.#inItem(id, 'response.content_part.done', { part: contentPart(block) })]
      }
    }
  }

  /**
   * The error as its own event and as a failed response. OpenAI documents the error's fields at the top and sends them
   * inside `error`, where its SDKs look: both are here.
   */
  #fail(body: Json): readonly ServerEvent[] {
    const begun = this.#hasBegun ? [] : this.#begin()
    const error = objectOf(openaiError(body)['error']) ?? {}
    const { message, code, param } = error
    const told = this.#event('error', { code, message, param, error })
    const response = failedResponse(this.#origin, this.#output, textOf(message), this.#asked)
    return [...begun, told, this.#event('response.failed', { response })]
  }

  /** An event of the open item: its first part, for items here have one. */
  #inItem(id: string, type: string, fields: Json): ServerEvent {
    return this.#event(type, {
      item_id: id,
      ...this.#place(),
      ...PART_OF[type.split('.')[1] ?? ''],
      ...fields,
    })
  }

  #place(): Json {
    return { output_index: this.#output.length }
  }

  #event(type: string, fields: Json): ServerEvent {
    return { name: type, data: { type, sequence_number: this.#number++, ...fields } }
  }
}

const EVENT_OF: Readonly<Record<Block['kind'], string>> = {
  thinking: 'response.reasoning_summary_text',
  text: 'response.output_text',
  refusal: 'response.refusal',
  call: 'response.function_call_arguments',
}

/** How events of each kind name the part they are about. */
const PART_OF: Readonly<Record<string, Json>> = {
  reasoning_summary_part: { summary_index: 0 },
  reasoning_summary_text: { summary_index: 0 },
  content_part: { content_index: 0 },
  output_text: { content_index: 0, logprobs: [] },
  refusal: { content_index: 0 },
}
