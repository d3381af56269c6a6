import type { Outcome } from '../routing/outcome.js'
import { noOutcomes } from '../routing/tally.js'
import type { Passage } from './passage.js'
import type { Scenario } from './scenario.js'
import { Samples } from './spread.js'

/** What became of the requests of one class. */
export interface ClassTally {
  arrived: number
  leftBeforeSubmit: number
  admitted: number
  completedInTime: number
  qualitySum: number
  readonly outcomes: Record<Outcome, number>
  readonly waits: Samples
  readonly firstTokens: Samples
  readonly latencies: Samples
}

/** Takes note of every request that came after the warm-up, cheaply: sums, and samples for exact percentiles. */
export class Collector {
  readonly classes: readonly ClassTally[]
  readonly tenantLatencies = new Map<string, Samples>()
  readonly #scenario: Scenario
  readonly #warmUpMs: number
  /** By class and model: what an answer is truly worth. */
  readonly #quality: readonly (readonly number[])[]

  constructor(scenario: Scenario) {
    this.#scenario = scenario
    this.#warmUpMs = scenario.warmUpMs ?? 0
    this.classes = scenario.classes.map(emptyTally)
    this.#quality = scenario.classes.map(({ candidates }) =>
      scenario.models.map(({ id }) => {
        const candidate = candidates.find(({ modelId }) => modelId === id)
        return candidate?.quality ?? candidate?.score ?? 0
      }),
    )
  }

  arrived({ arrival }: Passage): void {
    if (arrival.atMs >= this.#warmUpMs) this.#tally(arrival.classIndex).arrived++
  }

  leftBeforeSubmit({ arrival }: Passage): void {
    if (arrival.atMs >= this.#warmUpMs) this.#tally(arrival.classIndex).leftBeforeSubmit++
  }

  /** The request ended, `nowMs` in virtual time. */
  ended({ arrival, leasedMs, firstTokenMs, modelIndex }: Passage, outcome: Outcome, nowMs: number): void {
    if (arrival.atMs < this.#warmUpMs) return
    const tally = this.#tally(arrival.classIndex)
    tally.outcomes[outcome]++
    if (!Number.isNaN(leasedMs)) {
      tally.admitted++
      tally.waits.add(leasedMs - arrival.atMs)
    }
    if (outcome !== 'completed') return
    const latencyMs = nowMs - arrival.atMs
    tally.latencies.add(latencyMs)
    if (!Number.isNaN(firstTokenMs)) tally.firstTokens.add(firstTokenMs - arrival.atMs)
    tally.qualitySum += this.#quality[arrival.classIndex]?.[modelIndex] ?? 0
    if (latencyMs <= (this.#scenario.classes[arrival.classIndex]?.deadlineMs ?? Infinity))
      tally.completedInTime++
    if (arrival.tenant !== undefined) this.#ofTenant(arrival.tenant).add(latencyMs)
  }

  #tally(classIndex: number): ClassTally {
    return this.classes[classIndex] as ClassTally
  }

  #ofTenant(tenant: string): Samples {
    let samples = this.tenantLatencies.get(tenant)
    if (samples === undefined) this.tenantLatencies.set(tenant, (samples = new Samples()))
    return samples
  }
}

function emptyTally(): ClassTally {
  return {
    arrived: 0,
    leftBeforeSubmit: 0,
    admitted: 0,
    completedInTime: 0,
    qualitySum: 0,
    outcomes: noOutcomes(),
    waits: new Samples(),
    firstTokens: new Samples(),
    latencies: new Samples(),
  }
}
