import type { Json, Translation } from './dialect.js'

/** OpenAI's own models, also behind a provider's prefix; its open ones (`gpt-oss`) are served by others. */
const OPENAI_MODEL = /(^|\/)(o\d|gpt-\d|chatgpt-)/i

/**
 * The body for the backend with the name of its model.
 *
 * Translated chat requests limit answers by `max_tokens`: it is the name that all open servers know, and some ignore
 * any other. OpenAI's newer models refuse it, and all of its models know `max_completion_tokens`.
 */
export function upstreamBody({ to, body }: Pick<Translation, 'to' | 'body'>, model: string): Json {
  const { max_tokens: limit, ...others } = body
  if (to !== 'chat' || limit === undefined || !OPENAI_MODEL.test(model)) return { ...body, model }
  return { ...others, model, max_completion_tokens: limit }
}
