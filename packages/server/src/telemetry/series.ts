import { STORED_STEPS_MS, type SeriesPoint, type SeriesQuery } from '../api/metrics-view.js'
import { Account } from './account.js'
import { measuredOf } from './measured.js'
import { addPacked } from './packed-sketches.js'
import { floorTo } from './recent.js'
import type { Rollup, RollupStore } from './rollup-store.js'
import { subjectName } from './rollups.js'

type Measured = NonNullable<SeriesPoint['measured']>

/** One point per step from stored intervals: of the coarsest kind that divides the step. */
export async function readSeries(
  store: Pick<RollupStore, 'read'>,
  query: SeriesQuery,
): Promise<SeriesPoint[]> {
  const { subject, fromMs, toMs, stepMs } = query
  const storedMs = STORED_STEPS_MS.findLast((step) => stepMs % step === 0)
  if (storedMs === undefined) throw new RangeError(`no stored interval divides a step of ${stepMs} ms`)
  const name = subjectName(subject.kind, subject.kind === 'all' ? '' : subject.id)
  const rows = await store.read({ stepMs: storedMs, subject: name, fromMs, toMs })
  const byStep = new Map<number, Rollup[]>()
  for (const row of rows) {
    const startMs = floorTo(row.startMs, stepMs)
    const known = byStep.get(startMs)
    if (known) known.push(row)
    else byStep.set(startMs, [row])
  }
  const points: SeriesPoint[] = []
  for (let startMs = fromMs; startMs < toMs; startMs += stepMs) {
    const joined = byStep.get(startMs)
    points.push({ startMs, measured: joined ? joinedOf(name, joined) : null })
  }
  return points
}

function joinedOf(id: string, rows: readonly Rollup[]): Measured {
  const account = new Account()
  for (const { sketches } of rows) addPacked(sketches, account)
  const sum = (field: keyof Rollup): number =>
    rows.reduce((total, row) => total + (typeof row[field] === 'number' ? row[field] : 0), 0)
  const judged = sum('judged')
  return {
    id,
    requests: sum('requests'),
    completed: sum('completed'),
    calls: sum('calls'),
    failures: sum('failures'),
    successRate: judged === 0 ? null : sum('succeeded') / judged,
    inputTokens: sum('inputTokens'),
    outputTokens: sum('outputTokens'),
    costUsd: sum('costUsd'),
    times: measuredOf(id, account, false).times,
  }
}
