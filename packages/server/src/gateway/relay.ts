import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { errors, type Dispatcher } from 'undici'
import type { Ending } from './ending.js'
import { EventFrames } from './event-frames.js'
import { errorEnvelope, sendRefusal, upstreamFault, type Refusal } from './refusal.js'
import { faultOfError, faultOfStatus, type UpstreamAnswer } from './upstream-fault.js'

interface RelayContext {
  readonly res: ServerResponse
  readonly modelId: string
  readonly totalMs: number
  /** Headers of the answer that are ours, asked for when it begins. */
  answerHeaders(): Readonly<Record<string, string>>
  firstByte(): void
  /** Called exactly once, after the connection to the model is free or closed. */
  ended(ending: Ending): void
}

/** An answer up to this size is checked whole before any of it goes out; a larger one streams through, unless it is an error. */
const LARGEST_CHECKED = 8 * 1024 * 1024
/** Upstream headers that mean something to the client and nothing to the connection. */
const PASSED_HEADERS = /^(content-type|content-encoding|openai-|x-ratelimit-|anthropic-ratelimit-)/

/**
 * Carries one model's answer to one client: events as they come, a JSON answer whole, an error as the
 * client's or the model's fault. It ends exactly once, whoever leaves first.
 */
export class Relay implements Dispatcher.DispatchHandler {
  readonly #context: RelayContext
  readonly #totalTimer: NodeJS.Timeout
  #controller: Dispatcher.DispatchController | undefined
  #state: 'waiting' | 'checking' | 'fault' | 'events' | 'bytes' | 'ended' = 'waiting'
  /** What has already gone out to the client. */
  #begun: 'events' | 'bytes' | undefined
  #status = 0
  #headers: IncomingHttpHeaders = {}
  #chunks: Buffer[] = []
  #size = 0
  readonly #frames = new EventFrames()

  constructor(context: RelayContext) {
    this.#context = context
    this.#totalTimer = setTimeout(() => {
      this.#abort({
        outcome: 'upstream_timeout',
        refusal: upstreamFault(
          504,
          'upstream_total_timeout',
          `model "${context.modelId}" did not finish its answer within ${context.totalMs} ms (routing.timeouts.total_ms)`,
        ),
      })
    }, context.totalMs)
    this.#totalTimer.unref()
  }

  /** The client left, or the instance stops: closes the connection to the model, then ends. */
  abort(outcome: 'client_gone' | 'instance_lost', refusal?: Refusal): void {
    this.#abort({ outcome, ...(refusal ? { refusal } : {}) })
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    // Ended while the connection was being made: nothing must be sent on it.
    if (this.#state === 'ended') controller.abort(new Error('request ended before it was sent'))
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (status < 200 || this.#state === 'ended') return
    this.#status = status
    this.#headers = headers
    this.#context.firstByte()
    const type = String(headers['content-type'] ?? '').toLowerCase()
    if (status >= 300) this.#state = 'fault'
    // Frames of compressed events cannot be seen.
    else if (type.startsWith('text/event-stream')) this.#begin(isEncoded(headers) ? 'bytes' : 'events')
    else if (type.startsWith('application/json')) this.#state = 'checking'
    else this.#abort(this.#invalidAnswer(`content-type "${type.slice(0, 60)}"`))
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    switch (this.#state) {
      case 'events': {
        const whole = this.#frames.push(chunk)
        if (whole.length > 0) this.#write(controller, whole)
        return
      }
      case 'bytes':
        this.#write(controller, chunk)
        return
      case 'checking':
        this.#collect(chunk)
        if (this.#size > LARGEST_CHECKED) {
          this.#begin('bytes')
          this.#write(controller, Buffer.concat(this.#chunks))
        }
        return
      case 'fault':
        this.#collect(chunk)
        if (this.#size > LARGEST_CHECKED) {
          this.#abort(this.#invalidAnswer(`more than ${LARGEST_CHECKED} bytes of error`))
        }
        return
      case 'waiting':
      case 'ended':
        return
    }
  }

  onResponseEnd(): void {
    const { res } = this.#context
    switch (this.#state) {
      case 'events':
        if (!this.#frames.isDone) {
          this.#end(this.#cut('its stream ended without [DONE]'))
          return
        }
        this.#end({ outcome: 'completed' })
        res.end(this.#frames.rest())
        return
      case 'bytes':
        this.#end({ outcome: 'completed' })
        res.end()
        return
      case 'checking':
        this.#finishChecked(Buffer.concat(this.#chunks))
        return
      case 'fault':
        this.#finishFault({
          status: this.#status,
          headers: this.#headers,
          body: Buffer.concat(this.#chunks),
        })
        return
      case 'waiting':
      case 'ended':
        return
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    this.failed(error)
  }

  /** The call could not be made, or broke. */
  failed(error: Error): void {
    const brokeOff = this.#state !== 'waiting' && !(error instanceof errors.BodyTimeoutError)
    this.#end(brokeOff ? this.#cut(error.message) : faultOfError(this.#context.modelId, error))
  }

  #begin(state: 'events' | 'bytes'): void {
    this.#state = state
    this.#begun = state
    const { res } = this.#context
    res.writeHead(this.#status, {
      ...this.#passedHeaders(),
      ...(state === 'events' ? { 'cache-control': 'no-cache', 'x-accel-buffering': 'no' } : {}),
      ...this.#context.answerHeaders(),
    })
    res.flushHeaders()
  }

  /** Holds the model back while the client is slow: memory per stream stays at a socket's buffer. */
  #write(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const { res } = this.#context
    if (res.write(chunk)) return
    controller.pause()
    res.once('drain', () => controller.resume())
  }

  #collect(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#size += chunk.length
  }

  #finishChecked(body: Buffer): void {
    if (!isEncoded(this.#headers) && !isJsonObject(body)) {
      this.#end(this.#invalidAnswer('a body that is not a JSON object'))
      return
    }
    this.#end({ outcome: 'completed' })
    this.#send(body)
  }

  #finishFault(answer: UpstreamAnswer): void {
    const fault = faultOfStatus(this.#context.modelId, answer)
    if (fault.kind === 'ours') {
      this.#end({ outcome: 'upstream_error', refusal: fault.refusal })
      return
    }
    this.#end({ outcome: 'refused_by_model' })
    this.#send(answer.body)
  }

  #send(body: Buffer): void {
    const { res } = this.#context
    if (res.destroyed) return
    res.writeHead(this.#status, {
      ...this.#passedHeaders(),
      ...this.#context.answerHeaders(),
      'content-length': body.length,
    })
    res.end(body)
  }

  #invalidAnswer(what: string): Ending {
    return {
      outcome: 'upstream_error',
      refusal: upstreamFault(
        502,
        'upstream_invalid_answer',
        `model "${this.#context.modelId}" answered ${this.#status} with ${what}, expected JSON or an event stream`,
      ),
    }
  }

  #cut(detail: string): Ending {
    return {
      outcome: 'upstream_cut',
      refusal: upstreamFault(
        502,
        'upstream_cut',
        `model "${this.#context.modelId}" broke off its answer: ${detail}`,
      ),
    }
  }

  #passedHeaders(): Record<string, string> {
    const passed: Record<string, string> = {}
    for (const [name, value] of Object.entries(this.#headers)) {
      if (value !== undefined && PASSED_HEADERS.test(name)) passed[name] = String(value)
    }
    return passed
  }

  #abort(ending: Ending): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    // Closing comes first: a slot is given on only when the model can see that its request is over.
    this.#controller?.abort(new Error(ending.outcome))
    this.#finish(ending)
  }

  #end(ending: Ending): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    this.#finish(ending)
  }

  #finish(ending: Ending): void {
    clearTimeout(this.#totalTimer)
    this.#context.ended(ending)
    if (ending.refusal) this.#tell(ending.refusal)
  }

  /** A stream that began with 200 can only end in an error event; raw bytes only in a closed connection. */
  #tell(refusal: Refusal): void {
    const { res } = this.#context
    if (this.#begun === undefined) sendRefusal(res, refusal, this.#context.answerHeaders())
    else if (this.#begun === 'events') res.end(`data: ${errorEnvelope(refusal)}\n\n`)
    else res.destroy()
  }
}

function isEncoded(headers: IncomingHttpHeaders): boolean {
  return headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity'
}

function isJsonObject(body: Buffer): boolean {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return typeof value === 'object' && value !== null
  } catch {
    return false
  }
}
