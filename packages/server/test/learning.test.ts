import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { getJson, serve, stop, temporaryFolder, type Running } from './processes.js'
import { configOf, quietInstance } from './rig.js'
import { answering, startUpstream } from './scripted-upstream.js'

const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const API = '/api/v1/model-router'
const JSON_TYPE = { 'content-type': 'application/json' }
const PATIENCE = { timeout: 20_000, interval: 50 }

function keep<T extends Running>(running: T): T {
  cleanups.push(() => stop(running))
  return running
}

/** A backend that takes as long as it is told to. */
async function paced(delayMs: number) {
  const state = { delayMs }
  const answer = answering('hi')
  const upstream = await startUpstream((req, res) => void setTimeout(() => answer(req, res), state.delayMs))
  cleanups.push(() => upstream.stop())
  return { url: upstream.url, state }
}

/** One chat; who answered it, and by which decision. */
async function ask(url: string, model = 'auto/coding') {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: JSON_TYPE,
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] }),
  })
  expect(response.status, await response.text()).toBe(200)
  const { headers } = response
  return {
    model: headers.get('x-loadstar-model') ?? '',
    decisionId: headers.get('x-loadstar-decision-id') ?? '',
  }
}

function vote(url: string, body: object): Promise<Response> {
  return fetch(`${url}/api/v1/feedback`, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(body) })
}

/** Two models, the first a little better by what was declared. */
const yamlOf = (urls: readonly string[], more: string): string => `
models:
  - { id: better, base_url: '${urls[0] ?? ''}', max_concurrent: 50, capabilities: { coding: 0.9, reasoning: 0.9 } }
  - { id: other, base_url: '${urls[1] ?? ''}', max_concurrent: 50, capabilities: { coding: 0.8, reasoning: 0.8 } }
${more}
`

describe('a model that turns slow', () => {
  it('loses its share of live requests, and has it back once it is well again', async () => {
    const [better, other] = [await paced(5), await paced(5)]
    const instance = await quietInstance(
      configOf(
        yamlOf(
          [better.url, other.url],
          `routing: { policy: weighted_load }
scoring: { adaptive: everywhere, window_ms: 3000, latency: { max_acceptable_ms: 200 } }`,
        ),
      ),
    )
    cleanups.push(() => instance.stop())
    /** Share of the better one among the next requests. */
    const share = async (): Promise<number> => {
      const given = await Promise.all(Array.from({ length: 12 }, () => ask(instance.url)))
      return given.filter(({ model }) => model === 'better').length / given.length
    }
    const comesTo = (isWanted: (share: number) => boolean): Promise<void> =>
      vi.waitFor(async () => expect(isWanted(await share())).toBe(true), PATIENCE)
    await comesTo((own) => own >= 0.75)
    better.state.delayMs = 600
    await comesTo((own) => own <= 0.25)
    better.state.delayMs = 5
    await comesTo((own) => own >= 0.75)
  }, 60_000)
})

describe.each([1, 2])('votes, with %i process(es)', (workers) => {
  it('move live requests to the model whose answers are liked, survive kill -9, and are still taken on what was answered before', async () => {
    const urls = [(await paced(0)).url, (await paced(0)).url]
    const folder = temporaryFolder()
    cleanups.push(() => folder.remove())
    const yaml = yamlOf(urls, `storage: { url: 'file:votes.db' }`)
    const first = await serve(folder.path, yaml, workers)
    for (let i = 0; i < 12; i++) {
      const { model, decisionId } = await ask(first.url, 'better')
      expect(model).toBe('better')
      const answer = await vote(first.url, { decision_id: decisionId, score: 0, task_type: 'coding' })
      expect(answer.status, await answer.text()).toBe(200)
    }
    await vi.waitFor(async () => expect((await ask(first.url)).model).toBe('other'), PATIENCE)
    const { decisionId: earlier } = await ask(first.url, 'other')
    await vi.waitFor(async () => {
      const { decisions } = await getJson<{ decisions: { decision_id: string }[] }>(
        `${first.url}${API}/decisions?model_id=other`,
      )
      expect(decisions.map(({ decision_id }) => decision_id)).toContain(earlier)
    }, PATIENCE)
    first.child.kill('SIGKILL')
    await first.ended

    const second = keep(await serve(folder.path, yaml, workers))
    const { qualities } = await getJson<{ qualities: object[] }>(
      `${second.url}${API}/quality?task_type=coding`,
    )
    expect(qualities).toMatchObject([
      { model_id: 'better', declared: 0.9, votes: expect.closeTo(12, 3) as number },
      { model_id: 'other', declared: 0.8, effective: 0.8, votes: 0 },
    ])
    expect((await ask(second.url)).model).toBe('other')
    const answer = await vote(second.url, { decision_id: earlier, thumbs: 'up' })
    expect(await answer.json()).toMatchObject({
      quality: { model_id: 'other', task_type: 'general', votes: expect.closeTo(1, 3) as number },
    })
    const never = await vote(second.url, { decision_id: `${earlier}0`, thumbs: 'up' })
    expect(never.status).toBe(404)
  }, 60_000)
})

it('takes votes on what has ended only, and knows the task by what the request named', async () => {
  const slow = await paced(0)
  const instance = await quietInstance(configOf(yamlOf([slow.url, slow.url], '')))
  cleanups.push(() => instance.stop())
  const { decisionId, model } = await ask(instance.url)
  const answer = await vote(instance.url, { decision_id: decisionId, thumbs: 'up' })
  expect(await answer.json()).toMatchObject({ quality: { model_id: model, task_type: 'coding' } })
  slow.state.delayMs = 2_500
  const running = ask(instance.url)
  await sleep(100)
  const next = (parseInt(decisionId.split('-')[1] ?? '', 36) + 1).toString(36)
  const early = await vote(instance.url, {
    decision_id: `${decisionId.split('-')[0] ?? ''}-${next}`,
    score: 1,
  })
  expect([early.status, ((await early.json()) as { error: object }).error]).toMatchObject([
    409,
    { code: 'decision_running' },
  ])
  await running
})

it('tries the less known model for a share of the requests, each marked as such', async () => {
  const { url } = await paced(0)
  const instance = await quietInstance(configOf(yamlOf([url, url], 'scoring: { exploration_share: 0.5 }')))
  cleanups.push(() => instance.stop())
  let explored = 0
  for (let i = 0; i < 60; i++) {
    const { decisionId, model } = await ask(instance.url)
    const { decision } = await getJson<{ decision: { explored: boolean; model: string } }>(
      `${instance.url}${API}/decisions/${decisionId}`,
    )
    expect(decision.model).toBe(model)
    if (decision.explored) {
      explored++
      expect(model).toBe('other')
    }
  }
  expect(explored).toBeGreaterThan(0)
  expect(explored).toBeLessThan(40)
}, 30_000)
