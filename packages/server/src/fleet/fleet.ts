import { startModelServer, type RunningModelServer } from './model-server.js'
import type { FleetSpec } from './spec.js'

/** Simulated model servers that listen, in the order of their description. */
export interface Fleet {
  readonly servers: readonly RunningModelServer[]
  /** @throws when no server has that id. */
  server(id: string): RunningModelServer
  close(): Promise<void>
}

/**
 * Starts every server of a fleet.
 *
 * @throws the error of the first that could not listen, after those already started are closed again.
 */
export async function startFleet(spec: FleetSpec): Promise<Fleet> {
  const starts = await Promise.allSettled(
    spec.models.map((model, stream) => startModelServer(model, { seed: spec.seed, stream })),
  )
  const servers = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []))
  const close = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.close()))
  }
  const failed = starts.find((start) => start.status === 'rejected')
  if (failed !== undefined) {
    await close()
    throw failed.reason
  }
  return {
    servers,
    close,
    server(id) {
      const found = servers.find((server) => server.id === id)
      if (found === undefined) throw new Error(`the fleet has no model ${JSON.stringify(id)}`)
      return found
    },
  }
}
