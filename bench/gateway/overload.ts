import { percentile } from '../routing/percentile.js'
import { table } from '../routing/table.js'
import { chatRequest } from './canned.js'
import { closedLoop } from './closed-loop.js'
import { inTurns, withEntrants, type Entrant } from './field.js'
import { median, shown } from './figures.js'
import { haproxy, haproxyQueue } from './peers/haproxy.js'
import { loadstar, loadstarRoomy } from './peers/loadstar.js'
import { nginx, nginxLimits } from './peers/nginx.js'
import { portkey, portkeyRetries } from './peers/portkey.js'
import type { Question } from './question.js'
import { INSTANT, type Behaviour } from './upstreams.js'
import { watchUse } from './usage.js'

const LIMITS = [40, 50, 60]
const THINK_MS = 100
const THINK_SPREAD = 0.3
const CLIENTS = 400
const SECONDS = 20
/** Good answers a second that the models can give at most. */
const CEILING = (1000 / THINK_MS) * LIMITS.reduce((sum, limit) => sum + limit, 0)
const peers = [loadstar, loadstarRoomy, haproxyQueue, haproxy, nginx, nginxLimits, portkey, portkeyRetries]

interface Row {
  readonly peer: string
  readonly round: number
  readonly goodPerSecond: number
  readonly failed: number
  /** Failed answers of all, 0..1. */
  readonly failedShare: number
  readonly perStatus: Readonly<Record<number, number>>
  readonly cpuMicrosPerGood: number
  /** How busy others kept the core under test, 0..1. */
  readonly othersShare: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Requests at once that each model saw, since its start. */
  readonly greatest: readonly number[]
  /** By models, in this window. */
  readonly refused: number
}

export const overload: Question = {
  name: 'overload',
  question: `Three models take ${LIMITS.join(', ')} at once and refuse the next, ${CLIENTS} clients never pause: what do clients get, what do models see?`,
  async ask({ rounds, seconds = SECONDS, isPresent }) {
    const models = LIMITS.map((limit): Behaviour => ({
      ...INSTANT,
      limit,
      thinkMs: THINK_MS,
      thinkSpread: THINK_SPREAD,
    }))
    const rows = await withEntrants(
      peers.filter(isPresent),
      models,
      (entrants) => inTurns(entrants, rounds, (entrant, round) => measure(entrant, round, seconds)),
      CLIENTS,
    )
    return { text: told(rows), rows }
  },
}

async function measure({ peer, running, upstreams }: Entrant, round: number, seconds: number): Promise<Row> {
  const before = await upstreams.seen()
  const used = watchUse(running.pids)
  const result = await closedLoop({
    port: running.port,
    request: chatRequest(running, false),
    connections: CLIENTS,
    forMs: seconds * 1000,
  })
  const { cpuMicros, othersShare } = used()
  const after = await upstreams.seen()
  const refused = (seen: readonly { readonly refused: number }[]) =>
    seen.reduce((sum, model) => sum + model.refused, 0)
  return {
    peer: peer.name,
    round,
    goodPerSecond: result.good / result.seconds,
    failed: result.failed,
    failedShare: result.failed / (result.good + result.failed),
    perStatus: result.perStatus,
    cpuMicrosPerGood: cpuMicros / result.good,
    othersShare,
    p50Ms: percentile(result.latenciesMs, 0.5),
    p99Ms: percentile(result.latenciesMs, 0.99),
    greatest: after.map((model) => model.greatest),
    refused: refused(after) - refused(before),
  }
}

function told(rows: readonly Row[]): string {
  const names = [...new Set(rows.map(({ peer }) => peer))]
  const figures = table(
    [
      '',
      'good answers/s',
      '% of the ceiling',
      'errors, % of answers',
      'p50 / p99 ms',
      'greatest at once',
      'refused by models',
      'CPU µs per good answer',
      'core busy by others, %',
    ],
    names.map((name) => {
      const own = rows.filter(({ peer }) => peer === name)
      const of = (figure: (row: Row) => number) => median(own.map(figure))
      const good = of((row) => row.goodPerSecond)
      return [
        name,
        shown(good),
        shown((100 * good) / CEILING, 1),
        shown(100 * of((row) => row.failedShare), 1),
        `${shown(of((row) => row.p50Ms))} / ${shown(of((row) => row.p99Ms))}`,
        LIMITS.map((_, index) => Math.max(...own.map((row) => row.greatest[index] ?? 0))).join('/'),
        shown(of((row) => row.refused)),
        shown(of((row) => row.cpuMicrosPerGood)),
        shown(100 * of((row) => row.othersShare)),
      ]
    }),
  )
  return `${figures}\n\nCeiling: ${shown(CEILING)} good answers/s.`
}
