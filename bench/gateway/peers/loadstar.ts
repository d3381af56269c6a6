import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startConfigured } from './configured.js'
import type { Peer, Upstream } from './peer.js'

const PROGRAM = fileURLToPath(new URL('../../../packages/server/bin/loadstar.js', import.meta.url))
const BUILT = fileURLToPath(new URL('../../../packages/server/dist/cli/main.js', import.meta.url))

/** Loadstar as its users start it: a file, defaults, every model under one alias. */
export const loadstar = loadstarAs('loadstar', [])

/** As docs/operations/running.md advises for many waiting requests. */
export const loadstarRoomy = loadstarAs('loadstar, roomy', ['--max-semi-space-size=32'])

/** Without a history of its requests, to see what recording them costs. */
export const loadstarUnrecorded = loadstarAs('loadstar, unrecorded', [], { history: { enabled: false } })

function loadstarAs(name: string, flags: readonly string[], more: object = {}): Peer {
  return {
    name,
    prepare: () => (existsSync(BUILT) ? undefined : { reason: 'it is not built', install: 'npm run build' }),
    start: (upstreams) =>
      startConfigured({
        fileName: 'loadstar.yaml',
        model: 'chat',
        command: process.execPath,
        args: (file) => [
          ...flags,
          ...(process.env['LOADSTAR_NODE_ARGS']?.split(' ') ?? []),
          PROGRAM,
          'serve',
          '-c',
          file,
        ],
        config: (port, folder) => configFor(port, upstreams, join(folder, 'loadstar.db'), more),
      }),
  }
}

/** Queues that nobody is turned away from: it is asked to match gateways that wait as long as it takes. */
function configFor(port: number, upstreams: readonly Upstream[], database: string, more: object): string {
  const models = upstreams.map(({ port, maxConcurrent }, index) => ({
    id: `model-${index}`,
    alias: 'chat',
    base_url: `http://127.0.0.1:${port}/v1`,
    max_concurrent: maxConcurrent,
    max_queue: 10_000,
    target_utilization: 1,
  }))
  // JSON is YAML.
  return JSON.stringify({
    server: { host: '127.0.0.1', port },
    models,
    routing: { max_wait_ms: 60_000 },
    storage: { url: `file:${database}` },
    ...more,
  })
}
