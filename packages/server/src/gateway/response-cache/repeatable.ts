import type { IncomingHttpHeaders } from 'node:http'
import { createHash } from 'node:crypto'
import type { Caller } from '../caller.js'
import type { Identity } from '../identify.js'
import { fieldOf, wholeOf, type RoutedBody } from '../routed-body.js'
import type { Api } from '../translation/translation.js'

/** A request as far as it matters to what is answered. */
export interface Question {
  readonly api: Api
  readonly body: RoutedBody
  readonly headers: IncomingHttpHeaders
  readonly identity: Pick<Identity, 'agent' | 'mustHave'>
  readonly caller: Pick<Caller, 'keyId'> | undefined
}

/** By which the answers of an API change besides the body. */
const TELLING_HEADERS = ['anthropic-version', 'anthropic-beta'] as const

/**
 * Whether the same question has the same answer: embeddings have, conversations and completions at temperature 0 that
 * nothing but the model has a part in. A Response never is one: its id stands for something that its provider keeps.
 */
export function isRepeatable({ api, body }: Pick<Question, 'api' | 'body'>): boolean {
  switch (api) {
    case 'embeddings':
      return true
    case 'completions':
      return isGreedy(body)
    case 'chat':
      return isGreedy(body) && fieldOf(body, 'store') !== true && !body.spans.has('web_search_options')
    case 'messages':
      return isGreedy(body) && !usesServerTools(body)
    case 'responses':
      return false
  }
}

/** Names a question and who may hear its answer: of the same key, as the same agent, byte for byte. */
export function keyOf({ api, body, headers, identity, caller }: Question): string {
  const { agent, mustHave } = identity
  const circumstances = [caller?.keyId ?? null, agent?.id ?? null, api, mustHave]
  const told = TELLING_HEADERS.map((name) => headers[name] ?? null)
  return createHash('sha256')
    .update(JSON.stringify([...circumstances, ...told]))
    .update('\n')
    .update(body.bytes)
    .digest('base64url')
}

function isGreedy(body: RoutedBody): boolean {
  return fieldOf(body, 'temperature') === 0
}

/** Whether what the provider looks up or runs has a part in the answer. */
function usesServerTools(body: RoutedBody): boolean {
  if (body.spans.has('mcp_servers') || body.spans.has('container')) return true
  if (!body.spans.has('tools')) return false
  const whole = wholeOf(body)
  const tools = 'fields' in whole ? whole.fields['tools'] : undefined
  return !Array.isArray(tools) || !tools.every(isClientTool)
}

function isClientTool(tool: unknown): boolean {
  if (typeof tool !== 'object' || tool === null) return false
  const { type } = tool as { type?: unknown }
  return type === undefined || type === null || type === 'custom'
}
