import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseConfig } from '../src/config/parse.js'
import { configOf, quietInstance } from './rig.js'
import { serve, stop, temporaryFolder } from './processes.js'
import { answering, startUpstream, type ScriptedUpstream } from './scripted-upstream.js'

const SECRETS = {
  OPS_KEY: 'sk-ops-0123456789abcdef',
  TEAM_KEY: 'sk-team-0123456789abcdef',
  BOARD_KEY: 'sk-board-0123456789abcdef',
}
const API = '/api/v1/model-router'

const yamlFor = (url: string) => `
models: [{ id: m, base_url: '${url}', max_concurrent: 4 }]
agents: [{ id: coder }, { id: other }]
auth:
  keys:
    - { id: ops, key: '\${OPS_KEY}', role: admin }
    - { id: team, key: '\${TEAM_KEY}', agents: [coder], highest_priority: bulk }
    - { id: board, key: '\${BOARD_KEY}', role: viewer }
`

describe.each([
  ['in one process', 1],
  ['in front of two workers', 2],
])('a gateway with keys, %s', (_name, workers) => {
  const folder = temporaryFolder()
  const ends: (() => Promise<void>)[] = []
  const heard: string[] = []
  let upstream: ScriptedUpstream
  let url: string

  beforeAll(async () => {
    upstream = await startUpstream((req, res) => {
      heard.push(JSON.stringify(req.headers))
      answering('hello')(req, res)
    })
    const yaml = yamlFor(upstream.url)
    if (workers === 1) {
      const instance = await quietInstance(configOf(yaml, SECRETS))
      url = instance.url
      ends.push(() => instance.stop())
    } else {
      Object.assign(process.env, SECRETS)
      const running = await serve(folder.path, yaml, workers)
      for (const name of Object.keys(SECRETS)) Reflect.deleteProperty(process.env, name)
      url = running.url
      ends.push(() => stop(running))
    }
  })
  afterAll(async () => {
    for (const end of ends) await end()
    await upstream.stop()
    folder.remove()
  })

  const openai = (apiKey: string, headers = {}) =>
    new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0, defaultHeaders: headers })
  const ask = (client: OpenAI) =>
    client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'hi' }] })
  const api = (path: string, key?: string, method = 'GET') =>
    fetch(`${url}${path}`, { method, headers: key === undefined ? {} : { authorization: `Bearer ${key}` } })

  it('lets those in whose key it knows, and nobody else, in the words of each API', async () => {
    expect((await ask(openai(SECRETS.TEAM_KEY))).choices[0]?.message.content).toBe('hello')
    const wrong = `${SECRETS.TEAM_KEY.slice(0, -1)}!`
    await expect(ask(openai(wrong))).rejects.toMatchObject({
      status: 401,
      code: 'invalid_api_key',
      type: 'invalid_request_error',
    })
    const claude = new Anthropic({ baseURL: url, apiKey: wrong, maxRetries: 0 })
    const message = { model: 'm', max_tokens: 5, messages: [{ role: 'user' as const, content: 'hi' }] }
    const error = (await claude.messages.create(message).catch((reason: unknown) => reason)) as Error
    expect(error).toBeInstanceOf(Anthropic.AuthenticationError)
    expect(error.message).not.toContain(wrong)
    const known = new Anthropic({ baseURL: url, apiKey: SECRETS.TEAM_KEY, maxRetries: 0 })
    expect((await known.messages.create(message)).content).toMatchObject([{ text: 'hello' }])
    const none = await fetch(`${url}/v1/models`)
    expect(none.status).toBe(401)
    expect(none.headers.get('www-authenticate')).toBe('Bearer')
  })

  it('never tells a model the key of a client', async () => {
    await ask(openai(SECRETS.TEAM_KEY))
    expect(heard.length).toBeGreaterThan(0)
    for (const secret of Object.values(SECRETS)) expect(heard.join()).not.toContain(secret)
  })

  it('lets a key speak for its agents only', async () => {
    await ask(openai(SECRETS.TEAM_KEY, { 'x-agent-id': 'coder' }))
    await ask(openai(SECRETS.OPS_KEY, { 'x-agent-id': 'other' }))
    await expect(ask(openai(SECRETS.TEAM_KEY, { 'x-agent-id': 'other' }))).rejects.toMatchObject({
      status: 403,
      code: 'forbidden',
      message: expect.stringContaining('"team" must not speak for the agent "other"') as string,
    })
  })

  it('gives each role what it needs: health to all, reading to viewers, changes to admins, requests and votes to clients', async () => {
    for (const path of ['/livez', '/readyz', '/openapi.json', '/docs/'])
      expect((await api(path)).status).toBe(200)
    const statuses = async (key?: string) => [
      (await api(`${API}/stats`, key)).status,
      (await api(`${API}/models/none`, key, 'DELETE')).status,
      (await api('/v1/models', key)).status,
      // A vote without a body.
      (await api('/api/v1/feedback', key, 'POST')).status,
    ]
    expect(await statuses()).toEqual([401, 401, 401, 401])
    expect(await statuses(SECRETS.TEAM_KEY)).toEqual([403, 403, 200, 400])
    expect(await statuses(SECRETS.BOARD_KEY)).toEqual([200, 403, 403, 403])
    expect(await statuses(SECRETS.OPS_KEY)).toEqual([200, 404, 200, 400])
  })
})

describe('keys in the configuration', () => {
  it.each([
    [
      'auth: { keys: [{ id: a, key: sk-0123456789abcdef }] }',
      'auth.keys[0].key must come from the environment',
    ],
    ["auth: { keys: [{ id: a, key: '${SHORT}' }] }", 'auth.keys[0].key must have ≥ 16 characters'],
    [
      "auth: { keys: [{ id: a, key: '${OPS_KEY}' }, { id: a, key: '${TEAM_KEY}' }] }",
      'auth.keys[1].id must be unique; auth.keys[0] has it already',
    ],
    [
      "auth: { keys: [{ id: a, key: '${OPS_KEY}' }, { id: b, key: '${OPS_KEY}' }] }",
      'auth.keys[1].key must not be the same as that of auth.keys[0]',
    ],
    ["auth: { keys: [{ id: a, key: '${OPS_KEY}', role: root }] }", 'must be one of client, viewer, admin'],
  ])('%s', (yaml, message) => {
    const error = (() => {
      try {
        parseConfig(yaml, { ...SECRETS, SHORT: 'sk-short' }, 'test.yaml')
      } catch (reason) {
        return reason as Error
      }
      return undefined
    })()
    expect(error?.message).toContain(message)
    for (const secret of [...Object.values(SECRETS), 'sk-0123456789abcdef', 'sk-short'])
      expect(error?.message).not.toContain(secret)
  })
})
