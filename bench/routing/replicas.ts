import { scenarios } from '@loadstar/core'
import { BOUND_AT_ARRIVAL, type Contender, queueingAtModels, run, SHIPPED } from './contender.js'
import { pooled } from './pooled.js'
import type { Answer, Question, Setting } from './question.js'
import { spanned, table } from './table.js'

const SHAPES = [
  { models: 8, slots: 4 },
  { models: 4, slots: 16 },
]
const LOADS = [0.7, 0.85, 0.95]
const CONTENDERS: readonly Contender[] = [...SHIPPED, ...BOUND_AT_ARRIVAL]
const DURATION_MS = 10 * 60_000

interface Row {
  readonly contender: string
  readonly shape: string
  readonly load: number
  readonly seed: number
  readonly p99Ms: number
  readonly boundMs: number
  readonly floorMs: number
}

export const replicas: Question = {
  name: 'replicas',
  question: 'P99 latency of equal replicas as a ratio to one queue over all slots, on the same sample path',
  ask,
}

function ask({ seeds, scale }: Setting): Answer {
  const rows: Row[] = []
  for (const { models, slots } of SHAPES) {
    for (const load of LOADS) {
      const scenario = queueingAtModels(
        scenarios.equalReplicas({ models, slots, load, durationMs: scale * DURATION_MS }),
      )
      for (const seed of seeds) {
        const bound = pooled(scenario, seed)
        for (const contender of CONTENDERS) {
          const p99Ms = run(contender, scenario, seed).overall.latencyMs.p99 ?? NaN
          rows.push({ contender: contender.name, shape: `${models} × ${slots}`, load, seed, p99Ms, ...bound })
        }
      }
    }
  }
  return { text: textOf(rows), rows }
}

function textOf(rows: readonly Row[]): string {
  const columns = SHAPES.flatMap(({ models, slots }) =>
    LOADS.map((load) => ({ shape: `${models} × ${slots}`, load })),
  )
  return table(
    ['', ...columns.map(({ shape, load }) => `${shape} @ ${load.toFixed(2)}`)],
    CONTENDERS.map(({ name }) => [
      name,
      ...columns.map(({ shape, load }) => {
        const these = rows.filter((row) => row.contender === name && row.shape === shape && row.load === load)
        return spanned(
          these.map(({ p99Ms, boundMs }) => p99Ms / boundMs),
          2,
        )
      }),
    ]),
  )
}
