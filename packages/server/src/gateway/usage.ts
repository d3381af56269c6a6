import type { AnswerResult } from '@loadstar/core'

/** How many tokens request and answer had; what is not known is left out. */
export type TokenCounts = Pick<AnswerResult, 'inputTokens' | 'outputTokens'>

/**
 * The counts in the `usage` of an answer, in the words of any API of the OpenAI family; what is no count is left out.
 * An answer without text, as one of embeddings, tells a total only.
 */
export function tokensOf(usage: unknown): TokenCounts {
  if (typeof usage !== 'object' || usage === null) return {}
  const told = usage as Readonly<Record<string, unknown>>
  const input = count(told['prompt_tokens'] ?? inputOf(told))
  const total = count(told['total_tokens'])
  const rest = total === undefined || input === undefined ? undefined : count(total - input)
  const output = count(told['completion_tokens'] ?? told['output_tokens']) ?? rest
  if (input !== undefined && output !== undefined) return { inputTokens: input, outputTokens: output }
  if (input !== undefined) return { inputTokens: input }
  return output === undefined ? {} : { outputTokens: output }
}

/** The Anthropic API counts what comes from a cache, or goes into one, apart. */
function inputOf(told: Readonly<Record<string, unknown>>): unknown {
  const { input_tokens: input, cache_read_input_tokens: read, cache_creation_input_tokens: written } = told
  return count(input) === undefined ? input : (input as number) + (count(read) ?? 0) + (count(written) ?? 0)
}

function count(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined
}
