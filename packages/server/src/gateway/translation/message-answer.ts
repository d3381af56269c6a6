import type { Json } from './dialect.js'
import { parseObject } from './json-value.js'
import type { Block, End, Finish, Said, Tokens } from './said.js'

/** What an answer to an Anthropic client depends on of its request. */
export interface AskedMessage {
  readonly model: string
  /** Thoughts go to clients that asked for them. */
  readonly wantsThinking: boolean
  readonly stopSequences: ReadonlySet<unknown>
}

/** What a chat backend said, as an Anthropic message. */
export function messageOf(said: Said, asked: AskedMessage): Json {
  const { id, model, blocks } = said
  const told = blocks.filter((block) => isTold(block, asked)).map(contentBlock)
  return {
    ...messageHead(id, model || asked.model),
    content: told,
    ...stopOf(said, asked),
    usage: usageOf(said.tokens),
  }
}

export function messageHead(id: string, model: string): Json {
  return { id: id === '' ? 'msg_0' : id, type: 'message', role: 'assistant', model }
}

export function isTold(block: Block, asked: AskedMessage): boolean {
  return block.kind !== 'thinking' || asked.wantsThinking
}

export function contentBlock(block: Block): Json {
  switch (block.kind) {
    case 'thinking':
      // Only Anthropic can sign thoughts. Requests that bring this block back are carried without it.
      return { type: 'thinking', thinking: block.text, signature: '' }
    case 'text':
    case 'refusal':
      return { type: 'text', text: block.text }
    case 'call':
      return { type: 'tool_use', id: block.id, name: block.name, input: inputOf(block.arguments) }
  }
}

export function stopOf({ finish, stopSequence }: End, asked: AskedMessage): Json {
  const isStopSequence =
    finish === 'stop' && stopSequence !== undefined && asked.stopSequences.has(stopSequence)
  return isStopSequence
    ? { stop_reason: 'stop_sequence', stop_sequence: stopSequence }
    : { stop_reason: STOP_REASON[finish], stop_sequence: null }
}

/** Anthropic counts what the cache served apart from `input_tokens`. */
export function usageOf(tokens: Tokens | undefined): Json {
  const { prompt, cached, cacheWritten, completion } = tokens ?? NOTHING_COUNTED
  return {
    input_tokens: Math.max(0, prompt - cached - cacheWritten),
    cache_creation_input_tokens: cacheWritten,
    cache_read_input_tokens: cached,
    output_tokens: completion,
  }
}

const NOTHING_COUNTED = { prompt: 0, cached: 0, cacheWritten: 0, completion: 0 }

const STOP_REASON: Readonly<Record<Finish, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  calls: 'tool_use',
  filtered: 'refusal',
}

/** Arguments that are no JSON object reach the client as they are, under a name that its tool's schema will not know. */
function inputOf(written: string): Json {
  return parseObject(written) ?? { invalid_arguments: written }
}
