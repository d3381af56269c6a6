import OpenAI from 'openai'
import { request } from 'undici'
import { afterEach, describe, expect, test } from 'vitest'
import { startFleet, type Fleet } from './fleet.js'
import type { RunningModelServer } from './model-server.js'
import { FAULT_KINDS } from './record.js'
import { parseFleet } from './spec.js'

const fleets: Fleet[] = []

async function start(model: object, seed = 1): Promise<RunningModelServer> {
  const spec = {
    seed,
    models: [{ id: 'm', max_concurrent: 4, latency: { median_ms: 5 }, tokens_per_second: 10_000, ...model }],
  }
  const fleet = await startFleet(parseFleet(spec, 'test'))
  fleets.push(fleet)
  return fleet.server('m')
}

afterEach(async () => {
  await Promise.all(fleets.splice(0).map((fleet) => fleet.close()))
})

function sdk(server: RunningModelServer): OpenAI {
  return new OpenAI({ baseURL: server.baseUrl, apiKey: 'unused', maxRetries: 0, timeout: 20_000 })
}

const ASK = { model: 'm', messages: [{ role: 'user' as const, content: 'What is two and two?' }] }

function post(server: RunningModelServer, body: object | string, signal?: AbortSignal) {
  return request(`${server.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  })
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2))
}

describe('the official SDK', () => {
  test('gets a whole chat answer with usage', async () => {
    const server = await start({ output_tokens: 7 })
    const answer = await sdk(server).chat.completions.create(ASK)
    expect(answer.object).toBe('chat.completion')
    expect(answer.choices[0]?.message.content?.split(' ')).toHaveLength(7)
    expect(answer.choices[0]?.finish_reason).toBe('stop')
    expect(answer.usage).toEqual({ prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 })
  })

  test('gets the same text streamed as whole, in chunks of one id, role first and finish_reason last', async () => {
    const server = await start({ output_tokens: 30, tokens_per_second: 200 })
    const whole = await sdk(server).chat.completions.create(ASK)
    const chunks = []
    for await (const chunk of await sdk(server).chat.completions.create({ ...ASK, stream: true })) {
      chunks.push(chunk)
    }
    expect(
      new Set(chunks.map((chunk) => `${chunk.object} ${chunk.id} ${chunk.created} ${chunk.model}`)).size,
    ).toBe(1)
    expect(chunks[0]?.object).toBe('chat.completion.chunk')
    expect(chunks[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '' })
    const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')
    expect(text).toBe(whole.choices[0]?.message.content)
    const reasons = chunks.map((chunk) => chunk.choices[0]?.finish_reason)
    expect(reasons.filter((reason) => reason !== null)).toEqual(['stop'])
    expect(reasons.at(-1)).toBe('stop')
    expect(chunks.length).toBeGreaterThan(4)
    expect(chunks.some((chunk) => 'usage' in chunk)).toBe(false)
  })

  test('gets usage in a last chunk without choices when it asks for it', async () => {
    const server = await start({ output_tokens: 9 })
    const chunks = []
    for await (const chunk of await sdk(server).chat.completions.create({
      ...ASK,
      stream: true,
      stream_options: { include_usage: true },
    })) {
      chunks.push(chunk)
    }
    expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true)
    expect(chunks.at(-1)?.choices).toEqual([])
    expect(chunks.at(-1)?.usage).toEqual({ prompt_tokens: 5, completion_tokens: 9, total_tokens: 14 })
  })

  test('gets a shorter answer, finished by length, when it asks for fewer tokens', async () => {
    const server = await start({ output_tokens: 30 })
    const answer = await sdk(server).chat.completions.create({ ...ASK, max_completion_tokens: 3 })
    expect(answer.usage?.completion_tokens).toBe(3)
    expect(answer.choices[0]?.finish_reason).toBe('length')
  })

  test('gets plain completions, whole and streamed', async () => {
    const server = await start({ output_tokens: 6 })
    const ask = { model: 'm', prompt: 'Once upon a time' }
    const whole = await sdk(server).completions.create(ask)
    expect(whole.object).toBe('text_completion')
    let text = ''
    for await (const chunk of await sdk(server).completions.create({ ...ask, stream: true })) {
      expect(chunk.object).toBe('text_completion')
      text += chunk.choices[0]?.text ?? ''
    }
    expect(text).toBe(whole.choices[0]?.text)
  })

  test('gets embeddings that depend on the text alone, in base64 as in floats', async () => {
    const server = await start({})
    const input = ['north', 'south', 'north']
    const packed = await sdk(server).embeddings.create({ model: 'm', input, dimensions: 8 })
    const plain = await sdk(server).embeddings.create({
      model: 'm',
      input,
      dimensions: 8,
      encoding_format: 'float',
    })
    const [north, south, again] = packed.data.map((entry) => entry.embedding)
    expect(north).toHaveLength(8)
    expect(again).toEqual(north)
    expect(south).not.toEqual(north)
    expect(plain.data.map((entry) => entry.embedding)).toEqual(packed.data.map((entry) => entry.embedding))
    expect(Math.hypot(...(north ?? []))).toBeCloseTo(1, 5)
  })

  test('lists the one model', async () => {
    const server = await start({})
    const models = await sdk(server).models.list()
    expect(models.data.map((model) => model.id)).toEqual(['m'])
  })

  test('frees the slot by leaving mid-stream', async () => {
    const server = await start({ max_concurrent: 1, output_tokens: 1000, tokens_per_second: 20 })
    const stream = await sdk(server).chat.completions.create({ ...ASK, stream: true })
    for await (const chunk of stream) {
      expect(chunk.model).toBe('m')
      expect(server.stats().active).toBe(1)
      break
    }
    await until(() => server.stats().active === 0)
    expect(server.stats()).toMatchObject({ aborted: 1, served: 0, peakConcurrency: 1 })
    const next = await sdk(server).chat.completions.create({ ...ASK, max_tokens: 1 })
    expect(next.choices).toHaveLength(1)
  })

  test('gets an error of the right class when the model is full or another one', async () => {
    const server = await start({ max_concurrent: 1, faults: { stall: 1 } })
    const held = new AbortController()
    const holding = post(server, ASK, held.signal).catch(() => undefined)
    await until(() => server.stats().active === 1)
    await expect(sdk(server).chat.completions.create(ASK)).rejects.toMatchObject({
      status: 503,
      code: 'overloaded',
    })
    held.abort()
    await holding
    await until(() => server.stats().active === 0)
    await expect(sdk(server).chat.completions.create({ ...ASK, model: 'other' })).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
      param: 'model',
    })
  })
})

describe('the limit', () => {
  test.each([
    [5, 1],
    [5, 20],
    [40, 7],
  ])('of %i refuses exactly the %i that come on top, and remembers the peak', async (limit, excess) => {
    const server = await start({ max_concurrent: limit, latency: { median_ms: 300, sigma: 0 } })
    const answers = await Promise.all(
      Array.from({ length: limit + excess }, async (_, index) => {
        const answer = await post(server, { ...ASK, stream: index % 2 === 0 })
        await answer.body.dump()
        return answer.statusCode
      }),
    )
    expect(answers.filter((status) => status === 503)).toHaveLength(excess)
    expect(answers.filter((status) => status === 200)).toHaveLength(limit)
    expect(server.stats()).toMatchObject({
      refused: excess,
      served: limit,
      peakConcurrency: limit,
      active: 0,
      aborted: 0,
    })
  })

  test('leaves the slot free before the last byte of an answer is read', async () => {
    const server = await start({ max_concurrent: 1, output_tokens: 2 })
    for (let turn = 0; turn < 200; turn += 1) {
      const answer = await post(server, { ...ASK, stream: turn % 2 === 0 })
      await answer.body.dump()
      expect(answer.statusCode).toBe(200)
    }
    expect(server.stats()).toMatchObject({ refused: 0, served: 200, peakConcurrency: 1 })
  })

  test('counts busy milliseconds for requests under way, and reset starts the book again', async () => {
    const server = await start({ latency: { median_ms: 60, sigma: 0 } })
    await (await post(server, ASK)).body.dump()
    expect(server.stats().busyMs).toBeGreaterThan(50)
    await request(`${server.url}/reset`, { method: 'POST' })
    const stats = (await (await request(`${server.url}/stats`)).body.json()) as Record<string, unknown>
    expect(stats).toEqual({
      id: 'm',
      max_concurrent: 4,
      active: 0,
      peak_concurrency: 0,
      served: 0,
      refused: 0,
      aborted: 0,
      invalid: 0,
      faults: { error: 0, stall: 0, cut: 0, nonsense: 0, slow: 0, throttle: 0, lapse: 0 },
      busy_ms: 0,
    })
  })
})

describe('faults', () => {
  test('an error is a 500 with the envelope', async () => {
    const server = await start({ faults: { error: 1 } })
    const answer = await post(server, ASK)
    expect(answer.statusCode).toBe(500)
    expect(await answer.body.json()).toMatchObject({ error: { type: 'server_error', param: null } })
    expect(server.stats()).toMatchObject({ active: 0, served: 0, faults: { error: 1 } })
  })

  test('a stall holds its slot until the client leaves', async () => {
    const server = await start({ faults: { stall: 1 } })
    const client = new AbortController()
    const answer = post(server, { ...ASK, stream: true }, client.signal)
    await until(() => server.stats().active === 1)
    client.abort()
    await expect(answer).rejects.toThrow()
    await until(() => server.stats().active === 0)
    expect(server.stats()).toMatchObject({ aborted: 1, served: 0, faults: { stall: 1 } })
  })

  test('a stall with stall_ms ends as a 500', async () => {
    const server = await start({ faults: { stall: 1, stall_ms: 20 } })
    const answer = await post(server, ASK)
    expect(answer.statusCode).toBe(500)
    await answer.body.dump()
    expect(server.stats()).toMatchObject({ active: 0, aborted: 0, faults: { stall: 1 } })
  })

  test.each([true, false])(
    'a cut ends in a broken body (stream: %s) and frees the slot',
    async (isStream) => {
      const server = await start({ faults: { cut: 1 } })
      const answer = await post(server, { ...ASK, stream: isStream })
      expect(answer.statusCode).toBe(200)
      await expect(answer.body.text()).rejects.toThrow()
      expect(server.stats()).toMatchObject({ active: 0, served: 0, aborted: 0, faults: { cut: 1 } })
    },
  )

  test('nonsense is a 200 that is no JSON, as HTML and as JSON broken off', async () => {
    const server = await start({ faults: { nonsense: 1 } })
    const types = new Set<unknown>()
    for (let turn = 0; turn < 12; turn += 1) {
      const answer = await post(server, ASK)
      types.add(answer.headers['content-type'])
      const text = await answer.body.text()
      expect(answer.statusCode).toBe(200)
      expect(() => JSON.parse(text) as unknown).toThrow()
    }
    expect(types).toEqual(new Set(['text/html', 'application/json']))
    expect(server.stats().faults.nonsense).toBe(12)
  })

  test('a throttled request gets a 429 that says when to come again, and holds no slot', async () => {
    const server = await start({ faults: { throttle: 1 } })
    const answer = await post(server, { ...ASK, stream: true })
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([429, '1'])
    expect(await answer.body.json()).toMatchObject({ error: { type: 'rate_limit_error' } })
    expect(server.stats()).toMatchObject({ active: 0, served: 0, faults: { throttle: 1 } })
  })

  test('a lapse is a 200 with an error where the answer should be', async () => {
    const server = await start({ faults: { lapse: 1 } })
    const whole = await post(server, ASK)
    expect(whole.statusCode).toBe(200)
    expect(await whole.body.json()).toMatchObject({ error: { type: 'server_error' } })
    const stream = await sdk(server).chat.completions.create({ ...ASK, stream: true })
    const read = (async () => {
      let text = ''
      for await (const part of stream) text += part.choices[0]?.delta.content ?? ''
      return text
    })()
    await expect(read).rejects.toThrow('lapsed on purpose')
    expect(server.stats()).toMatchObject({ active: 0, served: 0, faults: { lapse: 2 } })
  })

  test('a slow answer is whole', async () => {
    const server = await start({ faults: { slow: 1, slow_factor: 3 } })
    const answer = await sdk(server).chat.completions.create(ASK)
    expect(answer.choices).toHaveLength(1)
    expect(server.stats()).toMatchObject({ served: 1, faults: { slow: 1 } })
  })

  test('come in the same order from the same seed, and in another from another', async () => {
    const faults = { error: 0.3, nonsense: 0.3, cut: 0.3 }
    const run = async (seed: number): Promise<string> => {
      const server = await start({ faults, latency: { median_ms: 0 } }, seed)
      const kinds: string[] = []
      for (let turn = 0; turn < 40; turn += 1) {
        await post(server, ASK).then((answer) => answer.body.dump())
        const counts = server.stats().faults
        kinds.push(FAULT_KINDS.map((kind) => counts[kind]).join(','))
      }
      return kinds.join(' ')
    }
    const [once, again, other] = [await run(7), await run(7), await run(8)]
    expect(again).toBe(once)
    expect(other).not.toBe(once)
  })
})

describe('bad requests', () => {
  test.each([
    ['{"model":"m","messages":[', 'the body must be valid JSON', null],
    [{ model: 'm' }, 'messages is required', 'messages'],
    [{ ...ASK, model: 7 }, 'model must be text, got 7', 'model'],
    [{ ...ASK, max_tokens: 0 }, 'max_tokens must be ≥ 1, got 0', 'max_tokens'],
    [{ ...ASK, n: 2 }, 'n must be 1, got 2', 'n'],
  ])('%j: %s', async (body, message, param) => {
    const server = await start({})
    const answer = await post(server, body)
    expect(answer.statusCode).toBe(400)
    expect(await answer.body.json()).toEqual({
      error: { message, type: 'invalid_request_error', param, code: null },
    })
    expect(server.stats()).toMatchObject({ active: 0, invalid: 1, served: 0 })
  })
})

describe('a fleet', () => {
  test('closes with requests under way, and its ports are free again', async () => {
    const server = await start({ faults: { stall: 1 } })
    const answer = post(server, ASK)
    await until(() => server.stats().active === 1)
    await Promise.all([expect(answer).rejects.toThrow(), fleets[0]?.close()])
    expect(server.stats().active).toBe(0)
    const again = await start({ port: server.port })
    expect(again.port).toBe(server.port)
  })

  test('starts nothing when one port is taken, and says which', async () => {
    const taken = await start({})
    const models = [
      { id: 'free', max_concurrent: 1 },
      { id: 'blocked', max_concurrent: 1, port: taken.port },
    ]
    await expect(startFleet(parseFleet({ models }, 'test'))).rejects.toMatchObject({
      code: 'EADDRINUSE',
      port: taken.port,
    })
  })
})
