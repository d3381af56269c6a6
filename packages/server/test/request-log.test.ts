import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startInstance } from '../src/cli/instance.js'
import { configOf } from './rig.js'
import { answering, startUpstream, type ScriptedUpstream } from './scripted-upstream.js'

const SECRETS = ['sk-of-the-model', 'sk-of-the-client', 'a private question', 'a private answer']

let upstream: ScriptedUpstream
beforeEach(async () => {
  const answer = answering('a private answer')
  upstream = await startUpstream((req, res) => {
    // One that repeats in its error what it was sent, as some do.
    if (req.headers['x-request-id'] !== 'fails') answer(req, res)
    else res.writeHead(500, { 'content-type': 'text/plain' }).end(`bad key ${req.headers.authorization}`)
  })
})
afterEach(() => upstream.stop())

/** Every line an instance writes while it serves two requests, one of which fails. */
async function linesOf(level: string, logRequests: boolean): Promise<Record<string, unknown>[]> {
  const lines: Record<string, unknown>[] = []
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>)
      done()
    },
  })
  const config = configOf(
    `
models:
  - { id: m, base_url: '${upstream.url}', api_key: '\${KEY}', max_concurrent: 2 }
routing: { retries: { max_attempts: 1 } }
telemetry: { log_requests: ${logRequests} }
`,
    { KEY: 'sk-of-the-model' },
  )
  const instance = await startInstance(config, { logger: pino({ level }, sink) })
  for (const [id, model] of [
    ['works', 'm'],
    ['fails', 'm'],
    ['refused', 'nobody'],
  ] as const) {
    const response = await fetch(`${instance.url}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: 'Bearer sk-of-the-client',
        'x-request-id': id,
      },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'a private question' }] }),
    })
    await response.text()
  }
  await instance.stop()
  return lines
}

const requestLines = (lines: readonly Record<string, unknown>[]) =>
  lines.filter(({ msg }) => msg === 'request ended')

describe('the log of requests', () => {
  it('has a line per ended request with id, model, outcome and times', async () => {
    const lines = requestLines(await linesOf('info', true))
    expect(lines).toMatchObject([
      {
        level: 30,
        request_id: 'works',
        asked_model: 'm',
        outcome: 'completed',
        status: 200,
        attempts: [{ model_id: 'm', outcome: 'completed' }],
      },
      { request_id: 'fails', outcome: 'upstream_error', status: 502 },
      { request_id: 'refused', outcome: 'refused_at_door', status: 404, attempts: [] },
    ])
    expect(lines[0]?.['total_ms']).toBeGreaterThan(0)
  })

  it('is silent unless it is asked for or the level is debug', async () => {
    expect(requestLines(await linesOf('info', false))).toEqual([])
    expect(requestLines(await linesOf('debug', false)).map(({ level }) => level)).toEqual([20, 20, 20])
    expect(requestLines(await linesOf('warn', true))).toEqual([])
  })

  it('and every other line hold no secret and nothing that was said, at any level', async () => {
    const lines = await linesOf('trace', true)
    const text = JSON.stringify(lines)
    expect(lines.some(({ level }) => level === 40)).toBe(true)
    for (const secret of SECRETS) expect(text).not.toContain(secret)
  })
})
