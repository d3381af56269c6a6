import { scenarios } from '@loadstar/core'
import { boundAtArrival } from './bound-at-arrival.js'
import { type Contender, run, SHIPPED } from './contender.js'
import type { Answer, Question, Setting } from './question.js'
import { spanned, table } from './table.js'

const CONTENDERS: readonly Contender[] = [
  ...SHIPPED,
  { name: 'by weights 45/30/25', createRouter: boundAtArrival([45, 30, 25]) },
]

interface Row {
  readonly contender: string
  readonly seed: number
  readonly failed: number
  readonly most: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
}

export const burst: Question = {
  name: 'burst',
  question: 'a hundred requests at once on three models of fifty slots, target 0.8',
  ask,
}

function ask({ seeds }: Setting): Answer {
  const rows = CONTENDERS.flatMap((contender) =>
    seeds.map((seed): Row => {
      const { overall, models } = run(contender, scenarios.hundredAtOnce(), seed)
      const { p50, p95, p99 } = overall.latencyMs
      return {
        contender: contender.name,
        seed,
        failed: overall.arrived - overall.outcomes.completed,
        most: Math.max(...Object.values(models).map(({ greatestConcurrency }) => greatestConcurrency)),
        p50Ms: p50 ?? NaN,
        p95Ms: p95 ?? NaN,
        p99Ms: p99 ?? NaN,
      }
    }),
  )
  return { text: textOf(rows), rows }
}

function textOf(rows: readonly Row[]): string {
  const cell = (contender: string, of: (row: Row) => number) =>
    spanned(rows.filter((row) => row.contender === contender).map(of), 0)
  return table(
    ['', 'failed of 100', 'most at one model', 'P50 ms', 'P95 ms', 'P99 ms'],
    CONTENDERS.map(({ name }) => [
      name,
      cell(name, ({ failed }) => failed),
      cell(name, ({ most }) => most),
      cell(name, ({ p50Ms }) => p50Ms),
      cell(name, ({ p95Ms }) => p95Ms),
      cell(name, ({ p99Ms }) => p99Ms),
    ]),
  )
}
