import { authorization, keyRefused } from './key'

/** Where most of the API is; what begins with `/api/` is elsewhere. */
const ROUTER = '/api/v1/model-router'

/** What the server said is wrong, in its own words. */
export class RequestError extends Error {
  override readonly name = 'RequestError'

  constructor(
    message: string,
    /** 0 where no answer came. */
    readonly status: number,
    readonly code: string,
    /** The field at fault. */
    readonly param: string | null,
  ) {
    super(message)
  }
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>

export function get<Answer>(path: string, query: Query = {}, signal?: AbortSignal): Promise<Answer> {
  return send<Answer>('GET', `${path}${search(query)}`, undefined, signal)
}

export function post<Answer>(path: string, body: object = {}): Promise<Answer> {
  return send<Answer>('POST', path, body)
}

export function put<Answer>(path: string, body: object): Promise<Answer> {
  return send<Answer>('PUT', path, body)
}

export function patch<Answer>(path: string, body: object): Promise<Answer> {
  return send<Answer>('PATCH', path, body)
}

export function remove<Answer>(path: string): Promise<Answer> {
  return send<Answer>('DELETE', path)
}

/** @throws {RequestError} for every answer that is not a success, and where none came. */
async function send<Answer>(
  method: string,
  path: string,
  body?: object,
  signal?: AbortSignal,
): Promise<Answer> {
  const response = await fetch(path.startsWith('/api/') ? path : `${ROUTER}${path}`, {
    method,
    headers: { ...authorization(), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((cause: unknown) => {
    if (signal?.aborted) throw cause
    throw new RequestError('The server cannot be reached.', 0, 'unreachable', null)
  })
  const text = await response.text()
  if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as Answer
  if (response.status === 401) keyRefused()
  throw refusal(response.status, text)
}

function refusal(status: number, text: string): RequestError {
  try {
    const { error } = JSON.parse(text) as { error: { message: string; code: string; param: string | null } }
    return new RequestError(error.message, status, error.code, error.param)
  } catch {
    return new RequestError(`The server answered ${status}.`, status, 'unknown', null)
  }
}

function search(query: Query): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  )
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** An id as a part of a path. */
export function segment(id: string): string {
  return encodeURIComponent(id)
}
