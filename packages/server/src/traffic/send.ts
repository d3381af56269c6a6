import { setMaxListeners } from 'node:events'
import { request, type Dispatcher } from 'undici'
import type { RequestPlan } from './plan.js'
import type { FailureKind, RequestEnd, RequestResult } from './result.js'

interface SendOptions {
  readonly dispatcher: Dispatcher
  /** Aborts the request; its end is `stopped` then. */
  readonly signal: AbortSignal
  /** Milliseconds until the client gives up. */
  readonly timeoutMs: number
}

/** What is seen of one answer while it comes in. */
interface Sighting {
  status: number | null
  servedBy: string | null
  isStreamComplete: boolean
  firstPieceMs: number | null
}

/** Thrown to come out of the reading loop; never leaves this file. */
class EndedEarly extends Error {
  constructor(readonly end: RequestEnd) {
    super(end.kind)
  }
}

/** Sends one request and reads its answer to the end, or leaves it as planned. Never throws: every end is a value. */
export async function send(plan: RequestPlan, options: SendOptions): Promise<RequestResult> {
  const startMs = performance.now()
  const stop = new AbortController()
  const abort = (): void => stop.abort()
  let isOutOfPatience = false
  const patience = setTimeout(() => {
    isOutOfPatience = true
    abort()
  }, options.timeoutMs)
  options.signal.addEventListener('abort', abort, { once: true })
  if (options.signal.aborted) abort()
  const seen: Sighting = { status: null, servedBy: null, isStreamComplete: false, firstPieceMs: null }
  let end: RequestEnd
  try {
    end = await exchange(plan, options.dispatcher, stop.signal, seen, startMs)
  } catch (error) {
    if (error instanceof EndedEarly) end = error.end
    else if (options.signal.aborted) end = { kind: 'stopped' }
    else end = failed(isOutOfPatience ? 'timeout' : seen.status === null ? 'connection' : 'cut')
  } finally {
    // Not AbortSignal.any and AbortSignal.timeout: on a long run those pile up on the shared signal.
    clearTimeout(patience)
    options.signal.removeEventListener('abort', abort)
  }
  return { ...seen, end, isStream: plan.isStream, latencyMs: performance.now() - startMs }
}

/** A signal for one run, and how to let go of the signal it follows. */
interface RunSignal {
  readonly signal: AbortSignal
  readonly detach: () => void
}

/**
 * A signal that aborts with `outer`, if there is one, and to which hundreds of requests may listen at once: Node warns
 * of a leak from the eleventh listener on, and the caller's own signal is not ours to change. Detached after the run,
 * for a caller may use one signal for many runs.
 */
export function signalOfRun(outer: AbortSignal | undefined): RunSignal {
  const own = new AbortController()
  setMaxListeners(0, own.signal)
  const abort = (): void => own.abort()
  if (outer?.aborted === true) abort()
  outer?.addEventListener('abort', abort, { once: true })
  return { signal: own.signal, detach: () => outer?.removeEventListener('abort', abort) }
}

async function exchange(
  plan: RequestPlan,
  dispatcher: Dispatcher,
  signal: AbortSignal,
  seen: Sighting,
  startMs: number,
): Promise<RequestEnd> {
  const answer = await request(`${plan.baseUrl}/chat/completions`, {
    method: 'POST',
    dispatcher,
    signal,
    headersTimeout: 0,
    bodyTimeout: 0,
    headers: {
      'content-type': 'application/json',
      ...(plan.agentId === undefined ? {} : { 'x-agent-id': plan.agentId }),
    },
    body: bodyOf(plan),
  })
  seen.status = answer.statusCode
  const servedBy = answer.headers['x-loadstar-model']
  seen.servedBy = typeof servedBy === 'string' ? servedBy : null
  const isOk = answer.statusCode >= 200 && answer.statusCode < 300
  const reader = plan.isStream && isOk ? new EventReader() : new BodyReader()
  let pieces = 0
  for await (const piece of answer.body) {
    seen.firstPieceMs ??= performance.now() - startMs
    // One character per byte: the marks looked for are ASCII, and a piece may end inside a character.
    reader.take((piece as Buffer).toString('latin1'))
    pieces += 1
    // Leaving the loop early destroys the body, and with it the connection: what a client that leaves does.
    if (isOk && pieces === plan.leaveAfterPieces) throw new EndedEarly({ kind: 'left' })
  }
  if (!isOk) return failed(failureOfStatus(answer.statusCode))
  const end = reader.end(String(answer.headers['content-type'] ?? ''))
  seen.isStreamComplete = plan.isStream && end.kind === 'succeeded'
  return end
}

function bodyOf(plan: RequestPlan): string {
  return JSON.stringify({
    model: plan.model,
    messages: [{ role: 'user', content: 'Which way is north?' }],
    ...(plan.isStream ? { stream: true } : {}),
    ...(plan.maxTokens === undefined ? {} : { max_tokens: plan.maxTokens }),
  })
}

/** Watches an event stream for what tells how it went, without parsing each event. */
class EventReader {
  #tail = ''
  #hasError = false

  take(text: string): void {
    const window = this.#tail + text
    this.#hasError ||= window.includes('data: {"error"') || window.includes('data:{"error"')
    // Longer than any of the marks, so that one cut in two by pieces is still seen.
    this.#tail = window.slice(-32)
  }

  end(contentType: string): RequestEnd {
    if (this.#hasError) return failed('error_event')
    if (!contentType.startsWith('text/event-stream')) return failed('nonsense')
    return this.#tail.trimEnd().endsWith('data: [DONE]') ? { kind: 'succeeded' } : failed('cut')
  }
}

class BodyReader {
  #text = ''

  take(text: string): void {
    this.#text += text
  }

  end(): RequestEnd {
    try {
      const body = JSON.parse(this.#text) as { choices?: unknown } | null
      return Array.isArray(body?.choices) ? { kind: 'succeeded' } : failed('nonsense')
    } catch {
      return failed('nonsense')
    }
  }
}

function failureOfStatus(status: number): FailureKind {
  if (status === 429) return 'rejected'
  if (status === 503) return 'unavailable'
  if (status === 504) return 'gateway_timeout'
  return status >= 500 ? 'server_error' : 'client_error'
}

function failed(failure: FailureKind): RequestEnd {
  return { kind: 'failed', failure }
}
