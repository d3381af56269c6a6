import { kindOf } from './json-kind.js'
import { badRequest, type Refusal } from './refusal.js'

type Body = Readonly<Record<string, unknown>>

/** One forwarded path of the OpenAI dialect, and the one field besides `model` that it cannot do without. */
export interface Endpoint {
  readonly path: string
  check(body: Body): Refusal | undefined
}

export const ENDPOINTS: ReadonlyMap<string, Endpoint> = new Map(
  [
    { path: '/v1/chat/completions', check: checkMessages },
    { path: '/v1/completions', check: (body: Body) => checkText(body, 'prompt') },
    { path: '/v1/embeddings', check: (body: Body) => checkText(body, 'input') },
  ].map((endpoint) => [endpoint.path, endpoint]),
)

function checkMessages(body: Body): Refusal | undefined {
  const { messages } = body
  if (!Array.isArray(messages) || messages.length === 0) {
    return badRequest(`messages must be a non-empty array, got ${kindOf(messages)}`, 'messages')
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

function checkText(body: Body, field: string): Refusal | undefined {
  const value = body[field]
  if (typeof value === 'string' || (Array.isArray(value) && value.length > 0)) return undefined
  return badRequest(`${field} must be a string or a non-empty array, got ${kindOf(value)}`, field)
}
