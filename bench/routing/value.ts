import type { BidOptions, Scenario } from '@loadstar/core'
import { type Contender, run, SHIPPED } from './contender.js'
import { type FluidBound, fluidBound } from './fluid-bound.js'
import type { Highs } from './highs.js'
import { unwaited } from './unwaited.js'

/** What a contender got out of one sample path. */
export interface ValueRow {
  readonly scenario: string
  readonly load: number
  readonly seed: number
  readonly contender: string
  /** Points of 100 a second is worth. */
  readonly timeValue: number
  /** Quality − timeValue × seconds per request that came, as a share of the certified bound. */
  readonly share: number
  readonly bound: number
  readonly quality: number
  readonly meanMs: number
  readonly p99Ms: number
  readonly completedShare: number
}

/** The allocation of the bound itself, with nobody waiting: what quality and latency its value is made of. */
const BOUND = 'the bound, nobody waiting'
/** Long enough that prices are never reckoned. */
const NEVER_MS = 1e12

const bidding = (name: string, bid: BidOptions): Contender => ({ name, options: { policy: 'bid', bid } })

/** Bidding as it ships, and with one part of it taken away. */
const BIDDING: readonly Contender[] = [
  bidding('bid', {}),
  bidding('bid, no prices', { repriceMs: NEVER_MS }),
  bidding('bid, nothing held back', { holdShare: 0 }),
]
/** They do not know what time is worth: one run is judged at every worth. */
const TIMELESS: readonly Contender[] = SHIPPED.filter(({ name }) => name !== 'bid').flatMap((contender) =>
  contender.name === 'weighted_load'
    ? [0.3, 1].map((loadWeight) => ({
        name: `weighted_load ${loadWeight}`,
        options: { policy: 'weighted_load' as const, loadWeight },
      }))
    : [contender],
)

interface ValueAsk {
  readonly scenario: Scenario
  readonly load: number
  readonly seed: number
  readonly timeValues: readonly number[]
  readonly highs: Highs
}

/** Every contender on one sample path, at every worth of time. */
export function valueRows(ask: ValueAsk): readonly ValueRow[] {
  const { scenario, load, seed, timeValues, highs } = ask
  const bounds = new Map(
    timeValues.map((timeValue) => [timeValue, fluidBound(scenario, seed, timeValue, highs)]),
  )
  const base = { scenario: scenario.name, load, seed }
  const rowsOf = (contender: Contender, worths: readonly number[]) => {
    const timeValue = worths[0] ?? 1
    const bid = { timeValue, ...scenario.router?.bid }
    const { overall } = run(contender, { ...scenario, router: { ...scenario.router, bid } }, seed)
    const { arrived, quality, latencyMs } = overall
    const share = latencyMs.count / arrived
    return worths.map((worth): ValueRow => {
      const value = share * ((quality ?? 0) - (worth * (latencyMs.mean ?? 0)) / 1_000)
      const bound = bounds.get(worth)?.value ?? NaN
      return {
        ...base,
        contender: contender.name,
        timeValue: worth,
        share: value / bound,
        bound,
        quality: quality ?? NaN,
        meanMs: latencyMs.mean ?? NaN,
        p99Ms: latencyMs.p99 ?? NaN,
        completedShare: share,
      }
    })
  }
  const best = timeValues.map((timeValue): ValueRow => {
    const bound = bounds.get(timeValue) as FluidBound
    const { value } = bound
    const told = unwaited(scenario, seed, bound)
    return { ...base, contender: BOUND, timeValue, share: 1, bound: value, ...told, completedShare: 1 }
  })
  return [
    ...best,
    ...BIDDING.flatMap((contender) =>
      worthsFor(contender, timeValues).flatMap((timeValue) => rowsOf(contender, [timeValue])),
    ),
    ...TIMELESS.flatMap((contender) => rowsOf(contender, timeValues)),
  ]
}

/** What is taken away from bidding matters alike at every worth of time: one of them is enough. */
function worthsFor({ name }: Contender, timeValues: readonly number[]): readonly number[] {
  return name === 'bid' || !timeValues.includes(1) ? timeValues : [1]
}
