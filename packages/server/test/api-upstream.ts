import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Json, ServerEvent } from '../src/gateway/translation/dialect.js'
import { writeEvents } from '../src/gateway/translation/server-events.js'
import { chatStreamOf, messageStreamOf } from '../src/gateway/translation/spoken.contract.js'
import { startUpstream, type ScriptedUpstream } from './scripted-upstream.js'
import type { Behaviour } from './two-models.js'

export const KEY = 'sk-backend'

/** A request as a backend was sent it. */
interface Asked {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Json
}

/** A whole answer in the words of the API that is asked, streamed where that is asked for, or anything else. */
type Said = Json | Behaviour

/** A backend as strict about its requests as the real API, which says what it was told to say, one after the other. */
export interface ApiUpstream extends ScriptedUpstream {
  readonly asked: readonly Asked[]
  /** The latest of them. */
  readonly last: Asked
  say(...answers: readonly Said[]): void
}

const PIECE_LENGTH = 3
/** What is sent by those who name none, and what the Anthropic SDK sends. */
const VERSIONS = new Set<unknown>(['2023-06-01', '2026-10-21'])

/** Chat completions and responses, behind a bearer token. */
export function startOpenai(): Promise<ApiUpstream> {
  return startApi(faultOfOpenai, (res, status, message) => {
    const error = {
      message,
      type: status < 500 ? 'invalid_request_error' : 'server_error',
      param: null,
      code: null,
    }
    sendJson(res, status, { error })
  })
}

/** Messages, behind `x-api-key`. */
export function startAnthropic(): Promise<ApiUpstream> {
  return startApi(faultOfAnthropic, (res, status, message) => {
    const error = { type: status < 500 ? 'invalid_request_error' : 'api_error', message }
    sendJson(res, status, { type: 'error', error })
  })
}

async function startApi(
  faultOf: (asked: Asked) => string | undefined,
  refuse: (res: ServerResponse, status: number, message: string) => void,
): Promise<ApiUpstream> {
  const asked: Asked[] = []
  const answers: Said[] = []
  const serve = async (req: IncomingMessage, res: ServerResponse) => {
    const chunks = (await req.toArray()) as readonly Buffer[]
    const call: Asked = {
      path: req.url ?? '',
      headers: req.headers,
      body: JSON.parse(Buffer.concat(chunks).toString()) as Json,
    }
    asked.push(call)
    const fault = faultOf(call)
    const answer = fault === undefined ? answers.shift() : undefined
    if (fault !== undefined) refuse(res, 400, fault)
    else if (answer === undefined) refuse(res, 500, 'nothing left to say')
    else if (typeof answer === 'function') answer(req, res)
    else if (call.body['stream'] === true) {
      res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
      for (const event of eventsOf(call, answer)) res.write(writeEvents([event]))
      res.end()
    } else sendJson(res, 200, answer)
  }
  const upstream = await startUpstream((req, res) => void serve(req, res))
  return Object.defineProperties(upstream, {
    asked: { value: asked },
    last: { get: () => asked.at(-1) },
    say: { value: (...more: readonly Said[]) => answers.push(...more) },
  }) as ApiUpstream
}

function sendJson(res: ServerResponse, status: number, body: Json): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function eventsOf({ path, body }: Asked, answer: Json): readonly ServerEvent[] {
  switch (path) {
    case '/v1/messages':
      return messageStreamOf(answer, PIECE_LENGTH)
    case '/v1/responses':
      return responseStreamOf(answer)
    default: {
      const wantsUsage = (body['stream_options'] as Json | undefined)?.['include_usage'] === true
      return chatStreamOf(answer, PIECE_LENGTH).filter(
        (event) => wantsUsage || event === 'done' || event.data['usage'] === undefined,
      )
    }
  }
}

/** A whole response as OpenAI streams it; texts and function calls only. */
function responseStreamOf(response: Json): readonly ServerEvent[] {
  const events: ServerEvent[] = []
  const tell = (type: string, fields: Json) =>
    events.push({ name: type, data: { type, sequence_number: events.length, ...fields } })
  const begun = { ...response, status: 'in_progress', output: [], usage: null }
  tell('response.created', { response: begun })
  tell('response.in_progress', { response: begun })
  const output = response['output'] as readonly Json[]
  output.forEach((item, output_index) => {
    const isCall = item['type'] === 'function_call'
    const place = { item_id: item['id'], output_index }
    const empty = isCall ? { arguments: '' } : { content: [] }
    tell('response.output_item.added', { output_index, item: { ...item, ...empty, status: 'in_progress' } })
    if (isCall) {
      tell('response.function_call_arguments.delta', { ...place, delta: item['arguments'] })
      tell('response.function_call_arguments.done', { ...place, arguments: item['arguments'] })
    } else {
      const [part] = item['content'] as readonly [Json]
      const inPart = { ...place, content_index: 0 }
      tell('response.content_part.added', { ...inPart, part: { ...part, text: '' } })
      tell('response.output_text.delta', { ...inPart, delta: part['text'], logprobs: [] })
      tell('response.output_text.done', { ...inPart, text: part['text'], logprobs: [] })
      tell('response.content_part.done', { ...inPart, part })
    }
    tell('response.output_item.done', { output_index, item })
  })
  tell('response.completed', { response })
  return events
}

function faultOfOpenai({ path, headers, body }: Asked): string | undefined {
  if (headers.authorization !== `Bearer ${KEY}`)
    return `authorization must be the key, got ${headers.authorization}`
  if (headers['x-api-key'] !== undefined) return 'x-api-key must be left out'
  if (headers['content-type'] !== 'application/json') return `content-type must be JSON`
  if (body['model'] !== 'backend-name') return `model must be the name the backend knows`
  switch (path) {
    case '/v1/chat/completions':
      return Array.isArray(body['messages']) ? undefined : 'messages must be a list'
    case '/v1/responses':
      return body['input'] === undefined ? 'input must be there' : undefined
    default:
      return `no such path: ${path}`
  }
}

function faultOfAnthropic({ path, headers, body }: Asked): string | undefined {
  if (path !== '/v1/messages') return `no such path: ${path}`
  if (headers['x-api-key'] !== KEY) return `x-api-key must be the key, got ${String(headers['x-api-key'])}`
  if (headers.authorization !== undefined) return 'authorization must be left out'
  if (!VERSIONS.has(headers['anthropic-version'])) return 'anthropic-version must be a known one'
  if (headers['content-type'] !== 'application/json') return `content-type must be JSON`
  if (body['model'] !== 'backend-name') return `model must be the name the backend knows`
  if (!Number.isInteger(body['max_tokens'])) return 'max_tokens: field required'
  const messages = body['messages'] as readonly Json[]
  const wrong = messages.find(({ role }) => role !== 'user' && role !== 'assistant')
  return wrong === undefined ? undefined : `messages: unexpected role ${String(wrong['role'])}`
}
