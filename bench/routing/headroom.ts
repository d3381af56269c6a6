import { type Arrivals, type Scenario, scenarios } from '@loadstar/core'
import { BID, BOUND_AT_ARRIVAL, type Contender, queueingAtModels, run } from './contender.js'
import { pooled } from './pooled.js'
import type { Answer, Question, Setting } from './question.js'
import { spanned, table } from './table.js'

const ARRIVALS: readonly { readonly name: string; readonly arrivals: Arrivals }[] = [
  { name: 'Poisson', arrivals: { kind: 'poisson', perSecond: 1 } },
  { name: 'batches of 2', arrivals: { kind: 'batches', perSecond: 1, meanSize: 2 } },
  { name: 'gaps of CV 2', arrivals: { kind: 'hyperexponential', perSecond: 1, cv: 2 } },
  { name: 'gaps of CV 3', arrivals: { kind: 'hyperexponential', perSecond: 1, cv: 3 } },
]
/** Loads of whole per cent between which the answer is looked for. */
const LEAST = 40
const MOST = 99
/** What P99 may be, in P99s of service alone. */
const ALLOWED = 1.1
const DURATION_MS = 30 * 60_000

const CONTENDERS: readonly Contender[] = [
  BID,
  ...BOUND_AT_ARRIVAL.filter(({ name }) => !name.startsWith('random')),
]
const POOLED = 'one queue over all slots'

interface Row {
  readonly contender: string
  readonly arrivals: string
  readonly seed: number
  readonly highestLoad: number
}

export const headroom: Question = {
  name: 'headroom',
  question: 'the highest load at which P99 latency is at most 1.10 × P99 of service alone, 8 × 4 slots',
  ask,
}

function ask({ seeds, scale }: Setting): Answer {
  const rows: Row[] = []
  for (const { name, arrivals } of ARRIVALS) {
    for (const seed of seeds) {
      const at = (load: number): Scenario => {
        const calm = scenarios.equalReplicas({ load, durationMs: scale * DURATION_MS })
        return queueingAtModels({ ...calm, streams: [{ arrivals, mix: { any: 1 } }] })
      }
      const note = (contender: string, p99Of: (scenario: Scenario) => number) =>
        rows.push({ contender, arrivals: name, seed, highestLoad: highest(at, seed, p99Of) })
      note(POOLED, (scenario) => pooled(scenario, seed).boundMs)
      for (const contender of CONTENDERS) {
        note(contender.name, (scenario) => run(contender, scenario, seed).overall.latencyMs.p99 ?? NaN)
      }
    }
  }
  return { text: textOf(rows), rows }
}

/** By bisection on a grid of 0.01: latency rises with load. */
function highest(
  at: (load: number) => Scenario,
  seed: number,
  p99Of: (scenario: Scenario) => number,
): number {
  let good = LEAST - 1
  let bad = MOST + 1
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2)
    const scenario = at(middle / 100)
    if (p99Of(scenario) <= ALLOWED * pooled(scenario, seed).floorMs) good = middle
    else bad = middle
  }
  return good / 100
}

function textOf(rows: readonly Row[]): string {
  return table(
    ['highest load, %', ...ARRIVALS.map(({ name }) => name)],
    [POOLED, ...CONTENDERS.map(({ name }) => name)].map((contender) => [
      contender,
      ...ARRIVALS.map(({ name }) => {
        const these = rows.filter((row) => row.contender === contender && row.arrivals === name)
        return spanned(
          these.map(({ highestLoad }) => highestLoad),
          0,
          100,
        )
      }),
    ]),
  )
}
