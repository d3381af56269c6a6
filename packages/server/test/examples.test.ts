import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../src/config/parse.js'
import { serve, startFleet, stop, temporaryFolder } from './processes.js'

const run = promisify(execFile)
const example = (name: string) => fileURLToPath(new URL(`../../../examples/${name}`, import.meta.url))

describe('the examples', () => {
  it('pair agents and route requests with the core alone', async () => {
    const { stdout } = await run(process.execPath, [example('library.mjs')])
    expect(stdout).toContain('proved optimal: true')
    expect(stdout).toContain('admitted queued queued queued queued queued queued')
    expect(stdout).toContain('r5 waited 95 ms for deep')
    expect(stdout).toContain('r2 waited 5 ms for quick')
  })

  it('stream an answer through the gateway with the official SDK', async () => {
    const folder = temporaryFolder()
    const fleet = await startFleet(folder.path, {
      models: [{ id: 'only', max_concurrent: 2, output_tokens: 5 }],
    })
    const agents = 'agents: [{ id: coder, capabilities: [coding] }]'
    const models = `models: [{ id: only, base_url: '${fleet.models[0]?.base_url}', max_concurrent: 2 }]`
    const gateway = await serve(folder.path, `${models}\n${agents}\nstorage: { url: 'file::memory:' }\n`)
    try {
      const env = { ...process.env, LOADSTAR_URL: `${gateway.url}/v1` }
      const { stdout } = await run(process.execPath, [example('openai-sdk.mjs')], { env })
      const [head, text] = stdout.split('\n')
      expect(head).toMatch(/^only answers after \d/)
      expect(text?.length).toBeGreaterThan(10)
    } finally {
      await stop(gateway)
      await stop(fleet)
      folder.remove()
    }
  })

  it('of the README are configurations that check', () => {
    const readme = readFileSync(fileURLToPath(new URL('../../../README.md', import.meta.url)), 'utf8')
    const blocks = [...readme.matchAll(/```yaml\n([^]*?)```/g)].map(([, yaml]) => yaml ?? '')
    expect(blocks.length).toBeGreaterThan(0)
    for (const yaml of blocks) expect(parseConfig(yaml, { DEEP_KEY: 'x' }, 'README').models).not.toEqual([])
  })
})
