import type { Peer } from './peer.js'

/** No gateway at all: what client, models and machine take by themselves. */
export const direct: Peer = {
  name: 'direct',
  prepare: () => undefined,
  start([upstream]) {
    if (upstream === undefined) throw new Error('nobody to speak to')
    const { port } = upstream
    return Promise.resolve({ port, model: 'bench', headers: {}, pids: [], stop: () => Promise.resolve() })
  },
}
