import type { Json } from './dialect.js'

/** Why an answer ended, in the words of no API. */
export type Finish = 'stop' | 'length' | 'calls' | 'filtered'

/** Token counts as chat backends tell them: `prompt` includes what was read from and written to the cache. */
export interface Tokens {
  readonly prompt: number
  readonly cached: number
  readonly cacheWritten: number
  readonly completion: number
  readonly reasoning: number
}

/** One thing a model said. */
export type Block =
  | { readonly kind: 'thinking' | 'text' | 'refusal'; readonly text: string }
  | { readonly kind: 'call'; readonly id: string; readonly name: string; readonly arguments: string }

/** Which answer this is. */
export interface Origin {
  readonly id: string
  readonly model: string
  /** Unix seconds, where the backend tells them. */
  readonly created: number | undefined
}

/** How an answer ended. */
export interface End {
  readonly finish: Finish
  /** The stop sequence that ended it, where the backend tells. */
  readonly stopSequence: string | undefined
  /** `undefined` where the backend counts nothing. */
  readonly tokens: Tokens | undefined
}

/** A whole answer of a chat backend. */
export interface Said extends Origin, End {
  readonly blocks: readonly Block[]
}

/**
 * One step of a streamed answer: `begin` once, then blocks, one open at a time, then `end` or `failure` once.
 * A block opens with what is known of it and an empty text; `more` belongs to the open block.
 */
export type Step =
  | { readonly kind: 'begin'; readonly origin: Origin }
  | { readonly kind: 'open'; readonly block: Block }
  | { readonly kind: 'more'; readonly text: string }
  | { readonly kind: 'close' }
  | { readonly kind: 'end'; readonly end: End }
  | { readonly kind: 'failure'; readonly body: Json }

/** The block with a text behind what it holds. */
export function withMore(block: Block, text: string): Block {
  return block.kind === 'call'
    ? { ...block, arguments: block.arguments + text }
    : { ...block, text: block.text + text }
}
