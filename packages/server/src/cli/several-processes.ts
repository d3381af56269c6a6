import { mkdtemp, rm } from 'node:fs/promises'
import { isIPv6 } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ZodApp } from '../api/deps.js'
import { Crew, type Post } from '../cluster/crew.js'
import { Desk } from '../cluster/desk.js'
import { Feed } from '../cluster/feed.js'
import type { ToPrimary, ToWorker } from '../cluster/message.js'
import { Shelf } from '../cluster/shelf.js'
import type { HedgeCounters } from '../gateway/hedging.js'
import type { Vitals } from '../telemetry/vitals.js'
import type { Front, FrontParts } from './front.js'
import type { Learning } from './learning.js'
import { closeApi } from './last-bytes.js'

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }
type HedgesTold = Extract<ToPrimary, readonly ['hedges', ...unknown[]]>

const WORKER_PROGRAM = fileURLToPath(new URL('./worker.js', import.meta.url))

/**
 * Serves from worker processes that share a port, each with a gateway of its own. What exists once stays here: the
 * registry, the router with every lease and everyone who waits, the counts, and the API, which workers reach over a
 * socket in a folder that only this user can enter.
 */
export async function severalProcesses(parts: FrontParts): Promise<Front> {
  const { config, registry, ledger, learning, log, api } = parts
  const { server, routing, auth, budgets, responseCache, telemetry, scoring } = config
  const { door: admission, decisionIds, ended } = ledger
  const hedges = { made: 0, won: 0, refused: 0 }
  const vitals = new Map<string, Vitals>()
  const shelf = new Shelf()
  const feed = new Feed({ source: registry, log })
  registry.onChange(() => shelf.clear())
  const informed = whoFollows(learning, shelf)
  const folder = await mkdtemp(join(tmpdir(), 'loadstar-'))
  const apiSocket = join(folder, 'api')
  const app = api()

  const post = (owner: string, send: (message: ToWorker) => void): Post => {
    const desk = new Desk({ admission, owner, shelf, reply: send, log })
    const follower = feed.follow(owner, send)
    informed.add(send)
    return {
      start: () => ({
        config: { server, routing, auth, budgets, responseCache, telemetry, scoring },
        apiSocket,
        ownSocket: join(folder, owner),
        decisionPrefix: decisionIds.prefix,
        catalog: follower.snapshot,
        learned: learning.learner.snapshot,
      }),
      receive(message) {
        switch (message[0]) {
          case 'known':
            return follower.known(message[1])
          case 'ended':
            return ended(message[1])
          case 'hedges':
            return addHedges(hedges, message)
          case 'vitals':
            return void vitals.set(owner, message[1])
          default:
            desk.receive(message)
        }
      },
      ended() {
        vitals.delete(owner)
        desk.close()
        follower.gone()
        informed.delete(send)
      },
    }
  }
  const { workers, host, port } = server
  const crew = new Crew({ workers, program: WORKER_PROGRAM, host, port, post, log })
  try {
    await app.listen({ path: apiSocket })
    const listening = await crew.open()
    return {
      url: `http://${reachable(listening.address)}:${listening.port}`,
      hedges: () => ({ ...hedges }),
      vitals: () => vitals,
      async stop() {
        admission.close()
        await crew.stop(server.shutdownGraceMs)
        await close(app, folder)
      },
    }
  } catch (error) {
    await close(app, folder)
    throw error
  }
}

function addHedges(sum: Mutable<HedgeCounters>, [, made, won, refused]: HedgesTold): void {
  sum.made += made
  sum.won += won
  sum.refused += refused
}

async function close(app: ZodApp, folder: string): Promise<void> {
  await closeApi(app)
  await rm(folder, { recursive: true, force: true })
}

/** Workers that are told of what scores follow; to be added to and removed from. */
function whoFollows({ learner }: Learning, shelf: Shelf): Set<(message: ToWorker) => void> {
  const informed = new Set<(message: ToWorker) => void>()
  learner.onMoved((snapshot) => {
    shelf.clear()
    for (const send of informed) send(['learned', snapshot])
  })
  return informed
}

/** How a client on this machine reaches who listens there. */
function reachable(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1'
  if (address === '::') return '[::1]'
  return isIPv6(address) ? `[${address}]` : address
}
