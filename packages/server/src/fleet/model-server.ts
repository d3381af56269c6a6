import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Engine } from './engine.js'
import type { ModelServerStats } from './record.js'
import { dispatch } from './routes.js'
import type { ModelServerSpec } from './spec.js'

/** A simulated model server that listens. */
export interface RunningModelServer {
  readonly id: string
  readonly port: number
  /** Without version, e.g. `http://127.0.0.1:9101`: `/stats` and `/reset` are here. */
  readonly url: string
  /** With version, e.g. `http://127.0.0.1:9101/v1`: what a client of the dialect is given. */
  readonly baseUrl: string
  readonly spec: ModelServerSpec
  stats(): ModelServerStats
  /** Zeroes the counts and starts the draws again from the seed; requests under way go on. */
  reset(): void
  /** Ends every request and socket; resolves when all are gone. */
  close(): Promise<void>
}

interface ModelServerOptions {
  /** Integer; the same seed gives the n-th request the same draws. */
  readonly seed: number
  /** Tells servers of one seed apart; 0 when left out. */
  readonly stream?: number
}

const HOST = '127.0.0.1'
/** Room for hundreds of clients that connect at the same moment. */
const BACKLOG = 2048
/** Longer than clients keep idle sockets, so that none is closed under a request that was just sent. */
const KEEP_ALIVE_MS = 120_000

/**
 * Starts one simulated model server on loopback.
 *
 * @throws the error of `listen`, e.g. `EADDRINUSE` with the port.
 */
export async function startModelServer(
  spec: ModelServerSpec,
  options: ModelServerOptions,
): Promise<RunningModelServer> {
  const engine = new Engine(spec, options.seed, options.stream ?? 0)
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (req, res) => dispatch(engine, req, res))
  await listen(server, spec.port)
  const { port } = server.address() as AddressInfo
  const url = `http://${HOST}:${port}`
  return {
    id: spec.id,
    port,
    url,
    baseUrl: `${url}/v1`,
    spec,
    stats: () => engine.stats(),
    reset: () => engine.reset(),
    close: () => close(server, engine),
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: HOST, port, backlog: BACKLOG }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function close(server: Server, engine: Engine): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      engine.stop()
      resolve()
    })
    server.closeAllConnections()
  })
}
