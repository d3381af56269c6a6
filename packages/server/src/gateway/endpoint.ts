import { kindOf } from './json-kind.js'
import { badRequest, type Refusal, type Voice } from './refusal.js'
import type { RoutedBody } from './routed-body.js'
import type { Api, Json } from './translation/translation.js'

/** One path of the gateway whose requests go to a model. */
export interface Endpoint {
  readonly path: string
  readonly api: Api
  readonly voice: Voice
  /** Whether the field besides `model` is there that it cannot do without. @param fields - of a small body. */
  check(body: RoutedBody, fields: Json | undefined): Refusal | undefined
}

export const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map(
  (
    [
      { path: '/v1/chat/completions', api: 'chat', voice: 'openai', check: checkMessages },
      {
        path: '/v1/completions',
        api: 'completions',
        voice: 'openai',
        check: (body, fields) => checkText(body, fields, 'prompt'),
      },
      {
        path: '/v1/embeddings',
        api: 'embeddings',
        voice: 'openai',
        check: (body, fields) => checkText(body, fields, 'input'),
      },
      { path: '/v1/responses', api: 'responses', voice: 'openai', check: checkInput },
      { path: '/v1/messages', api: 'messages', voice: 'anthropic', check: checkMessages },
    ] satisfies Endpoint[]
  ).map((endpoint) => [endpoint.path, endpoint]),
)

/**
 * Where clients of the Anthropic API ask how many tokens a message has. No model is asked: the answer is the estimate that
 * routing uses, and costs no slot.
 */
export const COUNT_ENDPOINT: Endpoint = {
  path: '/v1/messages/count_tokens',
  api: 'messages',
  voice: 'anthropic',
  check: checkMessages,
}

/** In whose words the errors of a path are told. */
export function voiceOf(path: string): Voice {
  return path === '/v1/messages' || path.startsWith('/v1/messages/') ? 'anthropic' : 'openai'
}

const OPEN_BRACKET = 0x5b
const QUOTE = 0x22

function checkMessages(body: RoutedBody, fields: Json | undefined): Refusal | undefined {
  if (fields === undefined && firstByte(body, 'messages') === OPEN_BRACKET) return undefined
  const messages = fields?.['messages']
  if (!Array.isArray(messages) || messages.length === 0) {
    return badRequest(
      `messages must be a non-empty array, got ${kindIn(body, fields, 'messages')}`,
      'messages',
    )
  }
  const wrong = messages.findIndex((message) => typeof message !== 'object' || message === null)
  if (wrong >= 0) {
    return badRequest(
      `messages[${wrong}] must be an object, got ${kindOf(messages[wrong])}`,
      `messages[${wrong}]`,
    )
  }
  return undefined
}

function checkText(body: RoutedBody, fields: Json | undefined, field: string): Refusal | undefined {
  const value = fields?.[field]
  const isText = typeof value === 'string' || (Array.isArray(value) && value.length > 0)
  if (isText || (fields === undefined && isTextAt(firstByte(body, field)))) return undefined
  return badRequest(
    `${field} must be a string or a non-empty array, got ${kindIn(body, fields, field)}`,
    field,
  )
}

/** A stored prompt may stand for it. */
function checkInput(body: RoutedBody, fields: Json | undefined): Refusal | undefined {
  return body.spans.has('prompt') && !body.spans.has('input') ? undefined : checkText(body, fields, 'input')
}

/** Of a large body, whose fields are not parsed: what a value begins with tells its kind. */
function firstByte({ bytes, spans }: RoutedBody, field: string): number | undefined {
  const span = spans.get(field)
  return span && bytes[span.start]
}

function isTextAt(byte: number | undefined): boolean {
  return byte === OPEN_BRACKET || byte === QUOTE
}

function kindIn({ spans }: RoutedBody, fields: Json | undefined, field: string): string {
  if (fields !== undefined) return kindOf(fields[field])
  return spans.has(field) ? 'something else' : 'nothing'
}
