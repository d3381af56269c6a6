import { type Scenario, scenarios } from '@loadstar/core'
import { BID, BOUND_AT_ARRIVAL, type Contender, run } from './contender.js'
import { pooled } from './pooled.js'
import type { Answer, Question, Setting } from './question.js'
import { spanned, table } from './table.js'

const LOADS = [0.6, 0.7, 0.75]
/** Without a target latency may grow for as long as requests come: ten minutes of collapse is enough to see it. */
const DURATION_MS = 10 * 60_000
const CAPLESS = 1

interface Way extends Contender {
  readonly targetUtilization: number
}

const WAYS: readonly Way[] = [
  { ...BID, name: 'bid, target 0.8', targetUtilization: 0.8 },
  { ...BID, name: 'bid, target 1', targetUtilization: CAPLESS },
  ...BOUND_AT_ARRIVAL.map((way) => ({ ...way, targetUtilization: CAPLESS })),
]

interface Row {
  readonly way: string
  readonly load: number
  readonly seed: number
  readonly p99Ms: number
  readonly floorMs: number
  /** One queue over the slots below the knee. */
  readonly boundMs: number
}

export const knee: Question = {
  name: 'knee',
  question:
    'P99 of 4 × 10 slots that slow down beyond 8 of 10, to a third at 10, as a ratio to service alone',
  ask,
}

function ask({ seeds, scale }: Setting): Answer {
  const rows = LOADS.flatMap((load) =>
    seeds.flatMap((seed) => {
      const calm = scenarios.knee(load)
      const durationMs = scale * DURATION_MS
      const scenario: Scenario = { ...calm, durationMs, warmUpMs: durationMs / 12 }
      const belowKnee = scenario.models.length * 8
      const { floorMs, boundMs } = pooled(scenario, seed, belowKnee)
      return WAYS.map((way): Row => {
        const { p99 } = run(way, aimedAt(scenario, way.targetUtilization), seed).overall.latencyMs
        return { way: way.name, load, seed, p99Ms: p99 ?? NaN, floorMs, boundMs }
      })
    }),
  )
  return { text: textOf(rows), rows }
}

function aimedAt(scenario: Scenario, targetUtilization: number): Scenario {
  const models = scenario.models.map((model) => ({ ...model, targetUtilization, whenFull: 'queue' as const }))
  return { ...scenario, models }
}

function textOf(rows: readonly Row[]): string {
  const cell = (load: number, those: (row: Row) => boolean, of: (row: Row) => number) =>
    spanned(rows.filter((row) => row.load === load && those(row)).map(of), 2)
  return table(
    ['P99 / floor', ...LOADS.map((load) => `@ ${load.toFixed(2)}`)],
    [
      [
        'one queue over the 32 slots below the knee',
        ...LOADS.map((load) =>
          cell(
            load,
            ({ way }) => way === WAYS[0]?.name,
            (row) => row.boundMs / row.floorMs,
          ),
        ),
      ],
      ...WAYS.map(({ name }) => [
        name,
        ...LOADS.map((load) =>
          cell(
            load,
            ({ way }) => way === name,
            (row) => row.p99Ms / row.floorMs,
          ),
        ),
      ]),
    ],
  )
}
