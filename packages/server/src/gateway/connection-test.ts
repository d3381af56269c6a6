import type { LeaseOutcome } from '@loadstar/core'
import type { ModelEntry } from '../registry/entry.js'
import type { Admission } from './admission.js'
import { anthropicHeaders } from './anthropic-headers.js'
import type { KeyOf } from './upstream-key.js'
import type { Upstreams } from './upstreams.js'

/** What came of asking a backend whether it is there. */
export interface ConnectionTest {
  readonly isOk: boolean
  /** What it was asked: its list of models or, where it has none, a chat of one token. */
  readonly asked: 'models' | 'chat'
  /** Of its answer; `null` without one. */
  readonly status: number | null
  readonly latencyMs: number
  /** For people; nothing of the answer's text, which may repeat a key, is in it. */
  readonly message: string
}

interface Ground {
  readonly upstreams: Upstreams
  readonly keyOf: KeyOf
  /** A chat takes a slot as every other does. */
  readonly admission: Pick<Admission, 'take' | 'settle'>
  readonly timeoutMs: number
  /** Milliseconds. */
  readonly clock: () => number
}

interface Answer {
  readonly status: number
  readonly text: string
}

/** Longer lists of models are not read to their end. */
const MOST_CHARS = 4 * 1024 * 1024
/** Says that there is no list, not that the backend is ill. */
const NO_LIST: ReadonlySet<number> = new Set([404, 405, 501])

/** Asks the backend of a model for its list of models, and where that does not tell, for one token. */
export async function testConnection(model: ModelEntry, ground: Ground): Promise<ConnectionTest> {
  const startedMs = ground.clock()
  const tested = (fields: Omit<ConnectionTest, 'latencyMs'>): ConnectionTest => {
    return { ...fields, latencyMs: ground.clock() - startedMs }
  }
  const listed = await ask(model, ground, { method: 'GET', path: '/models' })
  if ('fault' in listed) return tested({ isOk: false, asked: 'models', status: null, message: listed.fault })
  const { status, text } = listed
  if (status === 200 && names(text, model.upstreamModel)) {
    const message = `it answers, and lists "${model.upstreamModel}"`
    return tested({ isOk: true, asked: 'models', status, message })
  }
  if (status !== 200 && !NO_LIST.has(status)) {
    return tested({ isOk: false, asked: 'models', status, message: meaningOf(status, model, ground) })
  }
  return chatted(model, ground, tested)
}

async function chatted(
  model: ModelEntry,
  ground: Ground,
  tested: (fields: Omit<ConnectionTest, 'latencyMs'>) => ConnectionTest,
): Promise<ConnectionTest> {
  const granted = await ground.admission.take({
    requestId: 'connection-test',
    candidates: [{ modelId: model.id, score: 0 }],
  })
  if (granted === undefined) {
    const message = `it answers, but does not list "${model.upstreamModel}", and has no slot free to ask for one token`
    return tested({ isOk: false, asked: 'chat', status: null, message })
  }
  const answer = await ask(model, ground, {
    method: 'POST',
    path: model.dialect === 'anthropic' ? '/messages' : '/chat/completions',
    body: JSON.stringify({
      model: model.upstreamModel,
      max_tokens: 1,
      messages: [{ role: 'user', content: 'ping' }],
    }),
  })
  ground.admission.settle(granted.lease, outcomeOf(answer))
  if ('fault' in answer) return tested({ isOk: false, asked: 'chat', status: null, message: answer.fault })
  const { status } = answer
  if (status === 200) return tested({ isOk: true, asked: 'chat', status, message: 'it answers a chat' })
  return tested({ isOk: false, asked: 'chat', status, message: meaningOf(status, model, ground) })
}

/** The answer, or why there is none. */
async function ask(
  model: ModelEntry,
  { upstreams, keyOf, timeoutMs }: Ground,
  call: { readonly method: 'GET' | 'POST'; readonly path: string; readonly body?: string },
): Promise<Answer | { readonly fault: string; readonly isLate: boolean }> {
  const key = keyOf(model)
  const headers = ['accept', 'application/json']
  if (call.body !== undefined) headers.push('content-type', 'application/json')
  if (model.dialect === 'anthropic') headers.push(...anthropicHeaders({}, key))
  else if (key !== undefined) headers.push('authorization', `Bearer ${key}`)
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    const { statusCode, body } = await upstreams.request(model, { ...call, headers, signal })
    let text = ''
    for await (const piece of body.setEncoding('utf8') as AsyncIterable<string>) {
      text += piece
      if (text.length > MOST_CHARS) break
    }
    return { status: statusCode, text }
  } catch (error) {
    if (signal.aborted) return { fault: `it did not answer within ${timeoutMs} ms`, isLate: true }
    const { code, message } = error as { readonly code?: string; readonly message: string }
    return { fault: `it cannot be reached: ${message === '' ? code : message}`, isLate: false }
  }
}

function names(text: string, upstreamModel: string): boolean {
  try {
    const { data } = JSON.parse(text) as { readonly data?: readonly { readonly id?: unknown }[] }
    return (
      Array.isArray(data) && data.some((model) => (model as { id?: unknown } | null)?.id === upstreamModel)
    )
  } catch {
    return false
  }
}

function outcomeOf(answer: Awaited<ReturnType<typeof ask>>): LeaseOutcome {
  if ('fault' in answer) return answer.isLate ? 'upstream_timeout' : 'upstream_error'
  if (answer.status === 200) return 'completed'
  return answer.status >= 400 && answer.status < 500 ? 'refused_by_model' : 'upstream_error'
}

function meaningOf(status: number, model: ModelEntry, { keyOf }: Ground): string {
  const { apiKeyEnv } = model
  if (status === 401 || status === 403) {
    if (keyOf(model) !== undefined) return `it refuses the key (HTTP ${status})`
    const why =
      apiKeyEnv === undefined
        ? 'none is configured'
        : `${apiKeyEnv} is not set, or not in server.api_key_envs`
    return `it wants a key (HTTP ${status}), and ${why}`
  }
  if (status === 404)
    return `it knows no model "${model.upstreamModel}", or nothing at this base_url (HTTP 404)`
  if (status === 429) return 'it is there, but takes no more requests at the moment (HTTP 429)'
  if (status >= 500) return `it fails (HTTP ${status})`
  return `it refuses the request (HTTP ${status})`
}
