import { hasProgram } from '../child.js'
import { startConfigured } from './configured.js'
import type { Peer, Upstream } from './peer.js'

/** nginx, one worker, least connections; with `max_conns` it knows the limits, but has no queue. */
function nginxAs(name: string, knowsLimits: boolean): Peer {
  return {
    name,
    prepare: () =>
      hasProgram('nginx')
        ? undefined
        : { reason: 'nginx is not installed', install: 'apt-get install nginx' },
    start: (upstreams) =>
      startConfigured({
        fileName: 'nginx.conf',
        model: 'bench',
        command: 'nginx',
        args: (file, folder) => ['-p', folder, '-c', file, '-e', 'stderr'],
        config: (port, folder) => configFor(port, upstreams, { knowsLimits, folder }),
      }),
  }
}

export const nginx = nginxAs('nginx', false)
export const nginxLimits = nginxAs('nginx, max_conns', true)

interface Options {
  readonly knowsLimits: boolean
  readonly folder: string
}

function configFor(port: number, upstreams: readonly Upstream[], { knowsLimits, folder }: Options): string {
  const servers = upstreams.map(
    ({ port, maxConcurrent }) =>
      // A server that fails is otherwise left alone for 10 s, and with it its slots.
      `    server 127.0.0.1:${port} max_fails=0${knowsLimits ? ` max_conns=${maxConcurrent}` : ''};`,
  )
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `  ${kind}_temp_path ${folder}/${kind};`,
  )
  return `daemon off;
master_process off;
worker_processes 1;
worker_rlimit_nofile 16384;
error_log stderr crit;
pid ${folder}/nginx.pid;
events { worker_connections 8000; }
http {
  access_log off;
${paths.join('\n')}
  keepalive_requests 1000000000;
  client_body_buffer_size 64k;
  upstream models {
    least_conn;
${servers.join('\n')}
    keepalive 1024;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location / {
      proxy_pass http://models;
      proxy_http_version 1.1;
      proxy_set_header connection "";
      proxy_buffering off;
      proxy_read_timeout 120s;
    }
  }
}
`
}
