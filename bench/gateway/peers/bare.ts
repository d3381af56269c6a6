import { fileURLToPath } from 'node:url'
import { freePort, startChild, TESTED_CORE, untilListening } from '../child.js'
import type { Peer } from './peer.js'

/** `node:http` in front, undici's `Pool.dispatch` behind, nothing between but parsing: what our language costs. */
export const bare: Peer = {
  name: 'bare node:http + undici',
  prepare: () => undefined,
  async start([upstream]) {
    if (upstream === undefined) throw new Error('nobody to speak to')
    const port = await freePort()
    const file = fileURLToPath(new URL('./bare-server.ts', import.meta.url))
    const child = startChild({
      command: process.execPath,
      args: ['--import', 'tsx', file, String(port), String(upstream.port)],
      core: TESTED_CORE,
    })
    await untilListening(port, child)
    return { port, model: 'bench', headers: {}, pids: [child.pid], stop: () => child.stop() }
  },
}
