import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Instance } from '../src/cli/instance.js'
import { configOf, quietInstance } from './rig.js'
import { beginning, startUpstream, type ScriptedUpstream } from './scripted-upstream.js'

const opened: { stop(): Promise<void> }[] = []
afterEach(async () => {
  for (const part of opened.splice(0).reverse()) await part.stop()
})

/** One model with room within target for one request, held by a stream that does not end. */
async function busy(
  routing: string,
  model = 'max_concurrent: 1',
): Promise<{ instance: Instance; upstream: ScriptedUpstream }> {
  const upstream = await startUpstream(beginning('data: {}\n\n', () => undefined))
  const instance = await quietInstance(
    configOf(`
models: [{ id: m, base_url: '${upstream.url}', ${model}, max_queue: 4 }]
routing: { ${routing} }
`),
  )
  // The model hangs up first, or the instance would wait for the end of its stream.
  opened.push(instance, upstream)
  await ask(instance)
  return { instance, upstream }
}

function ask({ url }: Instance, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/v1/embeddings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"model":"m","input":"hi"}',
  })
}

async function outcomes({ url }: Instance): Promise<Record<string, number>> {
  const response = await fetch(`${url}/api/v1/model-router/stats`)
  return ((await response.json()) as { requests: Record<string, number> }).requests
}

describe('a request that finds no free slot', () => {
  it('is told to come back when it may not wait at all', async () => {
    const { instance } = await busy('max_wait_ms: 0')
    const refused = await ask(instance)
    expect(refused.status).toBe(429)
    expect(refused.headers.get('x-loadstar-reason')).toBe('queue_wait_expired')
    expect(await outcomes(instance)).toMatchObject({ expired_in_queue: 1 })
  })

  it('is turned away at the door when its deadline leaves no time to wait, and told when to come back', async () => {
    const { instance, upstream } = await busy('')
    const refused = await ask(instance, { 'x-loadstar-deadline-ms': '5' })
    expect(refused.status).toBe(429)
    expect(refused.headers.get('x-loadstar-reason')).toBe('deadline_unmeetable')
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    expect(Number(refused.headers.get('retry-after-ms'))).toBeGreaterThan(0)
    expect(refused.headers.get('x-should-retry')).toBe('true')
    expect(await outcomes(instance)).toMatchObject({ rejected_deadline: 1, expired_in_queue: 0 })
    expect([upstream.calls, instance.snapshot().rejected]).toEqual([1, 1])
  })

  it('has a slot above target only as system, and is system only where that may be claimed', async () => {
    const twice = 'max_concurrent: 2, target_utilization: 0.5'
    const system = { 'x-loadstar-priority': 'system' }
    const open = await busy('highest_priority: system', twice)
    expect((await ask(open.instance, system)).status).toBe(200)
    expect(open.instance.snapshot()).toMatchObject({ inFlight: 2, waiting: 0 })
    const clamped = await busy('', twice)
    void ask(clamped.instance, system)
    await vi.waitFor(() => expect(clamped.instance.snapshot()).toMatchObject({ inFlight: 1, waiting: 1 }))
  })

  it('waits in the queue whatever priority it claims', async () => {
    const { instance, upstream } = await busy('')
    for (const priority of ['system', 'interactive', 'default', 'bulk']) {
      void ask(instance, { 'x-loadstar-priority': priority })
    }
    await vi.waitFor(() => expect(instance.snapshot()).toMatchObject({ inFlight: 1, waiting: 4 }))
    expect(upstream.calls).toBe(1)
  })
})

it('a request that has a slot is served, however soon its answer is wanted', async () => {
  const { instance } = await busy('', 'max_concurrent: 4, target_utilization: 1')
  expect((await ask(instance, { 'x-loadstar-deadline-ms': '1' })).status).toBe(200)
})
