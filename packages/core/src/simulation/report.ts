import type { Outcome } from '../routing/outcome.js'
import { noOutcomes } from '../routing/tally.js'
import type { ClassTally, Collector } from './collector.js'
import type { ModelTruth } from './model-truth.js'
import type { Scenario } from './scenario.js'
import { type Spread, spreadOfAll } from './spread.js'

/** What became of the requests of one class, or of all, that came after the warm-up. */
export interface ClassReport {
  readonly arrived: number
  /** Of those, clients that left before anything was submitted; all others are in `outcomes`, once each. */
  readonly leftBeforeSubmit: number
  readonly outcomes: Readonly<Record<Outcome, number>>
  /** Requests that were given a slot. */
  readonly admitted: number
  /** Completed within the class's `deadlineMs`; where it has none, completed. */
  readonly completedInTime: number
  /** Milliseconds from arrival to lease, of those admitted. */
  readonly waitMs: Spread
  /** Milliseconds from arrival to first token and to the whole answer, of those completed. */
  readonly firstTokenMs: Spread
  readonly latencyMs: Spread
  /** Mean quality of the model that answered, 0..100, of those completed; `null` when none was. */
  readonly quality: number | null
  /** Mean of quality − `timeValue` × latency in seconds, of those completed; `null` when none was. */
  readonly value: number | null
  /** The same sum over all that arrived: what did not complete is worth nothing. */
  readonly valuePerArrival: number | null
}

export interface ModelReport {
  /** Mean share of its slots in use, from the warm-up's end to the last arrival that may come. */
  readonly utilization: number
  /** Share of that time with more requests than its target has slots, 0..1. */
  readonly overTargetShare: number
  /** The most requests it worked on at once, over the whole run. */
  readonly greatestConcurrency: number
  /** Requests sent to it while it was full. */
  readonly overcommitted: number
}

/** What a simulated world tells. */
export interface SimulationReport {
  readonly scenario: string
  readonly seed: number
  /** Sixteen hexadecimal digits over every event and answer: equal for equal runs. */
  readonly traceHash: string
  /** Events that took place. */
  readonly events: number
  /** Virtual time when everything had ended. */
  readonly endedMs: number
  readonly overall: ClassReport
  readonly classes: Readonly<Record<string, ClassReport>>
  readonly models: Readonly<Record<string, ModelReport>>
  /** Latency of completed requests by tenant, where requests name one. */
  readonly tenants: Readonly<Record<string, Spread>>
}

/** Points a second is worth where the scenario's router options do not say; as the `bid` policy's. */
const DEFAULT_TIME_VALUE = 1

/** The parts of a report that requests and models tell. */
export function reportOf(
  scenario: Scenario,
  collector: Collector,
  models: readonly ModelTruth[],
): Pick<SimulationReport, 'overall' | 'classes' | 'models' | 'tenants'> {
  const timeValue = scenario.router?.bid?.timeValue ?? DEFAULT_TIME_VALUE
  const tallies = scenario.classes.map(
    ({ id }, index) => [id, collector.classes[index] as ClassTally] as const,
  )
  return {
    overall: classReport(collector.classes, timeValue),
    classes: Object.fromEntries(tallies.map(([id, tally]) => [id, classReport([tally], timeValue)])),
    models: Object.fromEntries(models.map((model) => [model.spec.id, modelReport(model)])),
    tenants: Object.fromEntries(
      [...collector.tenantLatencies].map(([tenant, samples]) => [tenant, samples.spread()]),
    ),
  }
}

function modelReport({ occupancy, greatestHeld, overcommitted }: ModelTruth): ModelReport {
  const { utilization, overTargetShare } = occupancy
  return { utilization, overTargetShare, greatestConcurrency: greatestHeld, overcommitted }
}

function classReport(tallies: readonly ClassTally[], timeValue: number): ClassReport {
  const sum = (of: (tally: ClassTally) => number) => tallies.reduce((total, tally) => total + of(tally), 0)
  const arrived = sum((tally) => tally.arrived)
  const latencyMs = spreadOfAll(tallies.map(({ latencies }) => latencies))
  const qualitySum = sum((tally) => tally.qualitySum)
  const seconds = ((latencyMs.mean ?? 0) * latencyMs.count) / 1_000
  const valueSum = qualitySum - timeValue * seconds
  const outcomes = noOutcomes()
  for (const outcome of Object.keys(outcomes) as Outcome[])
    outcomes[outcome] = sum((tally) => tally.outcomes[outcome])
  return {
    arrived,
    leftBeforeSubmit: sum((tally) => tally.leftBeforeSubmit),
    outcomes,
    admitted: sum((tally) => tally.admitted),
    completedInTime: sum((tally) => tally.completedInTime),
    waitMs: spreadOfAll(tallies.map(({ waits }) => waits)),
    firstTokenMs: spreadOfAll(tallies.map(({ firstTokens }) => firstTokens)),
    latencyMs,
    quality: latencyMs.count === 0 ? null : qualitySum / latencyMs.count,
    value: latencyMs.count === 0 ? null : valueSum / latencyMs.count,
    valuePerArrival: arrived === 0 ? null : valueSum / arrived,
  }
}
