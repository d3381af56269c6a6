import { afterEach, describe, expect, it } from 'vitest'
import type { Instance } from '../src/cli/instance.js'
import { getJson } from './processes.js'
import { configOf, quietInstance } from './rig.js'
import { failing, startUpstream, type ScriptedUpstream } from './scripted-upstream.js'

const opened: { stop(): Promise<void> }[] = []
afterEach(async () => {
  for (const part of opened.splice(0).reverse()) await part.stop()
})

type Behaviour = Parameters<typeof startUpstream>[0]

async function rigOf(behaviour: Behaviour, health: string) {
  const upstream = await startUpstream(behaviour)
  const instance = await quietInstance(
    configOf(`
models: [{ id: m, base_url: '${upstream.url}', max_concurrent: 8, target_utilization: 1 }]
routing: { max_wait_ms: 0, health: { ${health} } }
`),
  )
  opened.push(upstream, instance)
  return { upstream, instance }
}

async function ask({ url }: Instance): Promise<number> {
  const response = await fetch(`${url}/v1/embeddings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"model":"m","input":"hi"}',
  })
  await response.arrayBuffer()
  return response.status
}

async function loadOf({ url }: Instance): Promise<Record<string, unknown>> {
  const path = '/api/v1/model-router/models/m/load'
  return (await getJson<{ load: Record<string, unknown> }>(url + path)).load
}

const answer = (headers: Record<string, string>): Behaviour => {
  const head = { 'content-type': 'application/json', ...headers }
  return (_req, res) => res.writeHead(200, head).end('{"object":"list","data":[]}')
}
/** So few in so long that one request at once uses them up. */
const SCARCE = {
  'x-ratelimit-limit-requests': '10',
  'x-ratelimit-remaining-requests': '9',
  'x-ratelimit-reset-requests': '6h0m0s',
}

async function failTwice(upstream: ScriptedUpstream, instance: Instance): Promise<number[]> {
  const statuses = [await ask(instance), await ask(instance), await ask(instance)]
  return [...statuses, upstream.calls]
}

describe('what the configuration says of health', () => {
  it('is heard: so many failures in a row open the breaker, or none do', async () => {
    const sooner = await rigOf(failing(500), 'breaker: { consecutive_failures: 2, min_open_ms: 60000 }')
    expect(await failTwice(sooner.upstream, sooner.instance)).toEqual([502, 502, 429, 2])
    expect(await loadOf(sooner.instance)).toMatchObject({ breaker: 'open', usable_slots: 0 })
    const never = await rigOf(failing(500), 'breaker: { consecutive_failures: 0 }')
    expect(await failTwice(never.upstream, never.instance)).toEqual([502, 502, 502, 3])
    expect(await loadOf(never.instance)).toMatchObject({ breaker: 'closed', usable_slots: 8 })
  })

  it('is heard: a retry-after can be ignored', async () => {
    const limited = failing(429, { 'retry-after': '60' })
    const heeded = await rigOf(limited, '')
    expect([await ask(heeded.instance), await ask(heeded.instance), heeded.upstream.calls]).toEqual([
      429, 429, 1,
    ])
    const ignored = await rigOf(limited, 'max_closed_ms: 0')
    expect([await ask(ignored.instance), await ask(ignored.instance), ignored.upstream.calls]).toEqual([
      429, 429, 2,
    ])
    expect(await loadOf(ignored.instance)).toMatchObject({ closed_until: null })
  })

  it('is heard: a penalty for failures can be left out', async () => {
    const usual = await rigOf(failing(500), '')
    await ask(usual.instance)
    expect((await loadOf(usual.instance))['penalty_ms']).toBeGreaterThan(0)
    const without = await rigOf(failing(500), 'penalty: { factor: 0 }')
    await ask(without.instance)
    expect(await loadOf(without.instance)).toMatchObject({ penalty_ms: 0 })
  })
})

describe('a model’s rate-limit headers', () => {
  it('propose a limit, which holds only where that is configured', async () => {
    const shown = await rigOf(answer(SCARCE), '')
    expect(await ask(shown.instance)).toBe(200)
    expect(await loadOf(shown.instance)).toMatchObject({ proposed_slots: 1, usable_slots: 8 })
    const applied = await rigOf(answer(SCARCE), 'limits: { apply: true, min_slots: 2 }')
    expect(await ask(applied.instance)).toBe(200)
    expect(await loadOf(applied.instance)).toMatchObject({ proposed_slots: 2, usable_slots: 2 })
  })

  it('that cannot be read change nothing', async () => {
    const { instance } = await rigOf(answer({ ...SCARCE, 'x-ratelimit-reset-requests': 'soon' }), '')
    expect(await ask(instance)).toBe(200)
    expect(await loadOf(instance)).toMatchObject({ proposed_slots: 8, usable_slots: 8 })
  })
})
