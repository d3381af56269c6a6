import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { LOAD_CORE, startChild } from './child.js'
import type { Upstream } from './peers/peer.js'

/** How one model behaves. */
export interface Behaviour {
  /** Requests it takes at once; it refuses the next with 503, at once. */
  readonly limit: number
  readonly thinkMs: number
  /** Share by which thinking is longer or shorter, evenly. */
  readonly thinkSpread: number
  readonly streams: { readonly tokens: number; readonly gapMs: number }
}

/** What one model has seen since it was started. */
export interface Seen {
  served: number
  refused: number
  /** Requests at once. */
  greatest: number
  /** Of streams. */
  events: number
  /** Requests whose client left. */
  left: number
}

export interface Upstreams {
  readonly upstreams: readonly Upstream[]
  seen(): Promise<Seen[]>
  stop(): Promise<void>
}

/** Answers at once, to as many as ask. */
export const INSTANT: Behaviour = {
  limit: 100_000,
  thinkMs: 0,
  thinkSpread: 0,
  streams: { tokens: 100, gapMs: 20 },
}

/** Starts models in a process of their own. */
export async function startUpstreams(behaviours: readonly Behaviour[]): Promise<Upstreams> {
  const child = startChild({
    command: process.execPath,
    args: [
      '--import',
      'tsx',
      fileURLToPath(new URL('./upstream-server.ts', import.meta.url)),
      JSON.stringify(behaviours),
    ],
    core: LOAD_CORE,
    hasChannel: true,
  })
  const [ports] = (await once(child.process, 'message')) as [number[]]
  return {
    upstreams: ports.map((port, index) => ({ port, maxConcurrent: behaviours[index]?.limit ?? 0 })),
    async seen() {
      child.process.send('seen')
      const [seen] = (await once(child.process, 'message')) as [Seen[]]
      return seen
    },
    stop: () => child.stop(),
  }
}
