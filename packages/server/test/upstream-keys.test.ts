import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startInstance, type Instance } from '../src/cli/instance.js'
import { configOf } from './rig.js'

const SECRET = 'sk-of-the-environment'
const VARIABLE = 'LOADSTAR_TEST_KEY'

const seen: (string | undefined)[] = []
const backend = createServer((req, res) => {
  seen.push(req.headers.authorization)
  res.writeHead(200, { 'content-type': 'application/json' }).end('{"object":"list"}')
})
let folder = ''
let baseUrl = ''

beforeAll(async () => {
  process.env[VARIABLE] = SECRET
  folder = mkdtempSync(join(tmpdir(), 'loadstar-keys-'))
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
  baseUrl = `http://127.0.0.1:${(backend.address() as AddressInfo).port}/v1`
})
beforeEach(() => void seen.splice(0))
afterAll(async () => {
  Reflect.deleteProperty(process.env, VARIABLE)
  backend.closeAllConnections()
  await new Promise((resolve) => backend.close(resolve))
  rmSync(folder, { recursive: true })
})

/** An instance over a database that stays, and what it logs. */
async function instanceWith(listed: readonly string[]): Promise<{ instance: Instance; logged: string }> {
  const lines: string[] = []
  const config = configOf(`server: { api_key_envs: [${listed.join(', ')}] }`)
  const instance = await startInstance(
    { ...config, storage: { url: `file:${join(folder, 'keys.db')}` } },
    { logger: pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) }) },
  )
  return { instance, logged: lines.join('') }
}

function send(url: string, body: object): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

const ask = ({ url }: Instance) => send(`${url}/v1/embeddings`, { model: 'm', input: 'hi' })

describe('a model made through the API', () => {
  it('is called with the key it names only while the configuration lists the variable', async () => {
    const listed = await instanceWith([VARIABLE])
    const model = { id: 'm', base_url: baseUrl, max_concurrent: 1, api_key_env: VARIABLE }
    const made = await send(`${listed.instance.url}/api/v1/model-router/models`, model)
    expect(made.status).toBe(201)
    expect(await made.text()).not.toContain(SECRET)
    expect((await ask(listed.instance)).status).toBe(200)
    expect(listed.logged).toBe('')
    await listed.instance.stop()

    const unlisted = await instanceWith([])
    expect((await ask(unlisted.instance)).status).toBe(200)
    await unlisted.instance.stop()
    expect(seen).toEqual([`Bearer ${SECRET}`, undefined])
    expect(unlisted.logged.match(/called without its key/g)).toHaveLength(1)
    expect(unlisted.logged).toContain(VARIABLE)
    expect(unlisted.logged).not.toContain(SECRET)
  })
})
