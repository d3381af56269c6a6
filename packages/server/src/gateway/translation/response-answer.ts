import type { Json } from './dialect.js'
import { objectOf, textOf } from './json-value.js'
import type { Block, End, Origin, Said, Tokens } from './said.js'

/** What a response repeats of its request, and when it was asked for. */
export interface AskedResponse {
  /** Unix seconds, for backends that tell none. */
  readonly created: number
  readonly model: string
  readonly echo: Json
}

/** @param body - a request that can be carried. */
export function askedResponse(body: Json, created: number): AskedResponse {
  const reasoning = objectOf(body['reasoning'])
  return {
    created,
    model: textOf(body['model']),
    echo: {
      instructions: body['instructions'] ?? null,
      max_output_tokens: body['max_output_tokens'] ?? null,
      metadata: body['metadata'] ?? {},
      parallel_tool_calls: body['parallel_tool_calls'] ?? true,
      previous_response_id: null,
      reasoning: { effort: reasoning?.['effort'] ?? null, summary: reasoning?.['summary'] ?? null },
      // Nothing is kept, whatever was asked.
      store: false,
      temperature: body['temperature'] ?? 1,
      text: body['text'] ?? { format: { type: 'text' } },
      tool_choice: body['tool_choice'] ?? 'auto',
      tools: body['tools'] ?? [],
      top_p: body['top_p'] ?? 1,
      truncation: body['truncation'] ?? 'disabled',
      user: body['user'] ?? null,
    },
  }
}

/** What a chat backend said, as a response. */
export function responseOf(said: Said, asked: AskedResponse): Json {
  const output = said.blocks.map((block, index) => outputItem(block, itemId(said, block, index)))
  return endedResponse(said, output, said, asked)
}

/** A response that has just begun. */
export function begunResponse(origin: Origin, asked: AskedResponse): Json {
  return response(origin, asked, { status: 'in_progress', output: [], usage: null })
}

export function endedResponse(origin: Origin, output: readonly Json[], end: End, asked: AskedResponse): Json {
  const reason =
    end.finish === 'length' ? 'max_output_tokens' : end.finish === 'filtered' ? 'content_filter' : null
  return response(origin, asked, {
    status: reason === null ? 'completed' : 'incomplete',
    incomplete_details: reason === null ? null : { reason },
    output,
    usage: usageOf(end.tokens),
  })
}

export function failedResponse(
  origin: Origin,
  output: readonly Json[],
  message: string,
  asked: AskedResponse,
): Json {
  return response(origin, asked, {
    status: 'failed',
    error: { code: 'server_error', message },
    output,
    usage: null,
  })
}

function response({ id, model, created }: Origin, asked: AskedResponse, fields: Json): Json {
  return {
    id: `resp_${id}`,
    object: 'response',
    created_at: created ?? asked.created,
    error: null,
    incomplete_details: null,
    ...asked.echo,
    model: model || asked.model,
    ...fields,
  }
}

/** Ids of items are the answer's with the place: the same whether streamed or whole. */
export function itemId({ id }: Origin, block: Block, index: number): string {
  return `${ID_PREFIX[block.kind]}_${id}_${index}`
}

const ID_PREFIX: Readonly<Record<Block['kind'], string>> = {
  thinking: 'rs',
  text: 'msg',
  refusal: 'msg',
  call: 'fc',
}

/** A finished output item. */
export function outputItem(block: Block, id: string): Json {
  return { ...openItem(block, id), status: 'completed', ...itemContent(block) }
}

/** An output item that has nothing in it yet. */
export function openItem(block: Block, id: string): Json {
  switch (block.kind) {
    case 'thinking':
      return { id, type: 'reasoning', summary: [] }
    case 'text':
    case 'refusal':
      return { id, type: 'message', role: 'assistant', status: 'in_progress', content: [] }
    case 'call': {
      const { id: callId, name } = block
      return { id, type: 'function_call', status: 'in_progress', call_id: callId, name, arguments: '' }
    }
  }
}

/** The part of an item that its text is in; a call has none. */
export function contentPart(block: Exclude<Block, { kind: 'call' }>): Json {
  switch (block.kind) {
    case 'thinking':
      return { type: 'summary_text', text: block.text }
    case 'text':
      return { type: 'output_text', text: block.text, annotations: [], logprobs: [] }
    case 'refusal':
      return { type: 'refusal', refusal: block.text }
  }
}

function itemContent(block: Block): Json {
  switch (block.kind) {
    case 'thinking':
      return { summary: [contentPart(block)] }
    case 'text':
    case 'refusal':
      return { content: [contentPart(block)] }
    case 'call':
      return { arguments: block.arguments }
  }
}

function usageOf(tokens: Tokens | undefined): Json | null {
  if (tokens === undefined) return null
  const { prompt, cached, cacheWritten, completion, reasoning } = tokens
  return {
    input_tokens: prompt,
    input_tokens_details: { cached_tokens: cached, cache_write_tokens: cacheWritten },
    output_tokens: completion,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: prompt + completion,
  }
}
