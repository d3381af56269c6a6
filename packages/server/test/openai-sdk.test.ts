import type { APIError } from 'openai'
import OpenAI, { APIUserAbortError, RateLimitError } from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Instance } from '../src/cli/instance.js'
import { startFleet, type Fleet } from '../src/fleet/fleet.js'
import { parseFleet } from '../src/fleet/spec.js'
import { configOf, quietInstance } from './rig.js'

let fleet: Fleet
let instance: Instance
let client: OpenAI

const messages = [{ role: 'user' as const, content: 'Say something.' }]

beforeAll(async () => {
  fleet = await startFleet(
    parseFleet(
      {
        models: [
          {
            id: 'deep',
            max_concurrent: 2,
            latency: { median_ms: 20, sigma: 0 },
            tokens_per_second: 400,
            output_tokens: 8,
          },
          {
            id: 'quick',
            max_concurrent: 4,
            latency: { median_ms: 5, sigma: 0 },
            tokens_per_second: 800,
            output_tokens: 8,
          },
          {
            id: 'endless',
            max_concurrent: 1,
            latency: { median_ms: 5, sigma: 0 },
            tokens_per_second: 20,
            output_tokens: 100000,
          },
        ],
      },
      'fleet',
    ),
  )
  const url = (id: string) => fleet.server(id).baseUrl
  instance = await quietInstance(
    configOf(`
models:
  - { id: deep-1, upstream_model: deep, alias: chat, base_url: '${url('deep')}', max_concurrent: 2, max_queue: 2, capabilities: { coding: 0.9, general: 0.9 } }
  - { id: quick, alias: chat, base_url: '${url('quick')}', max_concurrent: 4, max_queue: 8, capabilities: { coding: 0.2, general: 0.9 } }
  - { id: endless, base_url: '${url('endless')}', max_concurrent: 1, max_queue: 1 }
agents:
  - { id: coder, capabilities: [coding] }
`),
  )
  client = new OpenAI({ baseURL: `${instance.url}/v1`, apiKey: 'unused', maxRetries: 0 })
})
beforeEach(() => fleet.servers.forEach((server) => server.reset()))
afterAll(async () => {
  await instance.stop()
  await fleet.close()
})

const idle = { inFlight: 0, waiting: 0 }

describe('the official openai SDK', () => {
  it('gets a whole answer, and the headers that tell how it came about', async () => {
    const { data, response } = await client.chat.completions
      .create({ model: 'deep-1', messages, max_tokens: 5 })
      .withResponse()
    expect(data.object).toBe('chat.completion')
    expect(data.choices[0]?.message.content).toBeTruthy()
    expect(data.usage?.completion_tokens).toBe(5)
    expect(response.headers.get('x-loadstar-model')).toBe('deep-1')
    expect(response.headers.get('x-loadstar-attempts')).toBe('1')
    expect(response.headers.get('x-loadstar-decision-id')).toMatch(/^[0-9a-f]{8}-\w+$/)
    expect(Number(response.headers.get('x-loadstar-queue-ms'))).toBe(0)
    expect(Number(response.headers.get('x-loadstar-overhead-ms'))).toBeGreaterThanOrEqual(0)
    expect(instance.snapshot()).toMatchObject(idle)
  })

  it('gets a stream event by event, with usage when it asks for it', async () => {
    const stream = await client.chat.completions.create({
      model: 'quick',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    })
    let text = ''
    let tokens = 0
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? ''
      tokens = chunk.usage?.completion_tokens ?? tokens
    }
    expect(text.length).toBeGreaterThan(0)
    expect(tokens).toBe(8)
    expect(instance.snapshot()).toMatchObject(idle)
  })

  it('is sent where the name says: id, alias, auto, task, agent, header', async () => {
    const served = async (model: string, headers: Record<string, string> = {}) => {
      const { response } = await client.chat.completions
        .create({ model, messages }, { headers })
        .withResponse()
      return response.headers.get('x-loadstar-model')
    }
    expect(await served('deep-1')).toBe('deep-1')
    expect(['deep-1', 'quick']).toContain(await served('chat'))
    expect(await served('auto/coding')).toBe('deep-1')
    expect(await served('agent/coder')).toBe('deep-1')
    expect(await served('auto', { 'x-agent-id': 'coder' })).toBe('deep-1')
    expect(await served('chat', { 'x-loadstar-require': 'coding', 'x-agent-id': 'coder' })).toBe('deep-1')
  })

  it('is told the terms of the decision when it asks', async () => {
    const { response } = await client.chat.completions
      .create({ model: 'chat', messages }, { headers: { 'x-loadstar-explain': '1', 'x-agent-id': 'coder' } })
      .withResponse()
    const { model, considered } = JSON.parse(response.headers.get('x-loadstar-explanation') ?? '{}') as {
      model: string
      considered: { model: string; score: number }[]
    }
    expect(model).toBe('deep-1')
    expect(considered.map((candidate) => candidate.model)).toEqual(['deep-1', 'quick'])
    expect(considered[0]?.score).toBeGreaterThan(considered[1]?.score ?? Infinity)
  })

  it('lists models, aliases and auto, and reads one', async () => {
    const ids: string[] = []
    for await (const model of client.models.list()) ids.push(model.id)
    expect(ids).toEqual(['deep-1', 'quick', 'endless', 'chat', 'auto'])
    expect((await client.models.retrieve('quick')).object).toBe('model')
    await expect(client.models.retrieve('nobody')).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
    })
  })

  it('gets completions and embeddings', async () => {
    const completion = await client.completions.create({ model: 'quick', prompt: 'Once' })
    expect(completion.object).toBe('text_completion')
    const embedding = await client.embeddings.create({ model: 'quick', input: ['a', 'b'] })
    expect(embedding.data).toHaveLength(2)
  })

  it('aborts in mid-stream: the model sees it, and the slot serves the next in line', async () => {
    const controller = new AbortController()
    const stream = await client.chat.completions.create(
      { model: 'endless', messages, stream: true },
      { signal: controller.signal },
    )
    // Leaving a `for await` loop would abort the stream by itself.
    const events = stream[Symbol.asyncIterator]()
    await events.next()
    await events.next()
    const waitingCall = client.chat.completions.create({ model: 'endless', messages, max_tokens: 1 })
    await vi.waitFor(() => expect(instance.snapshot().waiting).toBe(1))
    controller.abort()
    expect((await waitingCall).choices).toHaveLength(1)
    await vi.waitFor(() =>
      expect(fleet.server('endless').stats()).toMatchObject({ active: 0, aborted: 1, peakConcurrency: 1 }),
    )
    expect(instance.snapshot()).toMatchObject(idle)
  })

  it('aborts while waiting: its place is given back and it never reaches the model', async () => {
    const running = new AbortController()
    await client.chat.completions.create(
      { model: 'endless', messages, stream: true },
      { signal: running.signal },
    )
    const waiting = new AbortController()
    const second = client.chat.completions.create({ model: 'endless', messages }, { signal: waiting.signal })
    await vi.waitFor(() => expect(instance.snapshot().waiting).toBe(1))
    waiting.abort()
    await expect(second).rejects.toBeInstanceOf(APIUserAbortError)
    await vi.waitFor(() => expect(instance.snapshot().waiting).toBe(0))
    running.abort()
    await vi.waitFor(() => expect(instance.snapshot().inFlight).toBe(0))
    await vi.waitFor(() =>
      expect(fleet.server('endless').stats()).toMatchObject({ active: 0, peakConcurrency: 1 }),
    )
  })

  it('waits in line when models are busy, and every answer comes', async () => {
    const calls = Array.from({ length: 14 }, () =>
      client.chat.completions.create({ model: 'chat', messages }),
    )
    const answers = await Promise.all(calls)
    expect(answers.every(({ choices }) => choices.length === 1)).toBe(true)
    expect(fleet.server('deep').stats().peakConcurrency).toBeLessThanOrEqual(2)
    expect(fleet.server('quick').stats().peakConcurrency).toBeLessThanOrEqual(4)
    expect(instance.snapshot()).toMatchObject(idle)
  })

  it('meets a full queue as RateLimitError with a hint, and succeeds when it obeys the hint', async () => {
    const running = new AbortController()
    await client.chat.completions.create(
      { model: 'endless', messages, stream: true },
      { signal: running.signal },
    )
    const waiting = client.chat.completions.create({ model: 'endless', messages, max_tokens: 1 })
    await vi.waitFor(() => expect(instance.snapshot().waiting).toBe(1))
    const refused = await client.chat.completions
      .create({ model: 'endless', messages })
      .catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(RateLimitError)
    const { status, code, type, headers } = refused as APIError
    expect({ status, code, type }).toEqual({
      status: 429,
      code: 'rate_limit_exceeded',
      type: 'rate_limit_error',
    })
    expect(headers?.get('x-loadstar-reason')).toBe('queue_full')
    expect(Number(headers?.get('retry-after'))).toBeGreaterThanOrEqual(1)
    expect(Number(headers?.get('retry-after-ms'))).toBeGreaterThan(0)
    const patient = client.chat.completions.create(
      { model: 'endless', messages, max_tokens: 1 },
      { maxRetries: 5 },
    )
    running.abort()
    expect((await waiting).choices).toHaveLength(1)
    expect((await patient).choices).toHaveLength(1)
  })
})
