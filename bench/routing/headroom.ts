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
/** Per cent. */
const MOST = 99
/** What P99 may be, in P99s of service alone. */
const ALLOWED = 1.1
const DURATION_MS = 20 * 60_000

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
      const note = (contender: string, guess: number, p99Of: (scenario: Scenario) => number) => {
        const isGood = (percent: number) => {
          const scenario = at(percent / 100)
          return p99Of(scenario) <= ALLOWED * pooled(scenario, seed).floorMs
        }
        const highestLoad = highest(isGood, guess)
        rows.push({ contender, arrivals: name, seed, highestLoad })
        return 100 * highestLoad
      }
      const bound = note(POOLED, MOST - 1, (scenario) => pooled(scenario, seed).boundMs)
      for (const contender of CONTENDERS) {
        const p99Of = (scenario: Scenario) => run(contender, scenario, seed).overall.latencyMs.p99 ?? NaN
        // Nobody is much better than one queue, and good ones are as good.
        note(contender.name, Math.round(bound), p99Of)
      }
    }
  }
  return { text: textOf(rows), rows }
}

/** On a grid of 0.01, latency rising with load: downwards in growing steps from a guess, then by bisection. */
function highest(isGood: (percent: number) => boolean, guess: number): number {
  let good = guess + 1
  let bad = MOST + 1
  for (let step = 1; good > 0 && !isGood(good); step *= 2) {
    bad = good
    good -= step
  }
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2)
    if (isGood(middle)) good = middle
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
