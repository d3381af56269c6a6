import { spawnSync } from 'node:child_process'
import { Workload } from '@loadstar/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Instance } from '../src/cli/instance.js'
import { traceOf } from '../src/history/trace.js'
import { getJson, MAIN, serve, stop, temporaryFolder } from './processes.js'
import { configOf, quietInstance } from './rig.js'
import { answering, startUpstream } from './scripted-upstream.js'

const API = '/api/v1/model-router/decisions'
const folder = temporaryFolder()
const opened: { stop(): Promise<void> }[] = []
afterEach(async () => {
  for (const part of opened.splice(0).reverse()) await part.stop()
})

interface Recorded {
  readonly decision_id: string
  readonly request_id: string
  readonly agent_id: string | null
  readonly model_id: string | null
  readonly outcome: string
  readonly at_ms: number
}
interface Page {
  readonly decisions: readonly Recorded[]
  readonly next_cursor: string | null
}

const yamlOf = (url: string) => `
models:
  - { id: good, alias: chat, base_url: '${url}', max_concurrent: 1, capabilities: { coding: 1 } }
  - { id: poor, alias: chat, base_url: '${url}', max_concurrent: 5, capabilities: { coding: 0.2 } }
agents:
  - { id: 'a', capabilities: [coding] }
  - { id: b, capabilities: [coding] }
history: { flush_ms: 10 }
`

function ask(url: string, agent: string, model = 'chat'): Promise<Response> {
  return fetch(`${url}/v1/embeddings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-agent-id': agent },
    body: JSON.stringify({ model, input: 'hi' }),
  })
}

const total = (url: string, count: number, query = '') =>
  vi.waitFor(
    async () => {
      const page = await getJson<Page>(`${url}${API}?page_size=1000${query}`)
      expect(page.decisions).toHaveLength(count)
      return page.decisions
    },
    { timeout: 20_000 },
  )

describe('requests that ended', () => {
  let instance: Instance
  let upstream: Awaited<ReturnType<typeof startUpstream>>
  beforeEach(async () => {
    upstream = await startUpstream(answering('hi'))
    instance = await quietInstance(configOf(yamlOf(upstream.url)))
    opened.push(upstream, instance)
  })

  it('are recorded with who asked, what was weighed and what became of it, and found by their decision', async () => {
    const { headers } = await ask(instance.url, 'a')
    const id = headers.get('x-loadstar-decision-id') ?? ''
    const { decision, request } = await getJson<{ decision: object; request: object }>(
      `${instance.url}${API}/${id}`,
    )
    expect(decision).toMatchObject({ decision_id: id, model: 'good' })
    expect(request).toMatchObject({
      decision_id: id,
      request_id: headers.get('x-request-id'),
      asked_model: 'chat',
      agent_id: 'a',
      model_id: 'good',
      outcome: 'completed',
      status: 200,
      attempts: 1,
      considered: {
        policy: 'bid',
        models: [
          ['good', expect.any(Number), 0, expect.any(Number), null],
          ['poor', expect.any(Number), 0, expect.any(Number), null],
        ],
      },
    })
  })

  it('are told page by page, filtered, and as files', async () => {
    for (const agent of ['a', 'b', 'a']) await ask(instance.url, agent)
    expect((await ask(instance.url, 'b', 'unknown')).status).toBe(404)
    const all = await total(instance.url, 4)
    expect(all.map(({ agent_id }) => agent_id)).toEqual([null, 'a', 'b', 'a'])
    const first = await getJson<Page>(`${instance.url}${API}?page_size=3`)
    const second = await getJson<Page>(`${instance.url}${API}?page_size=3&cursor=${first.next_cursor}`)
    expect([...first.decisions, ...second.decisions]).toEqual(all)
    expect(second.next_cursor).toBeNull()
    await total(instance.url, 2, '&agent_id=a&outcome=completed')
    await total(instance.url, 0, `&to=${new Date(all[3]?.at_ms ?? 0).toISOString()}`)
    const csv = await (await fetch(`${instance.url}${API}/export?format=csv&agent_id=a`)).text()
    const [header, ...lines] = csv.trimEnd().split('\r\n')
    expect(header).toMatch(/^decision_id,request_id,at_ms,/)
    expect(lines).toHaveLength(2)
    expect(lines[0]).toContain(',a,')
    const file = await fetch(`${instance.url}${API}/export`)
    expect(file.headers.get('content-type')).toContain('jsonl')
    const exported = (await file.text())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Recorded)
    expect(exported).toEqual([...all].reverse())
    // Replayed, they come as many and when they came; the one that no model was weighed for is left out.
    const input = exported.map((line) => JSON.stringify(line)).join('\n')
    const args = ['replay', '-', '--policy', 'bid', 'random', '--json']
    const { stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { input, encoding: 'utf8' })
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object)
    expect(rows, stderr).toMatchObject([
      { policy: 'as recorded', arrived: 4, completed: 3, left_out: 1 },
      { policy: 'bid', arrived: 3, completed: 3 },
      { policy: 'random', arrived: 3, completed: 3 },
    ])
    const { scenario } = traceOf(exported as unknown as Parameters<typeof traceOf>[0], [])
    const workload = new Workload(scenario, 0)
    const routed = exported.filter(({ agent_id }) => agent_id !== null)
    const startMs = routed[0]?.at_ms ?? 0
    expect(routed.map(() => workload.next()?.atMs)).toEqual(routed.map(({ at_ms }) => at_ms - startMs))
    expect(workload.next()).toBeUndefined()
  })

  it.each([
    ['cursor=x', 'cursor', 'cursor must be the next_cursor of an earlier page, got "x"'],
    ['outcome=won', 'outcome', 'outcome must be one of completed'],
    ['page_size=0', 'page_size', 'page_size must be ≥ 1, got'],
    ['from=yesterday', 'from', 'from must be a valid datetime, got "yesterday"'],
    ['agent_ids=a', 'agent_ids', 'agent_ids is not a known key; did you mean agent_id?'],
  ])('are not told for %s, and the answer says why', async (query, param, message) => {
    const answer = await fetch(`${instance.url}${API}?${query}`)
    expect(answer.status).toBe(400)
    const { error } = (await answer.json()) as { error: { param: string; message: string } }
    expect(error.param).toBe(param)
    expect(error.message).toContain(message)
  })
})

it('is not there where it is switched off, and says so', async () => {
  const config = configOf('history: { enabled: false }')
  const instance = await quietInstance(config)
  opened.push(instance)
  const answer = await fetch(`${instance.url}${API}`)
  expect(answer.status).toBe(404)
  expect(await answer.json()).toMatchObject({ error: { code: 'history_disabled' } })
})

it.each([1, 2])('survives kill -9 but for the last moments (%d workers)', async (workers) => {
  const upstream = await startUpstream(answering('hi'))
  opened.push(upstream)
  const yaml = `${yamlOf(upstream.url)}\nstorage: { url: 'file:killed-${workers}.db' }\n`
  const first = await serve(folder.path, yaml, workers)
  for (let index = 0; index < 20; index++) await ask(first.url, 'b')
  const before = await total(first.url, 20)
  first.child.kill('SIGKILL')
  await first.ended
  // Who wrote it makes no difference to who reads it.
  const second = await serve(folder.path, yaml)
  expect(await total(second.url, 20)).toEqual(before)
  const { decision_id, model_id } = before[0] ?? {}
  const { decision } = await getJson<{ decision: object }>(`${second.url}${API}/${decision_id}`)
  // Either model: a slot of the better one is free again a moment after its answer, or later.
  expect(decision).toMatchObject({ decision_id, policy: 'bid', model: model_id })
  await stop(second)
})

it('has all there was after a stop', async () => {
  const upstream = await startUpstream(answering('hi'))
  opened.push(upstream)
  const yaml = `${yamlOf(upstream.url).replace('flush_ms: 10', 'flush_ms: 60000')}\nstorage: { url: 'file:stopped.db' }\n`
  const first = await serve(folder.path, yaml)
  const { headers } = await ask(first.url, 'b')
  await stop(first)
  const second = await serve(folder.path, yaml)
  const [kept] = await total(second.url, 1)
  expect(kept?.decision_id).toBe(headers.get('x-loadstar-decision-id'))
  await stop(second)
})
