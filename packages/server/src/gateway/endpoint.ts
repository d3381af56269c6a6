import { kindOf } from './json-kind.js'
import { badRequest, type Refusal, type Voice } from './refusal.js'
import type { RoutedBody } from './routed-body.js'
import type { Api } from './translation/translation.js'

/** One path of the gateway whose requests go to a model. */
export interface Endpoint {
  readonly path: string
  readonly api: Api
  readonly voice: Voice
  /** Whether the field besides `model` is there that it cannot do without. */
  check(body: RoutedBody): Refusal | undefined
}

export const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map(
  (
    [
      { path: '/v1/chat/completions', api: 'chat', voice: 'openai', check: checkMessages },
      {
        path: '/v1/completions',
        api: 'completions',
        voice: 'openai',
        check: (body) => checkText(body, 'prompt'),
      },
      {
        path: '/v1/embeddings',
        api: 'embeddings',
        voice: 'openai',
        check: (body) => checkText(body, 'input'),
      },
      { path: '/v1/responses', api: 'responses', voice: 'openai', check: checkInput },
      { path: '/v1/messages', api: 'messages', voice: 'anthropic', check: checkMessages },
    ] satisfies Endpoint[]
  ).map((endpoint) => [endpoint.path, endpoint]),
)

/** In whose words the errors of a path are told. */
export function voiceOf(path: string): Voice {
  return path === '/v1/messages' || path.startsWith('/v1/messages/') ? 'anthropic' : 'openai'
}

const OPEN_BRACKET = 0x5b
const QUOTE = 0x22

function checkMessages(body: RoutedBody): Refusal | undefined {
  if (body.fields === undefined && firstByte(body, 'messages') === OPEN_BRACKET) return undefined
  const messages = body.fields?.['messages']
  if (!Array.isArray(messages) || messages.length === 0) {
    return badRequest(`messages must be a non-empty array, got ${kindIn(body, 'messages')}`, 'messages')
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

function checkText(body: RoutedBody, field: string): Refusal | undefined {
  const value = body.fields?.[field]
  const isText = typeof value === 'string' || (Array.isArray(value) && value.length > 0)
  if (isText || [OPEN_BRACKET, QUOTE].includes(firstByte(body, field) ?? 0)) return undefined
  return badRequest(`${field} must be a string or a non-empty array, got ${kindIn(body, field)}`, field)
}

/** A stored prompt may stand for it. */
function checkInput(body: RoutedBody): Refusal | undefined {
  return body.spans.has('prompt') && !body.spans.has('input') ? undefined : checkText(body, 'input')
}

/** Of a large body, whose fields are not parsed: what a value begins with tells its kind. */
function firstByte({ bytes, spans, fields }: RoutedBody, field: string): number | undefined {
  const span = fields === undefined ? spans.get(field) : undefined
  return span && bytes[span.start]
}

function kindIn(body: RoutedBody, field: string): string {
  if (body.fields !== undefined) return kindOf(body.fields[field])
  return body.spans.has(field) ? 'something else' : 'nothing'
}
