import { once } from 'node:events'
import Anthropic from '@anthropic-ai/sdk'
import OpenAI, { type APIError } from 'openai'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { getJson, serve, stop, temporaryFolder, type RunningGateway } from './processes.js'
import { startUpstream } from './scripted-upstream.js'

const KEY = 'sk-team-0123456789abcdef'
const cleanups: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

interface Budgets {
  readonly budgets: readonly { readonly limits: readonly { used: number; measure: string }[] }[]
}

interface Rig {
  readonly folder: string
  readonly yaml: string
  readonly gateway: RunningGateway
}

async function rigOf(budgets: string, workers: number, price = ''): Promise<Rig> {
  const folder = temporaryFolder()
  cleanups.push(() => folder.remove())
  const upstream = await startUpstream((req, res) => {
    req.resume().once('end', () => {
      const message = { role: 'assistant', content: 'hello' }
      const usage = { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 }
      const choices = [{ index: 0, message, finish_reason: 'stop' }]
      res.writeHead(200, { 'content-type': 'application/json' })
      res.end(JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model: 'm', choices, usage }))
    })
  })
  cleanups.push(() => upstream.stop())
  vi.stubEnv('TEAM_KEY', KEY)
  cleanups.push(() => void vi.unstubAllEnvs())
  const yaml = `
models: [{ id: m, base_url: '${upstream.url}', max_concurrent: 20 ${price} }]
agents: [{ id: coder }]
auth: { keys: [{ id: team, key: '\${TEAM_KEY}', role: admin }] }
storage: { url: 'file:${folder.path}/loadstar.db' }
budgets: ${budgets}
`
  const gateway = await serve(folder.path, yaml, workers)
  cleanups.push(() => stop(gateway))
  return { folder: folder.path, yaml, gateway }
}

const clientOf = ({ url }: { url: string }) =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: KEY, maxRetries: 0, defaultHeaders: { 'x-agent-id': 'coder' } })
const ask = (client: OpenAI, maxTokens = 50) =>
  client.chat.completions
    .create({ model: 'm', max_tokens: maxTokens, messages: [{ role: 'user', content: 'hi' }] })
    .withResponse()
const budgetsOf = ({ url }: { url: string }) =>
  getJson<Budgets>(`${url}/api/v1/model-router/budgets`, { authorization: `Bearer ${KEY}` })

describe.each([
  ['one process', 1],
  ['two workers', 2],
])('budgets in %s', (_name, workers) => {
  it('let in as many as they say, however many come at once, and tell the rest when to come again', async () => {
    const { gateway } = await rigOf('[{ key: team, per_minute: { requests: 5, tokens: 100000 } }]', workers)
    const client = clientOf(gateway)
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => ask(client)))
    const refused = all.flatMap((result) => (result.status === 'rejected' ? [result.reason as APIError] : []))
    expect(all.length - refused.length).toBe(5)
    for (const error of refused) {
      expect(error).toBeInstanceOf(OpenAI.RateLimitError)
      expect(error.code).toBe('rate_limit_exceeded')
      expect(error.message).toContain('the budget of key "team" is 5 requests a minute and is spent')
      expect(error.headers?.get('x-loadstar-reason')).toBe('budget_exceeded')
      const retryMs = Number(error.headers?.get('retry-after-ms'))
      expect(retryMs).toBeGreaterThan(0)
      expect(retryMs).toBeLessThanOrEqual(60_000)
      expect(error.headers?.get('x-ratelimit-remaining-requests')).toBe('0')
    }
    const { answers } = await getJson<{ answers: Record<string, number> }>(
      `${gateway.url}/api/v1/model-router/stats`,
      { authorization: `Bearer ${KEY}` },
    )
    expect(answers).toMatchObject({ completed: 5, over_budget: 15 })
  })

  it('count what models counted, tell how they stand in each API’s headers, and outlive kill -9', async () => {
    const rig = await rigOf(
      '[{ agent: coder, per_minute: { requests: 100 }, per_day: { tokens: 1000, cost_usd: 10 } }]',
      workers,
      ', price: { input_usd_per_mtok: 1000, output_usd_per_mtok: 2000 }',
    )
    const { response, data } = await ask(clientOf(rig.gateway), 500)
    const spent = 30
    expect(data.usage?.total_tokens).toBe(spent)
    expect(response.headers.get('x-ratelimit-limit-requests')).toBe('100')
    expect(response.headers.get('x-ratelimit-remaining-requests')).toBe('99')
    expect(response.headers.get('x-ratelimit-reset-requests')).toMatch(/^(1m0s|\d+(\.\d+)?s)$/)
    // What the answer may yet have counts as spent until it is over.
    expect(Number(response.headers.get('x-ratelimit-remaining-tokens'))).toBeLessThan(500)
    const usedTokens = async (url: string) =>
      (await budgetsOf({ url })).budgets[0]?.limits.map(({ used }) => used)
    await vi.waitFor(async () => expect((await usedTokens(rig.gateway.url))?.[1]).toBe(spent))
    const claude = new Anthropic({ baseURL: rig.gateway.url, apiKey: KEY, maxRetries: 0 })
    const { response: answered } = await claude.messages
      .create(
        { model: 'm', max_tokens: 5, messages: [{ role: 'user', content: 'hi' }] },
        { headers: { 'x-agent-id': 'coder' } },
      )
      .withResponse()
    expect(answered.headers.get('anthropic-ratelimit-requests-remaining')).toBe('98')
    expect(Date.parse(answered.headers.get('anthropic-ratelimit-tokens-reset') ?? '')).toBeGreaterThan(
      Date.now(),
    )
    await vi.waitFor(async () => expect((await usedTokens(rig.gateway.url))?.[0]).toBe(2))
    // Longer than what is spent may stay unsaved.
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    const before = await usedTokens(rig.gateway.url)
    rig.gateway.child.kill('SIGKILL')
    await once(rig.gateway.child, 'exit')
    const again = await serve(rig.folder, rig.yaml, workers)
    cleanups.push(() => stop(again))
    const after = await usedTokens(again.url)
    expect(after?.[1]).toBe(before?.[1])
    expect(after?.[2]).toBeCloseTo(before?.[2] ?? NaN, 9)
    const error = await ask(clientOf(again), 5_000).catch((reason: unknown) => reason as APIError)
    expect(error).toMatchObject({ status: 429, code: 'insufficient_quota' })
    expect((error as APIError).message).toContain('ask for a shorter answer')
    expect((error as APIError).headers?.get('x-should-retry')).toBe('false')
  })
})
