import { chatRequest } from './canned.js'
import { closedLoop } from './closed-loop.js'
import type { Peer, Running } from './peers/peer.js'
import { startUpstreams, type Behaviour, type Upstreams } from './upstreams.js'
import { untilIdle } from './usage.js'

/** A gateway in front of its models, warm. */
export interface Entrant {
  readonly peer: Peer
  readonly running: Running
  readonly upstreams: Upstreams
}

/** What a Node process needs to be as fast as it gets, or as long as we wait for it. */
const WARM_REQUESTS = 6_000
const WARM_MS = 15_000

/**
 * Starts each peer in front of models of its own, warms it, lets all be measured and stops everything, on errors too.
 * All stay up through all rounds: whoever does not have its turn has nothing to do.
 *
 * @param warmConnections - clients while it is warmed; as many as will come where a queue is to be warm, too.
 */
export async function withEntrants<T>(
  peers: readonly Peer[],
  behaviours: readonly Behaviour[],
  measure: (entrants: readonly Entrant[]) => Promise<T>,
  warmConnections = 32,
): Promise<T> {
  const entrants: Entrant[] = []
  const stops: (() => Promise<void>)[] = []
  try {
    for (const peer of peers) {
      const upstreams = await startUpstreams(behaviours)
      stops.push(() => upstreams.stop())
      const running = await peer.start(upstreams.upstreams)
      stops.push(() => running.stop())
      await warm(peer, running, warmConnections)
      entrants.push({ peer, running, upstreams })
    }
    return await measure(entrants)
  } finally {
    for (const stop of stops.reverse()) await stop()
  }
}

/** Gives every entrant its turn, round by round, and waits after each until it has nothing left to do. */
export async function inTurns<Row>(
  entrants: readonly Entrant[],
  rounds: number,
  measure: (entrant: Entrant, round: number) => Promise<Row>,
): Promise<Row[]> {
  const rows: Row[] = []
  for (let round = 1; round <= rounds; round++) {
    for (const entrant of entrants) {
      rows.push(await measure(entrant, round))
      await untilIdle(entrant.running.pids)
    }
  }
  return rows
}

async function warm({ name }: Peer, running: Running, connections: number): Promise<void> {
  if (running.pids.length === 0) return
  const { good, perStatus } = await closedLoop({
    port: running.port,
    request: chatRequest(running, false),
    connections,
    forMs: WARM_MS,
    requests: WARM_REQUESTS,
  })
  if (good === 0) throw new Error(`${name} does not answer: ${JSON.stringify(perStatus)}`)
}
