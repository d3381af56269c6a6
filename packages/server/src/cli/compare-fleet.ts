import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { request } from 'undici'

/** A simulated model server somewhere else, reached by its address alone. */
export interface RemoteModelServer {
  readonly id: string
  readonly url: string
  readonly baseUrl: string
}

/** What the comparison reads of a model server's own record. */
interface RemoteStats {
  readonly served: number
  readonly refused: number
  readonly peakConcurrency: number
  readonly busyMs: number
}

interface FleetProcess {
  readonly servers: readonly RemoteModelServer[]
  stop(): Promise<void>
}

/**
 * Starts `loadstar fleet` in a process of its own, so that the models' clocks do not run late when the clients are
 * busy. It ends with this process, however that ends.
 *
 * @param document - the fleet description, as its file would have it.
 */
export async function startFleetProcess(document: object): Promise<FleetProcess> {
  const main = fileURLToPath(new URL(`./main${extname(fileURLToPath(import.meta.url))}`, import.meta.url))
  const child = spawn(process.execPath, [...process.execArgv, main, 'fleet', '-', '--json'], {
    stdio: ['pipe', 'pipe', 'inherit', 'ipc'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.stdin?.end(JSON.stringify(document))
  const line = await Promise.race([firstLine(child), ended])
  if (line === undefined) throw new Error('the simulated models did not start')
  const { models } = JSON.parse(line) as { models: { id: string; url: string; base_url: string }[] }
  return {
    servers: models.map(({ id, url, base_url }) => ({ id, url, baseUrl: base_url })),
    async stop() {
      child.disconnect()
      await ended
    },
  }
}

export async function readStats({ url }: RemoteModelServer): Promise<RemoteStats> {
  const { body } = await request(`${url}/stats`)
  const stats = (await body.json()) as {
    served: number
    refused: number
    peak_concurrency: number
    busy_ms: number
  }
  return {
    served: stats.served,
    refused: stats.refused,
    peakConcurrency: stats.peak_concurrency,
    busyMs: stats.busy_ms,
  }
}

/** Zeroes the record and starts the draws again, so that both sides meet the same luck. */
export async function resetStats({ url }: RemoteModelServer): Promise<void> {
  const { body } = await request(`${url}/reset`, { method: 'POST' })
  await body.dump()
}

async function firstLine(child: ChildProcess): Promise<string | undefined> {
  if (child.stdout === null) return undefined
  for await (const line of createInterface({ input: child.stdout })) return line
  return undefined
}
