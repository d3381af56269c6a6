import { createHmac, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AlertWatch, type Severity } from '@loadstar/core'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { WebhookConfig } from '../../config/alerts-config.js'
import { Mailbox } from './mailbox.js'
import { alertNotification, type Notification } from './notification.js'

interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

const closing: (() => Promise<unknown> | undefined)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** A real receiver, which answers the n-th request as told. */
async function receiver(answer: (res: ServerResponse, count: number) => void) {
  const received: Received[] = []
  const server = createServer((req, res) => {
    let body = ''
    req.setEncoding('utf8').on('data', (part: string) => (body += part))
    req.on('end', () => {
      received.push({ headers: req.headers, body })
      answer(res, received.length)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  closing.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return { url: `http://127.0.0.1:${port}/hook/top-secret-path`, received }
}

const status =
  (code: number, headers: Record<string, string> = {}) =>
  (res: ServerResponse) => {
    res.writeHead(code, headers).end('whatever')
  }

function mailboxTo(url: string, more: Partial<WebhookConfig> = {}) {
  const logged: object[] = []
  const config: WebhookConfig = {
    id: 'hook',
    url,
    format: 'json',
    minSeverity: 'warning',
    timeoutMs: 5_000,
    maxAttempts: 4,
    minBackoffMs: 2,
    maxBackoffMs: 8,
    maxQueue: 10,
    drainMs: 5_000,
    ...more,
  }
  const mailbox = new Mailbox(config, { warn: (fields) => void logged.push(fields) })
  closing.push(() => mailbox.stop())
  return { mailbox, logged }
}

/** What an alert watch says of a model that has failed so often. */
function notice(failures = 3): Notification {
  const watch = new AlertWatch()
  for (let i = 0; i < failures; i++) watch.record('m<1>&', 'upstream_error', undefined, 1_000)
  const [change] = watch.evaluate([{ modelId: 'm<1>&', isUsable: true }], 2_000)
  const notification = change && alertNotification(change)
  if (notification === undefined) throw new Error('nothing was wrong')
  return notification
}

const withSeverity = (severity: Severity): Notification => ({ ...notice(), severity })

const until = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 20_000, interval: 5 })

describe('a notification', () => {
  it('is delivered whole, with its id and what it is about', async () => {
    const { url, received } = await receiver(status(204))
    const { mailbox } = mailboxTo(url)
    const sent = notice()
    mailbox.put(sent)
    await until(() => mailbox.state().delivered === 1)
    const [{ headers, body }] = received as [Received]
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'x-loadstar-event': 'alert.raised',
      'x-loadstar-delivery': sent.id,
      'x-loadstar-attempt': '1',
    })
    expect(headers['x-loadstar-signature']).toBeUndefined()
    expect(JSON.parse(body)).toMatchObject({
      id: sent.id,
      event: 'alert.raised',
      severity: 'error',
      alert: {
        type: 'model_failure',
        model_id: 'm<1>&',
        severity: 'error',
        status: 'active',
        value: 3,
        threshold: 3,
      },
    })
  })

  it('is tried again with the same id after a failure, and signed anew each time', async () => {
    const { url, received } = await receiver((res, count) => status(count === 1 ? 500 : 200)(res))
    const secret = 'a secret of some length'
    const { mailbox, logged } = mailboxTo(url, { secret })
    mailbox.put(notice())
    await until(() => mailbox.state().delivered === 1)
    expect(received.map(({ headers }) => headers['x-loadstar-attempt'])).toEqual(['1', '2'])
    expect(new Set(received.map(({ headers }) => headers['x-loadstar-delivery'])).size).toBe(1)
    for (const { headers, body } of received) expect(isGenuine(headers, body, secret)).toBe(true)
    expect(isGenuine(received[0]?.headers ?? {}, `${received[0]?.body} `, secret)).toBe(false)
    expect(isGenuine(received[0]?.headers ?? {}, received[0]?.body ?? '', 'another secret of length')).toBe(
      false,
    )
    expect(logged).toEqual([])
  })

  it('is given up after so many attempts, and logged without address, body and secret', async () => {
    const { url, received } = await receiver(status(503))
    const secret = 'a secret of some length'
    const { mailbox, logged } = mailboxTo(url, { secret, maxAttempts: 3 })
    mailbox.put(notice())
    await until(() => mailbox.state().givenUp === 1)
    expect(received).toHaveLength(3)
    expect(logged).toMatchObject([{ webhook: 'hook', attempts: 3, why: 'status 503' }])
    expect(JSON.stringify(logged)).not.toMatch(/127\.0\.0\.1|top-secret-path|a secret/)
  })

  it('that is refused as wrong, or sent elsewhere, is not tried again', async () => {
    const { url, received } = await receiver((res, count) =>
      count === 1 ? status(400)(res) : status(302, { location: url })(res),
    )
    const { mailbox, logged } = mailboxTo(url)
    mailbox.put(notice())
    mailbox.put(notice())
    await until(() => mailbox.state().givenUp === 2)
    expect(received).toHaveLength(2)
    expect(logged).toMatchObject([{ why: 'status 400' }, { why: 'status 302' }])
  })

  it('comes through when the receiver is slow at first, and when it is closed', async () => {
    const { url, received } = await receiver((res, count) => {
      if (count > 1) status(200)(res)
    })
    const slow = mailboxTo(url, { timeoutMs: 60 })
    slow.mailbox.put(notice())
    await until(() => slow.mailbox.state().delivered === 1)
    expect(received).toHaveLength(2)
    const closed = mailboxTo('http://127.0.0.1:1/hook', { maxAttempts: 2 })
    closed.mailbox.put(notice())
    await until(() => closed.mailbox.state().givenUp === 1)
    expect(closed.logged).toMatchObject([{ attempts: 2, why: 'ECONNREFUSED' }])
  })

  it('is only sent from the least severity on', async () => {
    const { url, received } = await receiver(status(200))
    const { mailbox } = mailboxTo(url, { minSeverity: 'error' })
    for (const severity of ['info', 'warning', 'critical', 'error'] as const)
      mailbox.put(withSeverity(severity))
    await until(() => mailbox.state().delivered === 2)
    const severities = received.map(({ headers }) => headers['x-loadstar-delivery'])
    expect(severities).toHaveLength(2)
  })

  it('is a line of text for Slack, its signs escaped', async () => {
    const { url, received } = await receiver(status(200))
    const { mailbox } = mailboxTo(url, { format: 'slack' })
    mailbox.put(notice())
    await until(() => mailbox.state().delivered === 1)
    expect(JSON.parse(received[0]?.body ?? '')).toEqual({
      text: 'error: model_failure: model "m&lt;1&gt;&amp;" failed 3 times in a row, 3 or more',
    })
  })
})

describe('a mailbox', () => {
  it('keeps the order, also over a failure', async () => {
    const { url, received } = await receiver((res, count) => status(count === 2 ? 500 : 200)(res))
    const { mailbox } = mailboxTo(url)
    const sent = [notice(), notice(), notice()]
    for (const notification of sent) mailbox.put(notification)
    await until(() => mailbox.state().delivered === 3)
    const ids = received.map(({ headers }) => headers['x-loadstar-delivery'])
    expect(ids).toEqual([sent[0]?.id, sent[1]?.id, sent[1]?.id, sent[2]?.id])
  })

  it('holds no more than it may: the oldest that nobody has tried is given up', async () => {
    const { url, received } = await receiver(() => undefined)
    const { mailbox, logged } = mailboxTo(url, { maxQueue: 2, drainMs: 0 })
    const sent = Array.from({ length: 5 }, () => notice())
    for (const notification of sent) mailbox.put(notification)
    await until(() => received.length === 1)
    expect(mailbox.state()).toMatchObject({ waiting: 2, givenUp: 3 })
    expect(logged).toMatchObject([1, 2, 3].map((i) => ({ delivery: sent[i]?.id, why: 'the queue is full' })))
  })

  it('stops in its time, with a receiver that never answers and more waiting', async () => {
    const { url, received } = await receiver(() => undefined)
    const { mailbox, logged } = mailboxTo(url, {
      drainMs: 10,
      timeoutMs: 60_000,
      minBackoffMs: 60_000,
      maxBackoffMs: 60_000,
    })
    mailbox.put(notice())
    mailbox.put(notice())
    await until(() => received.length === 1)
    await mailbox.stop()
    expect(logged).toHaveLength(2)
    expect(mailbox.state()).toMatchObject({ waiting: 0, delivered: 0, givenUp: 2 })
  })

  it('delivers what waits before it stops', async () => {
    const { url } = await receiver(status(200))
    const { mailbox } = mailboxTo(url)
    mailbox.put(notice())
    mailbox.put(notice())
    await mailbox.stop()
    expect(mailbox.state().delivered).toBe(2)
  })
})

/** As docs/operations/webhooks.md tells receivers to do it. */
function isGenuine(headers: IncomingHttpHeaders, body: string, secret: string): boolean {
  const [, seconds = '', signature = ''] =
    /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['x-loadstar-signature'])) ?? []
  if (Math.abs(Date.now() / 1_000 - Number(seconds)) > 300) return false
  const expected = createHmac('sha256', secret).update(`${seconds}.${body}`).digest()
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'))
}
