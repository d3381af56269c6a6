import { z } from 'zod'
import { describeIssues } from '../config/schema-error.js'

/** Which of the two text endpoints is spoken: chat.completions or the older completions. */
export type AnswerKind = 'chat' | 'text'

/** A request for text, as far as the simulation cares. */
export interface Prompt {
  readonly kind: AnswerKind
  readonly model: string
  readonly isStream: boolean
  readonly includeUsage: boolean
  /** Tokens; `null` leaves the length to the server. */
  readonly maxTokens: number | null
  readonly promptTokens: number
}

export interface EmbeddingRequest {
  readonly model: string
  readonly inputs: readonly string[]
  readonly dimensions: number
  readonly isBase64: boolean
  readonly promptTokens: number
}

/** Either what was asked, or what is wrong with the request. */
type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string; readonly param: string | null }

const maxTokens = z.int().min(1).nullish()
const shared = {
  model: z.string(),
  n: z.literal(1).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: maxTokens,
}
const content = z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))])

const CHAT = z.looseObject({
  ...shared,
  max_completion_tokens: maxTokens,
  messages: z.array(z.looseObject({ role: z.string(), content: content.nullish() })).min(1),
})
const TEXT = z.looseObject({
  ...shared,
  prompt: z.union([z.string(), z.array(z.string()).length(1), z.array(z.int()).min(1)]),
})
const EMBEDDING = z.looseObject({
  model: z.string(),
  input: z.union([
    z.string(),
    z.array(z.string()).min(1),
    z.array(z.int()).min(1),
    z.array(z.array(z.int()).min(1)).min(1),
  ]),
  dimensions: z.int().min(1).max(4096).nullish(),
  encoding_format: z.enum(['float', 'base64']).nullish(),
})

const DEFAULT_DIMENSIONS = 16
/** Of English text; good enough to fill in `usage`. */
const CHARACTERS_PER_TOKEN = 4

export function readPrompt(kind: AnswerKind, body: unknown): Reading<Prompt> {
  return kind === 'chat' ? readChat(body) : readText(body)
}

export function readEmbedding(body: unknown): Reading<EmbeddingRequest> {
  const reading = read(EMBEDDING, body)
  if (!reading.ok) return reading
  const { model, input, dimensions, encoding_format } = reading.value
  const inputs = (Array.isArray(input) && typeof input[0] !== 'number' ? input : [input]).map(String)
  return fine({
    model,
    inputs,
    dimensions: dimensions ?? DEFAULT_DIMENSIONS,
    isBase64: encoding_format === 'base64',
    promptTokens: inputs.reduce((sum, text) => sum + countTokens(text), 0),
  })
}

function readChat(body: unknown): Reading<Prompt> {
  const reading = read(CHAT, body)
  if (!reading.ok) return reading
  const { messages, max_completion_tokens, max_tokens } = reading.value
  const text = messages.map(({ content }) =>
    typeof content === 'string' ? content : (content ?? []).map((part) => part.text ?? '').join(' '),
  )
  return fine({
    kind: 'chat',
    ...sharedOf(reading.value),
    maxTokens: max_completion_tokens ?? max_tokens ?? null,
    promptTokens: countTokens(text.join('\n')),
  })
}

function readText(body: unknown): Reading<Prompt> {
  const reading = read(TEXT, body)
  if (!reading.ok) return reading
  const { prompt, max_tokens } = reading.value
  const isTokens = Array.isArray(prompt) && typeof prompt[0] === 'number'
  return fine({
    kind: 'text',
    ...sharedOf(reading.value),
    maxTokens: max_tokens ?? null,
    promptTokens: isTokens ? prompt.length : countTokens(String(prompt)),
  })
}

function sharedOf(value: z.output<typeof CHAT> | z.output<typeof TEXT>) {
  return {
    model: value.model,
    isStream: value.stream === true,
    includeUsage: value.stream_options?.include_usage === true,
  }
}

function read<T>(schema: z.ZodType<T>, body: unknown): Reading<T> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return fine(parsed.data)
  const [problem] = describeIssues(parsed.error, body)
  return { ok: false, message: problem?.message ?? 'the body is invalid', param: problem?.path || null }
}

function fine<T>(value: T): Reading<T> {
  return { ok: true, value }
}

function countTokens(text: string): number {
  return Math.max(1, Math.ceil(text.length / CHARACTERS_PER_TOKEN))
}
