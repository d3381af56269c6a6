import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import type { Timeouts } from '../config/config.js'
import { AnswerWatch, type Stage } from './answer-watch.js'
import type { Carriage } from './cargo.js'
import type { Delivery } from './delivery.js'
import type { AttemptEnding, Ending } from './ending.js'
import { EventFrames } from './event-frames.js'
import { passageOf, type Passage } from './passage.js'
import { rateLimitsOf } from './rate-limits.js'
import type { RawHeaders } from './raw-headers.js'
import { errorInside, firstSaid, lateFailure, type EarlyEvent, type LateFailure } from './stream-opening.js'
import { StreamUsage } from './stream-usage.js'
import { isEncoded, jsonObject, outlineOf, passHeaders } from './upstream-answer.js'
import { cut, faultOfError, faultOfStatus, invalidAnswer } from './upstream-fault.js'
import type { Json } from './translation/translation.js'
import { tokensOf, type TokenCounts } from './usage.js'

interface RelayContext {
  readonly delivery: Delivery
  readonly carriage: Carriage
  readonly modelId: string
  /** `firstByteMs` is from now to the first byte of an answer, or the first content of a stream. */
  readonly timeouts: Pick<Timeouts, 'firstByteMs' | 'idleMs'>
  /** Headers of the answer that are ours, asked for when it begins. */
  answerHeaders(): RawHeaders
  /** The model began to answer; of a stream: with something to say, which is its first token. */
  began(isFirstToken: boolean): void
  /** From here on something goes out to the client. */
  speaks(): void
  /** Called exactly once, after the connection to the model is free or closed. */
  ended(ending: AttemptEnding): void
}

/** An answer up to this size is checked whole before any of it goes out; a larger one streams through, unless it is an error. */
const LARGEST_CHECKED = 8 * 1024 * 1024
/** Opening events up to this size are held back until content comes. */
const LARGEST_OPENING = 64 * 1024
/** What can be seen of a body that is compressed. */
const NOTHING: Readonly<Record<string, unknown>> = {}
/**
 * Carries one model's answer to one client: events as they come from the first that says something, a JSON answer
 * whole, an error as the client's or the model's fault. Until something has gone out, its end is silent and another
 * model may still answer. It ends exactly once, whoever leaves first.
 *
 * One state machine of seven states; it is as long as it is because what happens in each of them is told in one place.
 */
export class Relay implements Dispatcher.DispatchHandler {
  readonly #context: RelayContext
  #controller: Dispatcher.DispatchController | undefined
  #state: 'waiting' | 'checking' | 'fault' | 'opening' | 'events' | 'bytes' | 'ended' = 'waiting'
  /** Whether anything of this answer has gone out. */
  #isHeard = false
  /** Whether the client is told of the failure by the model itself. */
  #hasTold = false
  /** Whether the model's side has ended: nothing is left to close. */
  #isOver = false
  #status = 0
  #headers: IncomingHttpHeaders = {}
  #chunks: Buffer[] = []
  #size = 0
  readonly #frames: EventFrames
  readonly #passage: Passage
  readonly #usage = new StreamUsage()
  /** Counts of an answer that came whole. */
  #tokens: TokenCounts | undefined
  readonly #watch: AnswerWatch

  constructor(context: RelayContext) {
    this.#context = context
    const { shape, translation } = context.carriage
    // What is translated is translated whole, or not at all.
    this.#frames = translation ? new EventFrames(shape, Infinity) : new EventFrames(shape)
    this.#passage = passageOf(context.carriage)
    const { modelId, timeouts, delivery } = context
    this.#watch = new AnswerWatch({
      modelId,
      timeouts,
      stage: () => this.#stage(),
      heldUntilMs: (nowMs) => delivery.heldUntilMs(nowMs),
      late: (ending) => this.end(ending),
    })
  }

  /** Closes the connection to the model unless its answer is over, then ends; nothing when it has ended. */
  end(ending: Ending): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    this.#watch.stop()
    this.#chunks = []
    // Closing comes first: a slot is given on only when the model can see that its request is over.
    if (!this.#isOver) this.#controller?.abort(new Error(ending.outcome))
    // Written out: with every request a spread would be felt.
    const { outcome, refusal, retryAfterMs, isWorthRepeating } = ending
    const isHeard = this.#isHeard
    const answer = this.#known(ending)
    this.#context.ended({ outcome, refusal, retryAfterMs, isWorthRepeating, isHeard, answer })
    if (isHeard && refusal && !this.#hasTold) this.#context.delivery.breakOff(refusal)
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
    this.#watch.heard()
    this.#status = status
    this.#headers = headers
    const type = headers['content-type'] ?? ''
    if (status >= 300) this.#state = 'fault'
    else if (/^text\/event-stream/i.test(type)) this.#open()
    else if (/^application\/json/i.test(type)) {
      this.#state = 'checking'
      this.#context.began(false)
    } else this.end(this.#invalidAnswer(`content-type "${type.slice(0, 60)}"`))
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#watch.heard()
    switch (this.#state) {
      case 'opening': {
        const whole = this.#frames.push(chunk)
        if (whole.length > 0) this.#hear(whole)
        this.#checkHeld()
        return
      }
      case 'events': {
        const whole = this.#frames.push(chunk)
        if (whole.length > 0) this.#passOn(whole)
        this.#checkHeld()
        return
      }
      case 'bytes':
        this.#write(chunk)
        return
      case 'checking':
        this.#collect(chunk)
        if (this.#size > LARGEST_CHECKED) this.#overflow()
        return
      case 'fault':
        this.#collect(chunk)
        if (this.#size > LARGEST_CHECKED) {
          this.end(this.#invalidAnswer(`more than ${LARGEST_CHECKED} bytes of error`))
        }
        return
      case 'waiting':
      case 'ended':
        return
    }
  }

  onResponseEnd(): void {
    this.#isOver = true
    switch (this.#state) {
      case 'opening':
        if (this.#frames.isDone) this.#begin('events')
        this.#endEvents()
        return
      case 'events':
        this.#endEvents()
        return
      case 'bytes':
        this.end({ outcome: 'completed' })
        this.#context.delivery.end()
        return
      case 'checking':
        this.#endChecked(Buffer.concat(this.#chunks))
        return
      case 'fault':
        this.#endFault(Buffer.concat(this.#chunks))
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
    this.#isOver = true
    const brokeOff = this.#state !== 'waiting'
    this.end(brokeOff ? this.#cut(error.message) : faultOfError(this.#context.modelId, error))
  }

  /** Ends what waits for the end of an event that is too large. */
  #checkHeld(): void {
    if (this.#frames.heldBytes <= LARGEST_CHECKED) return
    this.end(this.#invalidAnswer(`an event of more than ${LARGEST_CHECKED} bytes to translate`))
  }

  /** Too much to be held: what nothing needs to be done to goes on as it comes. */
  #overflow(): void {
    if (this.#context.carriage.translation === undefined) this.#begin('bytes')
    else this.end(this.#invalidAnswer(`more than ${LARGEST_CHECKED} bytes to translate`))
  }

  #open(): void {
    const { translation, isStream } = this.#context.carriage
    if (translation !== undefined && !isStream) {
      this.end(this.#invalidAnswer('a stream to a request for a whole answer'))
      return
    }
    if (isEncoded(this.#headers) && translation === undefined) {
      // Frames of compressed events cannot be seen.
      this.#context.began(false)
      this.#begin('bytes')
      return
    }
    this.#state = 'opening'
  }

  #stage(): Stage {
    if (this.#state === 'waiting') return 'silent'
    return this.#state === 'opening' ? 'opening' : 'speaking'
  }

  #hear(events: Buffer): void {
    this.#collect(events)
    const said = firstSaid(events, this.#context.carriage.shape)
    if (said.kind === 'failure') this.#endFailed(said)
    else if (said.kind === 'content' || this.#size > LARGEST_OPENING) {
      this.#context.began(true)
      this.#begin('events')
    }
  }

  /** Sends the head and what has been held back; from here on the answer goes out as it comes. */
  #begin(kind: 'events' | 'bytes'): void {
    this.#state = kind
    this.#speak()
    this.#context.delivery.begin(kind, this.#status, this.#answerHeaders())
    const held = this.#chunks
    this.#chunks = []
    if (held.length === 0) return
    const bytes = Buffer.concat(held)
    if (kind === 'events') this.#passOn(bytes)
    else this.#write(bytes)
  }

  /** Sends whole events, up to one in which the model says that it failed. */
  #passOn(events: Buffer): void {
    const failure = lateFailure(events)
    if (failure !== undefined) {
      this.#endSpoilt(events.subarray(0, failure.end), failure)
      return
    }
    this.#usage.note(events)
    this.#write(this.#passage.pass(events))
  }

  /** Too late for another model: the client has the failure in the model's own words, as its stream's last event. */
  #endSpoilt(events: Buffer, { status, body }: LateFailure): void {
    const fault = faultOfStatus(this.#context.modelId, { status, headers: {}, body })
    this.#hasTold = true
    this.end(
      fault.kind === 'client'
        ? { outcome: 'refused_by_model' }
        : { ...fault.ending, outcome: 'upstream_cut' },
    )
    this.#context.delivery.end(this.#passage.pass(events))
  }

  #speak(): void {
    this.#isHeard = true
    this.#context.speaks()
  }

  #write(chunk: Buffer): void {
    this.#context.delivery.write(chunk, this.#isOver ? undefined : this.#controller)
  }

  #collect(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#size += chunk.length
  }

  #endEvents(): void {
    // What was held back may have told of a failure.
    if (this.#state === 'ended') return
    if (this.#frames.isDone) {
      const rest = this.#frames.rest()
      this.end({ outcome: 'completed' })
      this.#context.delivery.end(rest && this.#passage.pass(rest))
    } else this.end(this.#cut('its stream ended without its last event'))
  }

  #endChecked(body: Buffer): void {
    const answer = isEncoded(this.#headers) ? NOTHING : this.#read(body)
    const failure = answer && errorInside(answer)
    if (answer === undefined) this.end(this.#invalidAnswer('a body that is not a JSON object'))
    else if (failure) this.#endFailed(failure)
    else {
      this.#tokens = tokensOf(answer['usage'])
      this.#complete(answer, body)
    }
  }

  #read(body: Buffer): Json | undefined {
    return this.#context.carriage.translation ? jsonObject(body) : outlineOf(body)
  }

  #complete(answer: Json, body: Buffer): void {
    const { translation, shape, isStream } = this.#context.carriage
    // SDKs read it as a stream of nothing, and raise no error.
    if (isStream) this.end(this.#invalidAnswer('a whole answer to a request for a stream'))
    else if (translation === undefined) this.#sendWhole('completed', body)
    else if (Array.isArray(answer[shape.answerField])) {
      this.#sendWhole('completed', jsonBytes(translation.answer(answer)))
    } else this.end(this.#invalidAnswer(`an answer without ${shape.answerField}`))
  }

  /** An error in an answer that began with 200 counts as if it had come with the status it tells. */
  #endFailed({ status, body }: Extract<EarlyEvent, { kind: 'failure' }>): void {
    this.#status = status
    this.#headers = { ...this.#headers, 'content-type': 'application/json' }
    this.#endFault(body)
  }

  #endFault(body: Buffer): void {
    const fault = faultOfStatus(this.#context.modelId, {
      status: this.#status,
      headers: this.#headers,
      body,
    })
    if (fault.kind === 'client') this.#sendWhole('refused_by_model', this.#inClientsWords(body))
    else this.end(fault.ending)
  }

  /** What the model says of the request itself. */
  #inClientsWords(body: Buffer): Buffer {
    const { translation } = this.#context.carriage
    return translation ? jsonBytes(translation.error(jsonObject(body) ?? {}, this.#status)) : body
  }

  #sendWhole(outcome: 'completed' | 'refused_by_model', body: Buffer): void {
    this.#speak()
    this.end({ outcome })
    this.#context.delivery.whole(this.#status, this.#answerHeaders(), body)
  }

  #known({ outcome }: Ending): AttemptEnding['answer'] {
    const rateLimits = rateLimitsOf(this.#headers)
    const tokens = this.#tokens ?? this.#usage.tokens(outcome === 'completed')
    return rateLimits === undefined ? tokens : { ...tokens, rateLimits }
  }

  #invalidAnswer(what: string): Ending {
    return invalidAnswer(this.#context.modelId, this.#status, what)
  }

  #cut(detail: string): Ending {
    return cut(this.#context.modelId, detail)
  }

  #answerHeaders(): string[] {
    const headers = [...this.#context.answerHeaders()]
    passHeaders(this.#headers, headers)
    return headers
  }
}

function jsonBytes(value: Json): Buffer {
  return Buffer.from(JSON.stringify(value))
}
