import { setTimeout as pause } from 'node:timers/promises'
import { severityRank } from '@loadstar/core'
import { Agent, request } from 'undici'
import type { WebhookConfig } from '../../config/alerts-config.js'
import type { Notification } from './notification.js'
import { signatureOf } from './signature.js'

interface MailboxLog {
  warn(fields: object, message: string): void
}

/** How the mailbox of one webhook stands. */
export interface MailboxState {
  readonly id: string
  readonly format: WebhookConfig['format']
  readonly minSeverity: WebhookConfig['minSeverity']
  readonly isSigned: boolean
  readonly waiting: number
  /** Since the start. */
  readonly delivered: number
  readonly givenUp: number
}

/** What came of one attempt. */
type Attempt =
  | { readonly kind: 'delivered' }
  /** Trying again may help, after so many milliseconds at least. */
  | { readonly kind: 'failed'; readonly why: string; readonly retryAfterMs: number }
  | { readonly kind: 'refused'; readonly why: string }

/**
 * Notifications on their way to one receiver, in order, one at a time: each is tried until it was taken, was refused as
 * wrong, or has failed too often. Nobody waits for it, and it never holds more than `maxQueue`.
 */
export class Mailbox {
  readonly #config: WebhookConfig
  readonly #log: MailboxLog
  readonly #agent = new Agent({ connections: 1 })
  readonly #stopped = new AbortController()
  readonly #waiting: Notification[] = []
  #delivery: Promise<void> | undefined
  #delivered = 0
  #givenUp = 0

  constructor(config: WebhookConfig, log: MailboxLog) {
    this.#config = config
    this.#log = log
  }

  put(notification: Notification): void {
    const { minSeverity, maxQueue } = this.#config
    if (severityRank(notification.severity) < severityRank(minSeverity)) return
    if (this.#stopped.signal.aborted) return
    this.#waiting.push(notification)
    if (this.#waiting.length > maxQueue) {
      // The one under way is the first; the one after it is the oldest that nobody has tried.
      const [oldest] = this.#waiting.splice(1, 1)
      if (oldest !== undefined) this.#giveUp(oldest, 0, 'the queue is full')
    }
    this.#delivery ??= this.#deliverAll().finally(() => (this.#delivery = undefined))
  }

  state(): MailboxState {
    const { id, format, minSeverity, secret } = this.#config
    return {
      id,
      format,
      minSeverity,
      isSigned: secret !== undefined,
      waiting: this.#waiting.length,
      delivered: this.#delivered,
      givenUp: this.#givenUp,
    }
  }

  /** What waits may still go out for `drainMs`; then it is given up. */
  async stop(): Promise<void> {
    const drained = new AbortController()
    await Promise.race([
      this.#delivery,
      pause(this.#config.drainMs, undefined, { signal: drained.signal }).catch(() => undefined),
    ])
    drained.abort()
    this.#stopped.abort()
    await this.#delivery
    await this.#agent.destroy()
  }

  async #deliverAll(): Promise<void> {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      await this.#deliver(next)
      this.#waiting.shift()
    }
  }

  async #deliver(notification: Notification): Promise<void> {
    const { maxAttempts, minBackoffMs, maxBackoffMs } = this.#config
    const { signal } = this.#stopped
    for (let attempt = 1; ; attempt++) {
      const outcome: Attempt = signal.aborted
        ? { kind: 'refused', why: 'stopped' }
        : await this.#attempt(notification, attempt)
      if (outcome.kind === 'delivered') {
        this.#delivered++
        return
      }
      if (outcome.kind === 'refused' || attempt >= maxAttempts) {
        return this.#giveUp(notification, attempt, outcome.why)
      }
      const backoffMs = Math.min(maxBackoffMs, minBackoffMs * 2 ** (attempt - 1))
      const waitMs = Math.min(
        maxBackoffMs,
        Math.max(outcome.retryAfterMs, backoffMs * (0.5 + Math.random() / 2)),
      )
      // Told to stop, it gives up above.
      await pause(waitMs, undefined, { signal, ref: false }).catch(() => undefined)
    }
  }

  async #attempt({ id, event, json, text }: Notification, attempt: number): Promise<Attempt> {
    const { url, secret, format, timeoutMs } = this.#config
    const body = format === 'slack' ? JSON.stringify({ text: slackText(text) }) : json
    try {
      const {
        statusCode,
        headers,
        body: answer,
      } = await request(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'user-agent': 'loadstar',
          'x-loadstar-event': event,
          'x-loadstar-delivery': id,
          'x-loadstar-attempt': String(attempt),
          ...(secret === undefined ? {} : { 'x-loadstar-signature': signatureOf(secret, body, Date.now()) }),
        },
        body,
        dispatcher: this.#agent,
        signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), this.#stopped.signal]),
      })
      // What it says is nobody's business here; reading it keeps the connection usable.
      await answer.dump()
      return attemptOf(statusCode, headers['retry-after'])
    } catch (error) {
      return { kind: 'failed', why: reasonOf(error), retryAfterMs: 0 }
    }
  }

  #giveUp({ id, event }: Notification, attempts: number, why: string): void {
    this.#givenUp++
    const fields = { webhook: this.#config.id, event, delivery: id, attempts, why }
    this.#log.warn(fields, 'a notification was given up')
  }
}

function attemptOf(status: number, retryAfter: string | string[] | undefined): Attempt {
  if (status >= 200 && status < 300) return { kind: 'delivered' }
  const why = `status ${status}`
  if (status !== 408 && status !== 425 && status !== 429 && status < 500) return { kind: 'refused', why }
  const seconds = Number(retryAfter)
  return { kind: 'failed', why, retryAfterMs: seconds > 0 ? seconds * 1_000 : 0 }
}

/** Never the message of an error: it may hold the address. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}

/** The three signs that mean something to Slack. */
function slackText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
