import { percentile } from '../routing/percentile.js'
import { table } from '../routing/table.js'
import { chatRequest } from './canned.js'
import { inTurns, withEntrants, type Entrant } from './field.js'
import { median, shown } from './figures.js'
import { openLoop } from './open-loop.js'
import { bare } from './peers/bare.js'
import { direct } from './peers/direct.js'
import { haproxy } from './peers/haproxy.js'
import { loadstar, loadstarUnrecorded } from './peers/loadstar.js'
import { nginx } from './peers/nginx.js'
import { portkey } from './peers/portkey.js'
import type { Question } from './question.js'
import { INSTANT } from './upstreams.js'

const RATES = [500, 1_000]
const SECONDS = 6
const peers = [direct, haproxy, nginx, bare, loadstar, loadstarUnrecorded, portkey]

interface Row {
  readonly peer: string
  readonly round: number
  readonly perSecond: number
  readonly good: number
  readonly failed: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** How late the client itself was. */
  readonly lateP50Ms: number
  readonly lateP99Ms: number
}

export const latency: Question = {
  name: 'latency',
  question: `How much later does an answer come at ${RATES.join(' and ')} requests a second than without a gateway?`,
  async ask({ rounds, seconds = SECONDS, isPresent }) {
    const rows: Row[] = []
    await withEntrants(peers.filter(isPresent), [INSTANT], async (entrants) => {
      for (const perSecond of RATES)
        rows.push(
          ...(await inTurns(entrants, rounds, (entrant, round) =>
            measure(entrant, { round, perSecond, seconds }),
          )),
        )
    })
    return { text: told(rows), rows }
  },
}

interface Window {
  readonly round: number
  readonly perSecond: number
  readonly seconds: number
}

async function measure({ peer, running }: Entrant, { round, perSecond, seconds }: Window): Promise<Row> {
  const { good, failed, latenciesMs, lateMs } = await openLoop({
    port: running.port,
    request: chatRequest(running, false),
    perSecond,
    seconds,
  })
  return {
    peer: peer.name,
    round,
    perSecond,
    good,
    failed,
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
    lateP50Ms: percentile(lateMs, 0.5),
    lateP99Ms: percentile(lateMs, 0.99),
  }
}

function told(rows: readonly Row[]): string {
  const names = [...new Set(rows.map(({ peer }) => peer))]
  const pick = (name: string, rate: number) =>
    rows.filter(({ peer, perSecond }) => peer === name && perSecond === rate)
  return table(
    ['', ...RATES.flatMap((rate) => [`p50 ms at ${rate}/s`, 'added', 'p99', 'added', 'failed'])],
    names.map((name) => [
      name,
      ...RATES.flatMap((rate) => {
        const own = pick(name, rate)
        const plain = pick(direct.name, rate)
        const added = (figure: (row: Row) => number) =>
          name === direct.name
            ? '–'
            : // Of the same round, so that what the machine does meanwhile falls out.
              shown(median(own.map((row, index) => figure(row) - figure(plain[index] ?? row))), 2)
        return [
          shown(median(own.map((row) => row.p50Ms)), 2),
          added((row) => row.p50Ms),
          shown(median(own.map((row) => row.p99Ms)), 2),
          added((row) => row.p99Ms),
          shown(own.reduce((sum, { failed }) => sum + failed, 0)),
        ]
      }),
    ]),
  )
}
