import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Instance } from '../src/cli/instance.js'
import { configOf, quietInstance } from './rig.js'
import { beginning, startUpstream, type ScriptedUpstream } from './scripted-upstream.js'

const opened: { stop(): Promise<void> }[] = []
afterEach(async () => {
  for (const part of opened.splice(0).reverse()) await part.stop()
})

/** One model with room for one request, held by a stream that does not end. */
async function busy(routing: string): Promise<{ instance: Instance; upstream: ScriptedUpstream }> {
  const upstream = await startUpstream(beginning('data: {}\n\n', () => undefined))
  const instance = await quietInstance(
    configOf(`
models: [{ id: m, base_url: '${upstream.url}', max_concurrent: 1, max_queue: 4 }]
routing: { ${routing} }
`),
  )
  opened.push(upstream, instance)
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

  it('waits in the queue whatever priority it claims', async () => {
    const { instance, upstream } = await busy('')
    const answers = ['system', 'interactive', 'default', 'bulk'].map((priority) =>
      ask(instance, { 'x-loadstar-priority': priority }),
    )
    await vi.waitFor(() => expect(instance.snapshot()).toMatchObject({ inFlight: 1, waiting: 4 }))
    expect(upstream.calls).toBe(1)
    await Promise.all([instance.stop(), ...answers])
    opened.pop()
  })
})
