import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, hasProgram, scratch, startChild, TESTED_CORE, untilListening } from '../child.js'
import type { Peer, Upstream } from './peer.js'

/** HAProxy, one thread, least connections; with `maxconn` it knows the limits and queues. */
function haproxyAs(name: string, knowsLimits: boolean): Peer {
  return {
    name,
    prepare: () =>
      hasProgram('haproxy')
        ? undefined
        : { reason: 'haproxy is not installed', install: 'apt-get install haproxy' },
    async start(upstreams) {
      const port = await freePort()
      const folder = scratch()
      const file = join(folder.path, 'haproxy.cfg')
      writeFileSync(file, configFor(port, upstreams, knowsLimits))
      const child = startChild({ command: 'haproxy', args: ['-db', '-f', file], core: TESTED_CORE })
      await untilListening(port, child)
      return {
        port,
        model: 'bench',
        headers: {},
        pids: [child.pid],
        async stop() {
          await child.stop()
          folder.remove()
        },
      }
    },
  }
}

export const haproxy = haproxyAs('haproxy', false)
export const haproxyQueue = haproxyAs('haproxy, maxconn + queue', true)

function configFor(port: number, upstreams: readonly Upstream[], knowsLimits: boolean): string {
  const servers = upstreams.map(
    ({ port, maxConcurrent }, index) =>
      `  server s${index} 127.0.0.1:${port}${knowsLimits ? ` maxconn ${maxConcurrent}` : ''}`,
  )
  return `global
  nbthread 1
  maxconn 8000
defaults
  mode http
  option http-no-delay
  http-reuse always
  timeout connect 5s
  timeout client 120s
  timeout server 120s
  timeout queue 60s
frontend clients
  bind 127.0.0.1:${port} maxconn 8000
  default_backend models
backend models
  balance leastconn
${servers.join('\n')}
`
}
