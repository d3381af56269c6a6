import OpenAI from 'openai'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { configOf, quietInstance } from './rig.js'
import { answering, beginning, event, failing, startUpstream, streamOf } from './scripted-upstream.js'
import { startTwoModels, type Behaviour, type TwoModels } from './two-models.js'

const opened: { stop(): Promise<void> }[] = []
afterEach(async () => {
  for (const part of opened.splice(0).reverse()) await part.stop()
})

/** Two models behind one alias; the first is the better one, and fails as told. */
async function rigOf(failure: Behaviour, routing = '', firstModel = '', slots = 4): Promise<TwoModels> {
  const rig = await startTwoModels({ first: failure, firstModel, slots: [slots, 4], routing })
  opened.push(rig.first, rig.second, rig.instance)
  return rig
}

const messages = [{ role: 'user' as const, content: 'hi' }]

function ask(client: OpenAI, model = 'chat') {
  return client.chat.completions.create({ model, messages }).withResponse()
}

async function read(client: OpenAI, model = 'chat'): Promise<{ text: string; headers: Headers }> {
  const { data, response } = await client.chat.completions
    .create({ model, messages, stream: true })
    .withResponse()
  let text = ''
  for await (const part of data) text += part.choices[0]?.delta.content ?? ''
  return { text, headers: response.headers }
}

function expectFree({ instance, first, second }: TwoModels): void {
  expect(instance.snapshot()).toMatchObject({ inFlight: 0, waiting: 0 })
  expect([first.active, second.active]).toEqual([0, 0])
}

const errorEvent = `data: ${JSON.stringify({ error: { message: 'out of memory', type: 'server_error' } })}\n\n`

describe('a model that fails before it has said anything', () => {
  const anyway: [string, string, Behaviour][] = [
    ['answers 500', '', failing(500)],
    ['limits our rate', '', failing(429, { 'retry-after': '60' })],
    ['refuses our key', '', failing(401)],
    ['hangs up', '', (req) => req.socket.destroy()],
    ['answers nonsense', '', (_req, res) => res.writeHead(200, { 'content-type': 'text/html' }).end('<h1>')],
    ['is silent', 'timeouts: { first_byte_ms: 200 }', () => undefined],
    [
      'answers 200 with an error inside',
      '',
      (_req, res) =>
        res.writeHead(200, { 'content-type': 'application/json' }).end('{"error":{"message":"busy"}}'),
    ],
  ]
  const streamed: [string, string, Behaviour][] = [
    ['opens its stream and sends an error', '', beginning(errorEvent, (_req, res) => res.end())],
    ['opens its stream, sends an error and stays', '', beginning(errorEvent, () => undefined)],
    ['opens its stream and hangs up', '', beginning('', (req) => setTimeout(() => req.socket.destroy(), 10))],
    ['opens its stream and ends it', '', beginning('', (_req, res) => res.end())],
    [
      'opens its stream and hangs up in an event',
      '',
      beginning('data: {"cho', (req) => setTimeout(() => req.socket.destroy(), 10)),
    ],
    ['opens its stream and stalls', 'timeouts: { first_byte_ms: 200 }', beginning('', () => undefined)],
  ]

  it.each([...anyway, ...streamed])(
    '%s: a stream comes whole from another',
    async (_name, routing, failure) => {
      const rig = await rigOf(failure, routing)
      const { text, headers } = await read(rig.client)
      expect(text).toBe('from the second')
      expect(headers.get('x-loadstar-model')).toBe('second')
      expect(headers.get('x-loadstar-attempts')).toBe('2')
      expect(rig.instance.snapshot().models).toMatchObject([
        { id: 'first', requests: 1, failures: 1 },
        { id: 'second', requests: 1, failures: 0 },
      ])
      await vi.waitFor(() => expectFree(rig))
    },
  )

  it.each(anyway)('%s: a whole answer comes from another', async (_name, routing, failure) => {
    const rig = await rigOf(failure, routing)
    const { data, response } = await ask(rig.client)
    expect(data.choices[0]?.message.content).toBe('from the second')
    expect(response.headers.get('x-loadstar-attempts')).toBe('2')
    await vi.waitFor(() => expectFree(rig))
  })

  it('leaves nothing of itself in the stream: the client reads the other model’s bytes alone', async () => {
    const { instance } = await rigOf(beginning(errorEvent, (_req, res) => res.end()))
    const answer = await fetch(`${instance.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-agent-id': 'a' },
      body: JSON.stringify({ model: 'chat', messages, stream: true }),
    })
    expect(await answer.text()).toBe(streamOf('from the second'))
  })

  it('is the one whose error is told when the other fails as well, with the number of attempts', async () => {
    const rig = await rigOf(failing(500))
    rig.second.behave(failing(503))
    const error = await ask(rig.client).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ status: 502, code: 'upstream_server_error', type: 'upstream_error' })
    expect((error as Error).message).toContain('"second" answered 503')
    expect((error as { headers: Headers }).headers.get('x-loadstar-attempts')).toBe('2')
    await vi.waitFor(() => expectFree(rig))
  })

  it('is not left for another when one attempt is all there may be', async () => {
    const rig = await rigOf(failing(500), 'retries: { max_attempts: 1 }')
    await expect(ask(rig.client)).rejects.toMatchObject({ status: 502 })
    expect(rig.second.calls).toBe(0)
  })

  it('and says when to come again is left alone until then', async () => {
    const rig = await rigOf(failing(429, { 'retry-after': '60' }))
    const attempts: (string | null)[] = []
    for (let i = 0; i < 3; i++) {
      attempts.push((await ask(rig.client)).response.headers.get('x-loadstar-attempts'))
    }
    expect(attempts).toEqual(['2', '1', '1'])
    expect(rig.first.calls).toBe(1)
  })

  it('is tried once more when it hung up and nobody else can answer', async () => {
    const rig = await rigOf((req) => req.socket.destroy())
    rig.first.behave((req) => {
      rig.first.behave(answering('second time'))
      req.socket.destroy()
    })
    const { data, response } = await ask(rig.client, 'first')
    expect(data.choices[0]?.message.content).toBe('second time')
    expect(response.headers.get('x-loadstar-attempts')).toBe('2')
    await vi.waitFor(() => expectFree(rig))
  })
})

describe('a model that has begun to answer', () => {
  it('is never replaced: the client has what came, then the error', async () => {
    const rig = await rigOf(
      beginning(event({ content: 'half an ' }), (req) => setTimeout(() => req.socket.destroy(), 10)),
    )
    await expect(read(rig.client)).rejects.toMatchObject({ code: 'upstream_cut' })
    expect(rig.second.calls).toBe(0)
    await vi.waitFor(() => expectFree(rig))
  })

  it('with a refusal of the request itself is not asked again, nor is another', async () => {
    const rig = await rigOf(failing(400))
    await expect(ask(rig.client)).rejects.toMatchObject({ status: 400 })
    expect([rig.first.calls, rig.second.calls]).toEqual([1, 0])
  })

  it('with such a refusal inside a stream is told with its own status', async () => {
    const refusal = {
      error: { message: 'too long', type: 'invalid_request_error', param: 'messages', code: null },
    }
    const rig = await rigOf(beginning(`data: ${JSON.stringify(refusal)}\n\n`, (_req, res) => res.end()))
    await expect(read(rig.client)).rejects.toMatchObject({ status: 400, param: 'messages' })
    expect(rig.second.calls).toBe(0)
    expect(rig.instance.snapshot().models[0]).toMatchObject({ requests: 1, failures: 0 })
  })
})

describe('fallbacks', () => {
  it('answer for a model that fails, in the order they are written', async () => {
    const third = await startUpstream(failing(500))
    const fourth = await startUpstream(answering('from the fourth'))
    const first = await startUpstream(failing(500))
    const instance = await quietInstance(
      configOf(`
models:
  - { id: first, base_url: '${first.url}', max_concurrent: 4, fallbacks: [nobody, third, fourth] }
  - { id: fourth, base_url: '${fourth.url}', max_concurrent: 4 }
  - { id: third, base_url: '${third.url}', max_concurrent: 4 }
`),
    )
    opened.push(first, third, fourth, instance)
    const client = new OpenAI({ baseURL: `${instance.url}/v1`, apiKey: 'unused', maxRetries: 0 })
    const { data, response } = await ask(client, 'first')
    expect(data.choices[0]?.message.content).toBe('from the fourth')
    expect(response.headers.get('x-loadstar-attempts')).toBe('3')
    expect([first.calls, third.calls, fourth.calls]).toEqual([1, 1, 1])
  })

  it('answer for a model that takes nobody, without counting as a retry', async () => {
    const rig = await rigOf(
      failing(500),
      'retries: { share: 0, min_per_second: 0 }',
      ', fallbacks: [second]',
      0,
    )
    const { data, response } = await ask(rig.client, 'first')
    expect(data.choices[0]?.message.content).toBe('from the second')
    expect(response.headers.get('x-loadstar-attempts')).toBe('1')
    expect(rig.first.calls).toBe(0)
  })

  it('are none unless written: a request for one model goes to no other', async () => {
    const rig = await rigOf(failing(500))
    await expect(ask(rig.client, 'first')).rejects.toMatchObject({ status: 502 })
    expect(rig.second.calls).toBe(0)
  })
})

describe('the retry budget', () => {
  it('holds when everything fails: a fifth of the recent successes, and not one more', async () => {
    const rig = await rigOf(answering('well'), 'retries: { share: 0.2, min_per_second: 0 }')
    for (let i = 0; i < 50; i++) await ask(rig.client)
    rig.first.behave(failing(500))
    rig.second.behave(failing(500))
    const before = rig.first.calls + rig.second.calls
    const results = await Promise.allSettled(Array.from({ length: 100 }, () => ask(rig.client)))
    expect(results.every(({ status }) => status === 'rejected')).toBe(true)
    expect(before).toBe(50)
    expect(rig.first.calls + rig.second.calls - before).toBe(110)
    await vi.waitFor(() => expectFree(rig))
  })
})

describe('a client that leaves during the second attempt', () => {
  it('frees its slot and ends the call, and no third is made', async () => {
    const rig = await rigOf(failing(500))
    rig.second.behave(() => undefined)
    const leaving = new AbortController()
    const left = rig.client.chat.completions.create({ model: 'chat', messages }, { signal: leaving.signal })
    await vi.waitFor(() => expect(rig.second.active).toBe(1))
    leaving.abort()
    await expect(left).rejects.toThrow()
    await vi.waitFor(() => expectFree(rig))
    expect([rig.first.calls, rig.second.calls]).toEqual([1, 1])
    expect(rig.instance.snapshot().models[1]).toMatchObject({ requests: 1, failures: 0 })
  })
})
