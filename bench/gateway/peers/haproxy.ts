import { hasProgram } from '../child.js'
import { startConfigured } from './configured.js'
import type { Peer, Upstream } from './peer.js'

/** HAProxy, one thread, least connections; with `maxconn` it knows the limits and queues. */
function haproxyAs(name: string, knowsLimits: boolean): Peer {
  return {
    name,
    prepare: () =>
      hasProgram('haproxy')
        ? undefined
        : { reason: 'haproxy is not installed', install: 'apt-get install haproxy' },
    start: (upstreams) =>
      startConfigured({
        fileName: 'haproxy.cfg',
        model: 'bench',
        command: 'haproxy',
        args: (file) => ['-db', '-f', file],
        config: (port) => configFor(port, upstreams, knowsLimits),
      }),
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
