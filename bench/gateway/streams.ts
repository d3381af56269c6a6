import { percentile } from '../routing/percentile.js'
import { table } from '../routing/table.js'
import { chatRequest } from './canned.js'
import { inTurns, withEntrants, type Entrant } from './field.js'
import { median, shown } from './figures.js'
import { bare } from './peers/bare.js'
import { direct } from './peers/direct.js'
import { haproxy } from './peers/haproxy.js'
import { loadstar } from './peers/loadstar.js'
import { nginx } from './peers/nginx.js'
import { portkey } from './peers/portkey.js'
import type { Question } from './question.js'
import { streamLoad } from './stream-load.js'
import { INSTANT, type Behaviour } from './upstreams.js'
import { rssMiB, watchUse } from './usage.js'

/** What one setting asks: tokens so far apart that the core of clients and models can carry them. */
interface Load {
  readonly streams: number
  readonly tokens: number
  readonly gapMs: number
}

const LOADS: readonly Load[] = [
  { streams: 200, tokens: 100, gapMs: 20 },
  { streams: 1_000, tokens: 25, gapMs: 200 },
]
const SECONDS = 8
const SETTLE_MS = 2_000
const peers = [direct, haproxy, nginx, bare, loadstar, portkey]

interface Row {
  readonly peer: string
  readonly round: number
  readonly streams: number
  readonly gapMs: number
  readonly firstP50Ms: number
  readonly firstP99Ms: number
  readonly gapP50Ms: number
  readonly gapP99Ms: number
  readonly eventsPerSecond: number
  /** Events that came of those that were sent meanwhile, 0..1. */
  readonly delivered: number
  readonly cpuMicrosPerEvent: number
  readonly cpuShare: number
  /** How busy others kept the core under test, 0..1. */
  readonly othersShare: number
  readonly failed: number
  /** Share of pieces that end in the middle of an event. */
  readonly torn: number
  readonly rssMiB: number
}

export const streams: Question = {
  name: 'streams',
  question: `How soon does the first event of a stream come, how evenly the others, and what does one cost, with ${LOADS.map((load) => load.streams).join(' and ')} streams at once?`,
  async ask({ rounds, seconds = SECONDS, isPresent }) {
    const rows: Row[] = []
    for (const load of LOADS) {
      const behaviour: Behaviour = { ...INSTANT, streams: load }
      await withEntrants(peers.filter(isPresent), [behaviour], async (entrants) => {
        rows.push(
          ...(await inTurns(entrants, rounds, (entrant, round) =>
            measure(entrant, { round, load, seconds }),
          )),
        )
      })
    }
    return { text: LOADS.map((load) => told(load, rows)).join('\n\n'), rows }
  },
}

interface Window {
  readonly round: number
  readonly load: Load
  readonly seconds: number
}

async function measure(
  { peer, running, upstreams }: Entrant,
  { round, load, seconds }: Window,
): Promise<Row> {
  let used = watchUse(running.pids)
  let use = used()
  const sent: Promise<number>[] = []
  const result = await streamLoad({
    port: running.port,
    request: chatRequest(running, true),
    streams: load.streams,
    spreadMs: load.tokens * load.gapMs,
    settleMs: SETTLE_MS,
    forMs: seconds * 1000,
    mark() {
      use = used()
      used = watchUse(running.pids)
      sent.push(upstreams.seen().then(([seen]) => seen?.events ?? NaN))
    },
  })
  const [sentBefore = NaN, sentAfter = NaN] = await Promise.all(sent)
  return {
    peer: peer.name,
    round,
    streams: load.streams,
    gapMs: load.gapMs,
    firstP50Ms: percentile(result.firstMs, 0.5),
    firstP99Ms: percentile(result.firstMs, 0.99),
    gapP50Ms: percentile(result.gapsMs, 0.5),
    gapP99Ms: percentile(result.gapsMs, 0.99),
    eventsPerSecond: result.events / result.seconds,
    delivered: result.events / (sentAfter - sentBefore),
    cpuMicrosPerEvent: use.cpuMicros / result.events,
    cpuShare: use.cpuShare,
    othersShare: use.othersShare,
    failed: result.failed,
    torn: result.torn / result.pieces,
    rssMiB: rssMiB(running.pids),
  }
}

function told(load: Load, all: readonly Row[]): string {
  const rows = all.filter((row) => row.streams === load.streams)
  const names = [...new Set(rows.map(({ peer }) => peer))]
  const figures = table(
    [
      `${shown(load.streams)} streams, a token every ${load.gapMs} ms`,
      'first byte p50 / p99 ms',
      'CPU µs per event',
      'core busy by others, %',
      'events/s',
      'delivered, %',
      'gap p50 / p99 ms',
      'torn, %',
      'failed',
      'RSS MiB',
    ],
    names.map((name) => {
      const of = (figure: (row: Row) => number) =>
        median(rows.filter(({ peer }) => peer === name).map(figure))
      const isProcess = name !== direct.name
      return [
        name,
        `${shown(
          of((row) => row.firstP50Ms),
          1,
        )} / ${shown(of((row) => row.firstP99Ms))}`,
        isProcess ? shown(of((row) => row.cpuMicrosPerEvent)) : '–',
        shown(100 * of((row) => row.othersShare)),
        shown(of((row) => row.eventsPerSecond)),
        shown(100 * of((row) => row.delivered), 1),
        `${shown(
          of((row) => row.gapP50Ms),
          1,
        )} / ${shown(of((row) => row.gapP99Ms))}`,
        shown(100 * of((row) => row.torn), 1),
        shown(of((row) => row.failed)),
        isProcess ? shown(of((row) => row.rssMiB)) : '–',
      ]
    }),
  )
  return figures
}
