import { percentile } from '../routing/percentile.js'
import { table } from '../routing/table.js'
import { chatRequest } from './canned.js'
import { closedLoop } from './closed-loop.js'
import { inTurns, withEntrants, type Entrant } from './field.js'
import { shown } from './figures.js'
import { openLoop } from './open-loop.js'
import { direct } from './peers/direct.js'
import { loadstar } from './peers/loadstar.js'
import type { Question } from './question.js'
import { INSTANT, type Behaviour } from './upstreams.js'
import { rssMiB, watchUse } from './usage.js'

const PER_SECOND = 1_000
const MANY_CLIENTS = 500
const MANY_REQUESTS = 5_000
/** Longer than the many can take. */
const PATIENCE_MS = 120_000
const SAMPLE_MS = 1_000
/** A model that takes a moment, as the shortest answers of a small model do. */
const model: Behaviour = { ...INSTANT, thinkMs: 10, thinkSpread: 0.5 }
const peers = [direct, loadstar]

interface Row {
  readonly peer: string
  readonly load: string
  readonly good: number
  readonly failed: number
  readonly perSecond: number
  readonly avgMs: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  readonly greatestMiB: number
  readonly cpuShare: number
}

export const sustained: Question = {
  name: 'sustained',
  question: `What becomes of ${PER_SECOND} requests a second for minutes on end, and of ${MANY_REQUESTS} requests by ${MANY_CLIENTS} clients at once?`,
  async ask({ soakMinutes, isPresent }) {
    const rows: Row[] = []
    await withEntrants(peers.filter(isPresent), [model], async (entrants) => {
      rows.push(...(await inTurns(entrants, 1, (entrant) => steadily(entrant, soakMinutes * 60))))
      rows.push(...(await inTurns(entrants, 1, allAtOnce)))
    })
    return { text: told(rows), rows }
  },
}

async function steadily(entrant: Entrant, seconds: number): Promise<Row> {
  const { port } = entrant.running
  const request = chatRequest(entrant.running, false)
  return measured(entrant, `${PER_SECOND}/s`, async () => ({
    ...(await openLoop({ port, request, perSecond: PER_SECOND, seconds })),
    seconds,
  }))
}

function allAtOnce(entrant: Entrant): Promise<Row> {
  const { port } = entrant.running
  return measured(entrant, `${MANY_CLIENTS} clients`, () =>
    closedLoop({
      port,
      request: chatRequest(entrant.running, false),
      connections: MANY_CLIENTS,
      forMs: PATIENCE_MS,
      requests: MANY_REQUESTS,
    }),
  )
}

interface Result {
  readonly good: number
  readonly failed: number
  readonly seconds: number
  readonly latenciesMs: readonly number[]
}

async function measured({ peer, running }: Entrant, load: string, run: () => Promise<Result>): Promise<Row> {
  let greatestMiB = rssMiB(running.pids)
  const timer = setInterval(() => {
    greatestMiB = Math.max(greatestMiB, rssMiB(running.pids))
  }, SAMPLE_MS)
  const used = watchUse(running.pids)
  const { good, failed, seconds, latenciesMs } = await run()
  const { cpuShare } = used()
  clearInterval(timer)
  return {
    peer: peer.name,
    load,
    good,
    failed,
    perSecond: good / seconds,
    avgMs: latenciesMs.reduce((sum, ms) => sum + ms, 0) / good,
    p50Ms: percentile(latenciesMs, 0.5),
    p95Ms: percentile(latenciesMs, 0.95),
    p99Ms: percentile(latenciesMs, 0.99),
    maxMs: percentile(latenciesMs, 1),
    greatestMiB: Math.max(greatestMiB, rssMiB(running.pids)),
    cpuShare,
  }
}

function told(rows: readonly Row[]): string {
  return table(
    [
      '',
      'load',
      'answers',
      'succeeded, %',
      'a second',
      'avg ms',
      'p50',
      'p95',
      'p99',
      'max',
      'MiB at most',
      'core, %',
    ],
    rows.map((row) => [
      row.peer,
      row.load,
      shown(row.good),
      shown((100 * row.good) / (row.good + row.failed), 3),
      shown(row.perSecond),
      shown(row.avgMs, 1),
      shown(row.p50Ms, 1),
      shown(row.p95Ms, 1),
      shown(row.p99Ms, 1),
      shown(row.maxMs, 1),
      shown(row.greatestMiB),
      shown(100 * row.cpuShare),
    ]),
  )
}
