import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { freePort, startChild, TESTED_CORE, untilListening } from '../child.js'
import type { Peer, Upstream } from './peer.js'

const FOLDER = fileURLToPath(new URL('../.peers/', import.meta.url))
const PROGRAM = `${FOLDER}node_modules/@portkey-ai/gateway/build/start-server.js`

/** Later versions of its server do not stream. */
const SERVER_VERSION = '1.14.0'
const PACKAGE = {
  private: true,
  dependencies: { '@portkey-ai/gateway': '1.15.2', '@hono/node-server': SERVER_VERSION },
  overrides: { '@hono/node-server': SERVER_VERSION },
}

/** Portkey's gateway, the most used one in our language; no dependency of ours, so it is fetched for the run. */
function portkeyAs(name: string, attempts: number): Peer {
  return {
    name,
    prepare() {
      if (existsSync(PROGRAM)) return undefined
      mkdirSync(FOLDER, { recursive: true })
      writeFileSync(`${FOLDER}package.json`, JSON.stringify(PACKAGE, null, 2))
      spawnSync('npm', ['install', '--no-audit', '--no-fund'], { cwd: FOLDER, stdio: 'inherit' })
      if (existsSync(PROGRAM)) return undefined
      return {
        reason: 'npm could not install it',
        install: 'cd bench/gateway/.peers && npm install',
      }
    },
    async start(upstreams) {
      const port = await freePort()
      const child = startChild({
        command: process.execPath,
        args: [PROGRAM, `--port=${port}`, '--headless'],
        core: TESTED_CORE,
        env: { NODE_ENV: 'production' },
      })
      await untilListening(port, child)
      const headers = { 'x-portkey-config': JSON.stringify(configFor(upstreams, attempts)) }
      return { port, model: 'bench', headers, pids: [child.pid], stop: () => child.stop() }
    },
  }
}

export const portkey = portkeyAs('portkey', 0)
export const portkeyRetries = portkeyAs('portkey, 3 retries', 3)

function configFor(upstreams: readonly Upstream[], attempts: number): object {
  const total = upstreams.reduce((sum, { maxConcurrent }) => sum + maxConcurrent, 0)
  const targets = upstreams.map(({ port, maxConcurrent }) => ({
    provider: 'openai',
    custom_host: `http://127.0.0.1:${port}/v1`,
    api_key: 'bench',
    weight: maxConcurrent / total,
  }))
  const retry = attempts > 0 ? { retry: { attempts, on_status_codes: [429, 500, 502, 503, 504] } } : {}
  const [only] = targets
  if (targets.length === 1 && only) return { ...only, ...retry }
  return { strategy: { mode: 'loadbalance' }, targets, ...retry }
}
