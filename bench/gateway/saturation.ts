import { percentile } from '../routing/percentile.js'
import { table } from '../routing/table.js'
import { chatRequest } from './canned.js'
import { closedLoop } from './closed-loop.js'
import { inTurns, withEntrants, type Entrant } from './field.js'
import { median, shown } from './figures.js'
import { bare } from './peers/bare.js'
import { direct } from './peers/direct.js'
import { haproxy } from './peers/haproxy.js'
import { loadstar, loadstarUnrecorded } from './peers/loadstar.js'
import { nginx } from './peers/nginx.js'
import { portkey } from './peers/portkey.js'
import type { Question } from './question.js'
import { INSTANT } from './upstreams.js'
import { rssMiB, watchUse } from './usage.js'

const CONNECTIONS = 64
const SECONDS = 6
const peers = [direct, haproxy, nginx, bare, loadstar, loadstarUnrecorded, portkey]

interface Row {
  readonly peer: string
  readonly round: number
  readonly requestsPerSecond: number
  readonly failed: number
  readonly cpuMicrosPerRequest: number
  /** How busy the core under test was, 0..1. */
  readonly cpuShare: number
  /** How busy others kept it. */
  readonly othersShare: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly rssMiB: number
}

export const saturation: Question = {
  name: 'saturation',
  question: `How many requests a second does one core carry, with ${CONNECTIONS} connections and 2.1 kB of chat, and what does one cost?`,
  async ask({ rounds, seconds = SECONDS, isPresent }) {
    const rows = await withEntrants(peers.filter(isPresent), [INSTANT], (entrants) =>
      inTurns(entrants, rounds, (entrant, round) => measure(entrant, round, seconds)),
    )
    return { text: told(rows), rows }
  },
}

async function measure({ peer, running }: Entrant, round: number, seconds: number): Promise<Row> {
  const used = watchUse(running.pids)
  const {
    good,
    failed,
    seconds: took,
    latenciesMs,
  } = await closedLoop({
    port: running.port,
    request: chatRequest(running, false),
    connections: CONNECTIONS,
    forMs: seconds * 1000,
  })
  const { cpuMicros, cpuShare, othersShare } = used()
  return {
    peer: peer.name,
    round,
    requestsPerSecond: good / took,
    failed,
    cpuMicrosPerRequest: cpuMicros / good,
    cpuShare,
    othersShare,
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
    rssMiB: rssMiB(running.pids),
  }
}

function told(rows: readonly Row[]): string {
  const names = [...new Set(rows.map(({ peer }) => peer))]
  const of = (name: string, figure: (row: Row) => number) =>
    median(rows.filter(({ peer }) => peer === name).map(figure))
  const floor = of(bare.name, (row) => row.cpuMicrosPerRequest)
  const slowest = of(portkey.name, (row) => row.requestsPerSecond)
  return table(
    [
      '',
      'requests/s',
      'CPU µs per request',
      '× bare',
      "× Portkey's requests/s",
      'core busy, %',
      'core busy by others, %',
      'p50 / p99 ms',
      'RSS MiB',
    ],
    names.map((name) => {
      const cpu = of(name, (row) => row.cpuMicrosPerRequest)
      const perSecond = of(name, (row) => row.requestsPerSecond)
      const isProcess = cpu > 0
      return [
        name,
        shown(perSecond),
        isProcess ? shown(cpu) : '–',
        isProcess ? shown(cpu / floor, 2) : '–',
        isProcess ? shown(perSecond / slowest, 1) : '–',
        isProcess ? shown(100 * of(name, (row) => row.cpuShare)) : '–',
        shown(100 * of(name, (row) => row.othersShare)),
        `${shown(
          of(name, (row) => row.p50Ms),
          2,
        )} / ${shown(
          of(name, (row) => row.p99Ms),
          1,
        )}`,
        isProcess ? shown(of(name, (row) => row.rssMiB)) : '–',
      ]
    }),
  )
}
