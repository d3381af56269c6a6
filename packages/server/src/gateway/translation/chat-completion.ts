import type { Json } from './dialect.js'
import { countOf, defined, listOf, objectOf, textOf, writeJson } from './json-value.js'

/**
 * A whole Anthropic message as a chat completion.
 *
 * @param created - Unix seconds, which Anthropic does not tell.
 */
export function completionOf(body: Json, created: number): Json {
  const blocks = listOf(body['content']).map((block) => objectOf(block) ?? {})
  const textsOf = (type: string, field: string) =>
    blocks.filter((block) => block['type'] === type).map((block) => textOf(block[field]))
  const texts = textsOf('text', 'text')
  const thoughts = textsOf('thinking', 'thinking').join('')
  const calls = blocks.filter((block) => block['type'] === 'tool_use').map(callOf)
  const message = defined({
    role: 'assistant',
    content: texts.length > 0 ? texts.join('') : null,
    refusal: null,
    reasoning_content: thoughts === '' ? undefined : thoughts,
    tool_calls: calls.length > 0 ? calls : undefined,
  })
  const finish = finishReason(body['stop_reason'])
  return {
    id: textOf(body['id']),
    object: 'chat.completion',
    created,
    model: textOf(body['model']),
    choices: [{ index: 0, message, logprobs: null, finish_reason: finish }],
    usage: completionUsage(objectOf(body['usage']) ?? {}),
  }
}

export function finishReason(stopReason: unknown): string {
  switch (stopReason) {
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length'
    case 'tool_use':
      return 'tool_calls'
    case 'refusal':
      return 'content_filter'
    default:
      return 'stop'
  }
}

/** OpenAI counts what the cache served and took within the prompt. */
export function completionUsage(usage: Json): Json {
  const cached = countOf(usage['cache_read_input_tokens']) ?? 0
  const written = countOf(usage['cache_creation_input_tokens']) ?? 0
  const prompt = (countOf(usage['input_tokens']) ?? 0) + cached + written
  const completion = countOf(usage['output_tokens']) ?? 0
  const reasoning = countOf(objectOf(usage['output_tokens_details'])?.['thinking_tokens']) ?? 0
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: cached, cache_write_tokens: written },
    completion_tokens_details: { reasoning_tokens: reasoning },
  }
}

function callOf(block: Json): Json {
  const called = { name: textOf(block['name']), arguments: writeJson(block['input']) }
  return { id: textOf(block['id']), type: 'function', function: called }
}
