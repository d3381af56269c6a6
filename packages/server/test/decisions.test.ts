import { afterEach, expect, it, vi } from 'vitest'
import type { Instance } from '../src/cli/instance.js'
import { getJson, temporaryFolder } from './processes.js'
import { configOf, quietInstance } from './rig.js'
import { answering, startUpstream } from './scripted-upstream.js'

const opened: { stop(): Promise<void> }[] = []
afterEach(async () => {
  for (const part of opened.splice(0).reverse()) await part.stop()
})

const API = '/api/v1/model-router'
const JSON_TYPE = { 'content-type': 'application/json' }

/** Three agents that code, one seat at a model that does, and room at one that hardly does. */
async function start(database = 'file::memory:'): Promise<Instance> {
  const upstream = await startUpstream(answering('hi'))
  const config = configOf(`
models:
  - { id: good, alias: chat, base_url: '${upstream.url}', max_concurrent: 1, capabilities: { coding: 1 } }
  - { id: poor, alias: chat, base_url: '${upstream.url}', max_concurrent: 5, capabilities: { coding: 0.2 } }
agents:
  - { id: a, capabilities: [coding] }
  - { id: b, capabilities: [coding] }
  - { id: c, capabilities: [coding] }
`)
  const instance = await quietInstance({ ...config, storage: { url: database } })
  opened.push(upstream, instance)
  return instance
}

interface Decision {
  readonly policy: string
  readonly model: string
  readonly margin: number | null
  readonly counterfactual: { readonly model: string } | null
  readonly considered: readonly {
    readonly model: string
    readonly worth: number
    readonly slot_price: number
  }[]
}

it('tells why a request was given its model, by the id that came with the answer', async () => {
  const { url } = await start()
  const { headers } = await fetch(`${url}/v1/embeddings`, {
    method: 'POST',
    headers: { ...JSON_TYPE, 'x-agent-id': 'a' },
    body: '{"model":"chat","input":"hi"}',
  })
  const id = headers.get('x-loadstar-decision-id') ?? ''
  const { decision } = await getJson<{ decision: Decision }>(`${url}${API}/decisions/${id}`)
  expect(decision).toMatchObject({
    decision_id: id,
    policy: 'bid',
    model: 'good',
    counterfactual: { model: 'poor' },
  })
  const [good, poor] = decision.considered
  expect([good?.model, poor?.model]).toEqual(['good', 'poor'])
  expect(decision.margin).toBeCloseTo((good?.worth ?? NaN) - (poor?.worth ?? NaN))
  for (const unknown of [`${id}0`, 'x', '00000000-1']) {
    const answer = await fetch(`${url}${API}/decisions/${unknown}`)
    expect(answer.status).toBe(404)
    expect(await answer.json()).toMatchObject({ error: { code: 'unknown_decision', param: 'id' } })
  }
})

const priceOf = async ({ url }: Instance, model: string): Promise<number> =>
  (await getJson<{ load: { slot_price: number } }>(`${url}${API}/models/${model}/load`)).load.slot_price

it('bids begin with what seats are worth in the optimal assignment, also after a restart', async () => {
  const folder = temporaryFolder()
  try {
    const database = `file:${folder.path}/kept.db`
    const first = await start(database)
    expect(await priceOf(first, 'good')).toBe(0)
    const run = await fetch(`${first.url}${API}/auto-assign-all`, {
      method: 'POST',
      headers: JSON_TYPE,
      body: '{"strategy":"optimal","enable_load_balancing":false}',
    })
    expect(run.status).toBe(200)
    await run.arrayBuffer()
    expect(await priceOf(first, 'good')).toBeGreaterThan(0)
    expect(await priceOf(first, 'poor')).toBe(0)
    await first.stop()
    opened.pop()
    const second = await start(database)
    await vi.waitFor(async () => expect(await priceOf(second, 'good')).toBeGreaterThan(0))
    await second.stop()
    opened.pop()
  } finally {
    folder.remove()
  }
})
