import { afterEach, describe, expect, it, vi } from 'vitest'
import { getJson } from './processes.js'
import { answering, beginning, event, streamOf } from './scripted-upstream.js'
import { startTwoModels, type Behaviour, type TwoModels } from './two-models.js'

const opened: { stop(): Promise<void> }[] = []
afterEach(async () => {
  for (const part of opened.splice(0).reverse()) await part.stop()
})

/** First tokens that must be known before one is missed. */
const WARM_UP = 20
/** Every request pays for a second attempt, and little time must pass. */
const EAGER = 'hedging: { share: 1, min_delay_ms: 20 }'
const messages = [{ role: 'user' as const, content: 'hi' }]
const silent: Behaviour = () => undefined

/** Two models behind one alias, of which the better one has answered often enough to be missed. */
async function rigOf(routing: string): Promise<TwoModels> {
  const rig = await startTwoModels({ first: answering('from the first'), slots: [4, 1], routing })
  opened.push(rig.first, rig.second, rig.instance)
  for (let n = 0; n < WARM_UP; n++) expect((await read(rig)).text).toBe('from the first')
  expect(await hedges(rig)).toEqual({ made: 0, won: 0, refused: 0 })
  return rig
}

async function read(
  { client }: TwoModels,
  signal?: AbortSignal,
): Promise<{ text: string; headers: Headers }> {
  const { data, response } = await client.chat.completions
    .create({ model: 'chat', messages, stream: true }, { ...(signal ? { signal } : {}) })
    .withResponse()
  let text = ''
  for await (const part of data) text += part.choices[0]?.delta.content ?? ''
  return { text, headers: response.headers }
}

interface Stats {
  readonly hedges: { readonly made: number; readonly won: number; readonly refused: number }
  readonly requests: Readonly<Record<string, number>>
}

const stats = ({ instance }: TwoModels) => getJson<Stats>(`${instance.url}/api/v1/model-router/stats`)
const hedges = async (rig: TwoModels) => (await stats(rig)).hedges

function expectFree({ instance, first, second }: TwoModels): void {
  expect(instance.snapshot()).toMatchObject({ inFlight: 0, waiting: 0 })
  expect([first.active, second.active]).toEqual([0, 0])
}

/** A behaviour that waits until a test says how it goes on. */
function heldBack(): { behaviour: Behaviour; called: Promise<void>; go: (then: Behaviour) => void } {
  let go: (then: Behaviour) => void = () => undefined
  const told = new Promise<Behaviour>((resolve) => (go = resolve))
  let isCalled: () => void = () => undefined
  const called = new Promise<void>((resolve) => (isCalled = resolve))
  const behaviour: Behaviour = (req, res) => {
    isCalled()
    void told.then((then) => then(req, res))
  }
  return { behaviour, called, go: (then) => go(then) }
}

const answerStream = (text: string): Behaviour => beginning('', (_req, res) => res.end(streamOf(text)))

describe('a stream whose first token does not come', () => {
  it.each([
    ['the model says nothing', silent],
    ['the model opens its stream and stalls', beginning('', silent)],
  ])('%s: another model is asked as well, and the one that stalled is let go', async (_name, stall) => {
    const rig = await rigOf(EAGER)
    rig.first.behave(stall)
    const { text, headers } = await read(rig)
    expect(text).toBe('from the second')
    expect(headers.get('x-loadstar-model')).toBe('second')
    expect(headers.get('x-loadstar-attempts')).toBe('2')
    await vi.waitFor(() => expectFree(rig))
    expect(await stats(rig)).toMatchObject({
      hedges: { made: 1, won: 1, refused: 0 },
      requests: { completed: WARM_UP + 1, hedge_lost: 1 },
    })
    expect(rig.instance.snapshot().models).toMatchObject([
      { id: 'first', requests: WARM_UP + 1, failures: 0 },
      { id: 'second', requests: 1, failures: 0 },
    ])
  })

  it('is answered by the first model if that speaks first after all, and the second is let go', async () => {
    const rig = await rigOf(EAGER)
    const late = heldBack()
    rig.first.behave(late.behaviour)
    rig.second.behave(() => late.go(answerStream('at last')))
    const { text, headers } = await read(rig)
    expect([text, headers.get('x-loadstar-model')]).toEqual(['at last', 'first'])
    expect(headers.get('x-loadstar-attempts')).toBe('2')
    await vi.waitFor(() => expectFree(rig))
    expect(await hedges(rig)).toEqual({ made: 1, won: 0, refused: 0 })
  })

  it('goes on with the second attempt when the first fails meanwhile', async () => {
    const rig = await rigOf(EAGER)
    const failing = heldBack()
    const answer = heldBack()
    rig.first.behave(failing.behaviour)
    rig.second.behave(answer.behaviour)
    const reading = read(rig)
    await answer.called
    failing.go((req) => req.socket.destroy())
    await vi.waitFor(() => expect(rig.instance.snapshot().inFlight).toBe(1))
    answer.go(answerStream('from the second'))
    expect((await reading).text).toBe('from the second')
    expect(rig.instance.snapshot().models).toMatchObject([{ failures: 1 }, { failures: 0 }])
    await vi.waitFor(() => expectFree(rig))
  })

  it('ends as any failure does when both fail', async () => {
    const rig = await rigOf(EAGER)
    const failing = heldBack()
    rig.first.behave(failing.behaviour)
    rig.second.behave((req) => {
      failing.go((other) => other.socket.destroy())
      req.socket.destroy()
    })
    const refused = await read(rig).catch((error: unknown) => error)
    expect(refused).toMatchObject({ status: 502 })
    await vi.waitFor(() => expectFree(rig))
  })

  it('closes both when the client leaves', async () => {
    const rig = await rigOf(EAGER)
    const leaving = new AbortController()
    rig.first.behave(silent)
    rig.second.behave(() => leaving.abort())
    await expect(read(rig, leaving.signal)).rejects.toThrow()
    await vi.waitFor(() => expectFree(rig))
    expect((await stats(rig)).requests).toMatchObject({ client_gone: 2, hedge_lost: 0 })
  })
})

describe('no second attempt is made', () => {
  it('where no other candidate has a slot that is free at once', async () => {
    const rig = await rigOf(EAGER)
    rig.second.behave(beginning(event({ content: 'x' }), silent))
    const running = new AbortController()
    await rig.client.chat.completions.create(
      { model: 'second', messages, stream: true },
      { signal: running.signal },
    )
    const late = heldBack()
    rig.first.behave(late.behaviour)
    const reading = read(rig)
    await vi.waitFor(async () => expect(await hedges(rig)).toEqual({ made: 0, won: 0, refused: 1 }))
    late.go(answerStream('at last'))
    const { text, headers } = await reading
    expect([text, headers.get('x-loadstar-attempts')]).toEqual(['at last', '1'])
    expect(rig.second.calls).toBe(1)
    running.abort()
    await vi.waitFor(() => expectFree(rig))
  })

  const SHORT = 'timeouts: { first_byte_ms: 400, idle_ms: 400 }'
  it.each([
    ['while the budget has none left', `hedging: { share: 0.02, min_delay_ms: 20 }, ${SHORT}`],
    ['where hedging is switched off', `hedging: { share: 0 }, ${SHORT}`],
  ])('%s: the usual retry follows the timeout', async (_name, routing) => {
    const rig = await rigOf(routing)
    rig.first.behave(silent)
    const { text, headers } = await read(rig)
    expect([text, headers.get('x-loadstar-attempts')]).toEqual(['from the second', '2'])
    expect(await stats(rig)).toMatchObject({
      hedges: { made: 0, won: 0 },
      requests: { upstream_timeout: 1, hedge_lost: 0 },
    })
  })

  it('where a request may cost one call only', async () => {
    const rig = await rigOf(`${EAGER}, ${SHORT}, retries: { max_attempts: 1 }`)
    rig.first.behave(silent)
    expect(await read(rig).catch((error: unknown) => error)).toMatchObject({ status: 504 })
    expect(rig.second.calls).toBe(0)
  })

  it('after the first token, however long the next one takes', async () => {
    const rig = await rigOf(`${EAGER}, ${SHORT}`)
    rig.first.behave(beginning(event({ content: 'x' }), silent))
    await expect(read(rig)).rejects.toThrow()
    expect(rig.second.calls).toBe(0)
    expect(await hedges(rig)).toEqual({ made: 0, won: 0, refused: 0 })
  })

  it('for an answer that is not streamed', async () => {
    const rig = await rigOf(`${EAGER}, ${SHORT}`)
    rig.first.behave(silent)
    const { response } = await rig.client.chat.completions.create({ model: 'chat', messages }).withResponse()
    expect(response.headers.get('x-loadstar-model')).toBe('second')
    expect(await stats(rig)).toMatchObject({ hedges: { made: 0 }, requests: { upstream_timeout: 1 } })
  })
})
