import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, scratch, startChild, TESTED_CORE, untilListening } from '../child.js'
import type { Running } from './peer.js'

/** A gateway that is told everything by one file, in a folder that is gone with it. */
interface Configured {
  readonly fileName: string
  /** What clients write as `model`. */
  readonly model: string
  readonly command: string
  readonly args: (file: string, folder: string) => readonly string[]
  /** What the file says. */
  readonly config: (port: number, folder: string) => string
}

/** Starts it on the core under test; resolves when it listens. */
export async function startConfigured({
  fileName,
  model,
  command,
  args,
  config,
}: Configured): Promise<Running> {
  const port = await freePort()
  const folder = scratch()
  const file = join(folder.path, fileName)
  writeFileSync(file, config(port, folder.path))
  const child = startChild({ command, args: args(file, folder.path), core: TESTED_CORE, cwd: folder.path })
  await untilListening(port, child)
  return {
    port,
    model,
    headers: {},
    pids: [child.pid],
    async stop() {
      await child.stop()
      folder.remove()
    },
  }
}
