import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Json } from '../src/gateway/translation/dialect.js'
import { outcomesOf, startBothApis, type BothApis } from './both-apis.js'
import { FLOWS, type ClientApi, type Flow } from './flows.js'
import { configOf, quietInstance } from './rig.js'
import { CHAT, FINAL, MESSAGES, RESPONSES } from './said.js'
import { PIECES, type Pieces } from './stream-pieces.js'
import type { Behaviour } from './two-models.js'

const WHOLE: Readonly<Record<ClientApi, Json>> = {
  chat: CHAT.text,
  messages: MESSAGES.text,
  responses: RESPONSES.text,
}

const PATH: Readonly<Record<ClientApi, string>> = {
  chat: '/v1/chat/completions',
  messages: '/v1/messages',
  responses: '/v1/responses',
}

let rig: BothApis | undefined
afterEach(async () => {
  await rig?.stop()
  rig = undefined
})

function askedOf({ client, model }: Flow, isStream: boolean): Json {
  const said = [{ role: 'user', content: 'hi' }]
  const common = { model, stream: isStream }
  if (client === 'responses') return { ...common, input: said }
  return client === 'messages' ? { ...common, max_tokens: 9, messages: said } : { ...common, messages: said }
}

interface Answer {
  readonly status: number
  readonly reason: string | null
  readonly text: string
}

async function ask(url: string, flow: Flow, isStream: boolean, signal?: AbortSignal): Promise<Answer> {
  const answer = await fetch(url + PATH[flow.client], {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(askedOf(flow, isStream)),
    ...(signal ? { signal } : {}),
  })
  return {
    status: answer.status,
    reason: answer.headers.get('x-loadstar-reason'),
    text: await answer.text(),
  }
}

/** Whether the client is told that its answer is complete. */
function isComplete(client: ClientApi, text: string): boolean {
  switch (client) {
    case 'chat':
      return text.includes('data: [DONE]')
    case 'messages':
      return text.includes('message_stop')
    case 'responses':
      return text.includes('response.completed') || text.includes('[DONE]')
  }
}

/** The errors that a stream tells, as SDKs of that API find them. */
function errorsIn(client: ClientApi, text: string): readonly Json[] {
  const errors: Json[] = []
  for (const event of text.split('\n\n')) {
    const data = /^data: (.*)$/m.exec(event)?.[1]
    if (data === undefined || data === '[DONE]') continue
    const value = JSON.parse(data) as { error?: Json; type?: string }
    const isNamed = client === 'chat' || /^event: error$/m.test(event)
    if (isNamed && typeof value.error === 'object') errors.push(value.error)
  }
  return errors
}

const JSON_HEAD = { 'content-type': 'application/json' }
const EVENTS_HEAD = { 'content-type': 'text/event-stream' }

/** Sends these events, and then does something once they are out. */
function streaming(
  events: string,
  then: (res: ServerResponse, req: IncomingMessage) => void = () => undefined,
): Behaviour {
  return (req, res) => {
    res.writeHead(200, EVENTS_HEAD)
    res.write(events, () => then(res, req))
  }
}

/** Closes the connection when what was sent is likely to have arrived. */
function hangUp(_res: ServerResponse, req: IncomingMessage): void {
  setTimeout(() => req.socket.destroy(), 20)
}

/** Sends something again and again. */
function dribble(what: string): (res: ServerResponse) => void {
  return (res) => {
    const timer = setInterval(() => res.write(what), 30)
    res.once('close', () => clearInterval(timer))
  }
}

/** What is told a client: a whole answer, a whole stream, an error answer, or a stream that ends with one error. */
type Told =
  | { readonly kind: 'whole' | 'stream' }
  | { readonly kind: 'error'; readonly status: number; readonly reason: string | null }
  | { readonly kind: 'broken'; readonly code: string | RegExp }

interface Ending {
  readonly name: string
  readonly isStream: boolean
  readonly routing?: string
  says(pieces: Pieces, whole: Json): Behaviour
  readonly outcome: string
  readonly told: Told
}

const error = (status: number, reason: string | null): Told => ({ kind: 'error', status, reason })
const broken = (code: string | RegExp): Told => ({ kind: 'broken', code })
const CUT = broken(/broke off/)
const FAILED = broken(/out of memory/)
const says = (
  status: number,
  body: string,
  head: Readonly<Record<string, string>> = JSON_HEAD,
): Behaviour => {
  return (_req, res) => res.writeHead(status, head).end(body)
}

const WHOLE_ENDINGS: readonly Ending[] = [
  {
    name: 'complete',
    isStream: false,
    says: (_pieces, whole) => says(200, JSON.stringify(whole)),
    outcome: 'completed',
    told: { kind: 'whole' },
  },
  {
    name: 'refused by the model',
    isStream: false,
    says: ({ isAnthropic }) =>
      says(
        400,
        `{${isAnthropic ? '"type":"error",' : ''}"error":{"type":"invalid_request_error","message":"too long"}}`,
      ),
    outcome: 'refused_by_model',
    told: error(400, null),
  },
  {
    name: 'failed by the model',
    isStream: false,
    says: () => says(500, '{"error":{"message":"boom"}}'),
    outcome: 'upstream_error',
    told: error(502, 'upstream_server_error'),
  },
  {
    name: 'limited by the model',
    isStream: false,
    says: () => says(429, '{"error":{"message":"slow"}}'),
    outcome: 'upstream_error',
    told: error(429, 'upstream_rate_limited'),
  },
  {
    name: 'hung up on',
    isStream: false,
    says: () => (req) => req.socket.destroy(),
    outcome: 'upstream_error',
    told: error(502, 'upstream_unreachable'),
  },
  {
    name: 'answered with nonsense',
    isStream: false,
    says: () => says(200, '<h1>', { 'content-type': 'text/html' }),
    outcome: 'upstream_error',
    told: error(502, 'upstream_invalid_answer'),
  },
  {
    name: 'answered with an error inside a 200',
    isStream: false,
    says: () => says(200, '{"error":{"message":"busy","type":"server_error"}}'),
    outcome: 'upstream_error',
    told: error(502, 'upstream_server_error'),
  },
  {
    name: 'cut in the middle',
    isStream: false,
    says: () => (req, res) => {
      res.writeHead(200, { ...JSON_HEAD, 'content-length': '1000' })
      res.write('{"id":', () => hangUp(res, req))
    },
    outcome: 'upstream_cut',
    told: error(502, 'upstream_cut'),
  },
  {
    name: 'without a first byte',
    isStream: false,
    routing: 'timeouts: { first_byte_ms: 100 }',
    says: () => () => undefined,
    outcome: 'upstream_timeout',
    told: error(504, 'upstream_first_byte_timeout'),
  },
  {
    name: 'paused for too long',
    isStream: false,
    routing: 'timeouts: { idle_ms: 100 }',
    says: () => (_req, res) => void res.writeHead(200, JSON_HEAD).write('{"id":'),
    outcome: 'upstream_timeout',
    told: error(504, 'upstream_idle_timeout'),
  },
  {
    name: 'too long in all',
    isStream: false,
    routing: 'timeouts: { total_ms: 150 }',
    says: () => (_req, res) => dribble(' ')(res.writeHead(200, JSON_HEAD)),
    outcome: 'upstream_timeout',
    told: error(504, 'upstream_total_timeout'),
  },
]

const STREAM_ENDINGS: readonly Ending[] = [
  {
    name: 'complete',
    isStream: true,
    says: ({ opening, content, rest }) => streaming(opening + content + rest, (res) => res.end()),
    outcome: 'completed',
    told: { kind: 'stream' },
  },
  {
    name: 'failed before it began',
    isStream: true,
    says: () => says(500, '{"error":{"message":"boom"}}'),
    outcome: 'upstream_error',
    told: error(502, 'upstream_server_error'),
  },
  {
    name: 'an error before its content',
    isStream: true,
    says: ({ opening, failure }) => streaming(opening + failure, (res) => res.end()),
    outcome: 'upstream_error',
    told: error(502, 'upstream_server_error'),
  },
  {
    name: 'an error before its content, on a connection that stays',
    isStream: true,
    says: ({ opening, failure }) => streaming(opening + failure),
    outcome: 'upstream_error',
    told: error(502, 'upstream_server_error'),
  },
  {
    name: 'an error behind its content',
    isStream: true,
    says: ({ opening, content, failure }) => streaming(opening + content + failure, (res) => res.end()),
    outcome: 'upstream_cut',
    told: FAILED,
  },
  {
    name: 'an error behind its content, in a piece of its own, and its usual end',
    isStream: true,
    says: ({ opening, content, failure, rest }) =>
      streaming(opening + content, (res) => setTimeout(() => res.end(failure + rest), 30)),
    outcome: 'upstream_cut',
    told: FAILED,
  },
  {
    name: 'an error behind its content, on a connection that stays',
    isStream: true,
    says: ({ opening, content, failure }) => streaming(opening + content + failure),
    outcome: 'upstream_cut',
    told: FAILED,
  },
  {
    name: 'answered whole',
    isStream: true,
    says: (_pieces, whole) => says(200, JSON.stringify(whole)),
    outcome: 'upstream_error',
    told: error(502, 'upstream_invalid_answer'),
  },
  {
    name: 'ended before its content',
    isStream: true,
    says: ({ opening }) => streaming(opening, (res) => res.end()),
    outcome: 'upstream_cut',
    told: error(502, 'upstream_cut'),
  },
  {
    name: 'ended without its end',
    isStream: true,
    says: ({ opening, content }) => streaming(opening + content, (res) => res.end()),
    outcome: 'upstream_cut',
    told: CUT,
  },
  {
    name: 'cut in the middle of an event',
    isStream: true,
    says: ({ opening, content }) => streaming(opening + content + content.slice(0, 20), hangUp),
    outcome: 'upstream_cut',
    told: CUT,
  },
  {
    name: 'without a first byte',
    isStream: true,
    routing: 'timeouts: { first_byte_ms: 100 }',
    says: () => () => undefined,
    outcome: 'upstream_timeout',
    told: error(504, 'upstream_first_byte_timeout'),
  },
  {
    name: 'without a first token',
    isStream: true,
    routing: 'timeouts: { first_byte_ms: 150 }',
    says: ({ opening }) => streaming(opening),
    outcome: 'upstream_timeout',
    told: error(504, 'upstream_first_byte_timeout'),
  },
  {
    name: 'paused for too long',
    isStream: true,
    routing: 'timeouts: { idle_ms: 100 }',
    says: ({ opening, content }) => streaming(opening + content),
    outcome: 'upstream_timeout',
    told: broken(/paused in its answer/),
  },
  {
    name: 'too long in all',
    isStream: true,
    routing: 'timeouts: { total_ms: 200 }',
    says: ({ opening, content }) => streaming(opening + content, dribble(content)),
    outcome: 'upstream_timeout',
    told: broken(/no answer was complete within 200 ms/),
  },
]

function upstreamOf({ openai, anthropic }: BothApis, { backend }: Flow): BothApis['openai'] {
  return backend === 'messages' ? anthropic : openai
}

function check({ client }: Flow, { status, reason, text }: Answer, told: Told): void {
  switch (told.kind) {
    case 'whole':
      expect(status).toBe(200)
      expect(JSON.stringify(JSON.parse(text))).toContain(FINAL)
      return
    case 'stream':
      expect(status).toBe(200)
      expect(isComplete(client, text)).toBe(true)
      expect(errorsIn(client, text)).toEqual([])
      return
    case 'error': {
      expect({ status, reason }).toEqual({ status: told.status, reason: told.reason })
      const body = JSON.parse(text) as { type?: string; error: Json }
      expect(body.type).toBe(client === 'messages' ? 'error' : undefined)
      expect(body.error).toMatchObject({
        message: expect.any(String) as string,
        type: expect.any(String) as string,
      })
      return
    }
    case 'broken': {
      expect(status).toBe(200)
      expect(isComplete(client, text)).toBe(false)
      const errors = errorsIn(client, text)
      expect(errors).toHaveLength(1)
      expect(errors[0]?.['message']).toMatch(told.code)
    }
  }
}

describe.each(FLOWS)('$client of a client before $backend of a backend', (flow) => {
  const start = async (routing = ''): Promise<BothApis> => {
    rig = await startBothApis(`retries: { max_attempts: 1 }, ${routing}`)
    return rig
  }

  it.each(WHOLE_ENDINGS.concat(STREAM_ENDINGS))('streamed $isStream: $name → $outcome', async (ending) => {
    const { isStream, routing, outcome, told } = ending
    const rig = await start(routing)
    upstreamOf(rig, flow).say(ending.says(PIECES[flow.backend], WHOLE[flow.backend]))
    check(flow, await ask(rig.instance.url, flow, isStream), told)
    await rig.expectFree()
    expect(await rig.outcomes()).toEqual({ [outcome]: 1 })
  })

  it.each([true, false])('a client that leaves before its answer began, streamed: %s', async (isStream) => {
    const rig = await start()
    upstreamOf(rig, flow).say(() => undefined)
    const leaving = new AbortController()
    const left = ask(rig.instance.url, flow, isStream, leaving.signal)
    await vi.waitFor(() => expect(upstreamOf(rig, flow).calls).toBe(1))
    leaving.abort()
    await expect(left).rejects.toThrow()
    await rig.expectFree()
    expect(await rig.outcomes()).toEqual({ client_gone: 1 })
  })

  it('a client that leaves in the middle of its stream', async () => {
    const rig = await start()
    const { opening, content } = PIECES[flow.backend]
    upstreamOf(rig, flow).say(streaming(opening + content, dribble(content)))
    const leaving = new AbortController()
    const answer = await fetch(rig.instance.url + PATH[flow.client], {
      method: 'POST',
      headers: JSON_HEAD,
      body: JSON.stringify(askedOf(flow, true)),
      signal: leaving.signal,
    })
    await answer.body?.getReader().read()
    leaving.abort()
    await rig.expectFree()
    expect(await rig.outcomes()).toEqual({ client_gone: 1 })
  })

  it('clients that leave while they wait, and while their answer is made', async () => {
    const rig = await start()
    const silence = () => undefined
    upstreamOf(rig, flow).say(silence, silence)
    const leaving = [new AbortController(), new AbortController(), new AbortController()]
    const left = leaving.map(({ signal }) => ask(rig.instance.url, flow, false, signal).catch(() => 'left'))
    await vi.waitFor(() => expect(rig.instance.snapshot()).toMatchObject({ inFlight: 2, waiting: 1 }))
    const refused = await ask(rig.instance.url, flow, false)
    expect(refused).toMatchObject({ status: 429, reason: 'queue_full' })
    // Nobody knows which of the three waits; whoever does must not reach the model when the others leave together with it.
    for (const one of leaving) one.abort()
    expect(await Promise.all(left)).toEqual(['left', 'left', 'left'])
    await rig.expectFree()
    const { client_gone: gone = 0, cancelled_in_queue: cancelled = 0, ...others } = await rig.outcomes()
    expect(others).toEqual({ rejected_queue_full: 1 })
    expect([gone + cancelled, gone >= 2]).toEqual([3, true])
  })

  it('a client that waits for longer than it may', async () => {
    const rig = await start('max_wait_ms: 100')
    const silence = () => undefined
    upstreamOf(rig, flow).say(silence, silence)
    const leaving = new AbortController()
    const running = [1, 2].map(() => ask(rig.instance.url, flow, true, leaving.signal).catch(() => 'left'))
    await vi.waitFor(() => expect(rig.instance.snapshot()).toMatchObject({ inFlight: 2 }))
    check(flow, await ask(rig.instance.url, flow, true), error(429, 'queue_wait_expired'))
    leaving.abort()
    await Promise.all(running)
    await rig.expectFree()
    expect(await rig.outcomes()).toEqual({ client_gone: 2, expired_in_queue: 1 })
  })

  it('an instance that stops in the middle of a stream, and while a client waits', async () => {
    rig = await startBothApis('', 'shutdown_grace_ms: 200')
    const { instance } = rig
    const { opening, content } = PIECES[flow.backend]
    const endless = streaming(opening + content, dribble(content))
    upstreamOf(rig, flow).say(endless, endless)
    const running = [1, 2].map(() => ask(instance.url, flow, true))
    await vi.waitFor(() => expect(instance.snapshot()).toMatchObject({ inFlight: 2 }))
    const waiting = ask(instance.url, flow, true)
    await vi.waitFor(() => expect(instance.snapshot()).toMatchObject({ waiting: 1 }))
    const stopped = instance.stop()
    check(flow, await waiting, error(503, 'draining'))
    expect(await rig.outcomes()).toEqual({ rejected_draining: 1 })
    for (const answer of await Promise.all(running)) check(flow, answer, broken(/gateway was stopped/))
    await stopped
    await rig.expectFree()
    expect(instance.snapshot()).toMatchObject({ submitted: 3, completed: 0 })
  })
})

it.each(FLOWS.filter(({ client, backend }) => client !== backend))(
  'a stream that nobody asked for is no answer to $client from $backend',
  async (flow) => {
    rig = await startBothApis('retries: { max_attempts: 1 }')
    const { opening, content, rest } = PIECES[flow.backend]
    upstreamOf(rig, flow).say(says(200, opening + content + rest, EVENTS_HEAD))
    check(flow, await ask(rig.instance.url, flow, false), error(502, 'upstream_invalid_answer'))
    await rig.expectFree()
    expect(await rig.outcomes()).toEqual({ upstream_error: 1 })
  },
)

describe('a backend that accepts no connection', () => {
  it.each(FLOWS.filter(({ client, backend }) => client === backend))(
    'is given up in time: $client',
    async (flow) => {
      // A process that is stopped accepts nobody; what waits beyond the backlog is not even connected.
      const listener = spawn(process.execPath, [
        '-e',
        `const server = require('node:net').createServer()
        server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port))`,
      ])
      const [line] = (await once(listener.stdout, 'data')) as [Buffer]
      const port = Number(line.toString())
      listener.kill('SIGSTOP')
      const waiting = Array.from({ length: 8 }, () => connect(port, '127.0.0.1').on('error', () => undefined))
      const dialect = flow.backend === 'messages' ? 'anthropic' : 'openai'
      const instance = await quietInstance(
        configOf(`
models: [{ id: ${flow.model}, dialect: ${dialect}, base_url: 'http://127.0.0.1:${port}/v1', max_concurrent: 1 }]
routing: { retries: { max_attempts: 1 }, timeouts: { connect_ms: 200 } }
`),
      )
      try {
        check(flow, await ask(instance.url, flow, true), error(504, 'upstream_connect_timeout'))
        expect(instance.snapshot()).toMatchObject({ inFlight: 0, waiting: 0 })
        expect(await outcomesOf(instance.url)).toEqual({ upstream_timeout: 1 })
      } finally {
        for (const socket of waiting) socket.destroy()
        listener.kill('SIGKILL')
        await instance.stop()
      }
    },
  )
})
