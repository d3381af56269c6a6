import { type RandomSource, seededRandom } from '../random.js'
import { type ArrivalTimes, arrivalTimes, meanRate } from './arrivals.js'
import { type Distribution, drawFrom } from './distribution.js'
import type { Scenario, Stream, TaskClass } from './scenario.js'
import { meanServiceMs, type RequestSize } from './service-time.js'

/** One request as it comes, whatever a router then does with it. */
export interface Arrival extends RequestSize {
  /** 0 for the first. */
  readonly index: number
  readonly atMs: number
  /** Index of its class in the scenario. */
  readonly classIndex: number
  readonly tenant: string | undefined
  /** A number in [0, 1) that its client's patience is drawn from. */
  readonly patience: number
}

/** Of the seed's streams, those of the workload begin here: one for times and one for sizes of each of its streams. */
const FIRST_STREAM = 1_000

interface Source {
  readonly stream: Stream
  readonly times: ArrivalTimes
  readonly random: RandomSource
  /** Class indices, and for each the share of draws below which it or one before is meant. */
  readonly classes: readonly { readonly index: number; readonly upTo: number }[]
  nextMs: number
  drawn: number
}

/**
 * The requests of a scenario in order of arrival. They follow from scenario and seed alone, so that two routers are
 * asked the same at the same times, and a bound can be computed on the very requests a run had.
 */
export class Workload {
  readonly #classes: readonly TaskClass[]
  readonly #indexOf: ReadonlyMap<string, number>
  readonly #sources: readonly Source[]
  readonly #durationMs: number
  #count = 0

  /** The scenario must have passed `checkScenario`. */
  constructor(scenario: Scenario, seed: number) {
    const pace = paceOf(scenario)
    this.#classes = scenario.classes
    this.#indexOf = new Map(scenario.classes.map(({ id }, index) => [id, index]))
    this.#durationMs = scenario.durationMs
    this.#sources = scenario.streams.map((stream, index) => {
      const times = arrivalTimes(stream.arrivals, pace, seededRandom(seed, FIRST_STREAM + 2 * index))
      const random = seededRandom(seed, FIRST_STREAM + 2 * index + 1)
      const classes = shares(stream.mix ?? {}, this.#indexOf)
      return { stream, times, random, classes, nextMs: times.next(), drawn: 0 }
    })
  }

  /** @returns `undefined` when no more come within the scenario's duration. */
  next(): Arrival | undefined {
    let source: Source | undefined
    for (const other of this.#sources) {
      if (source === undefined || other.nextMs < source.nextMs) source = other
    }
    if (source === undefined || source.nextMs > this.#durationMs || source.nextMs === Infinity)
      return undefined
    const arrival = this.#draw(source)
    source.nextMs = source.times.next()
    return arrival
  }

  #draw(source: Source): Arrival {
    const { stream, random } = source
    const record = stream.arrivals.kind === 'trace' ? stream.arrivals.records[source.drawn] : undefined
    source.drawn++
    const classIndex =
      record === undefined ? drawClass(source) : (this.#indexOf.get(record.classId) as number)
    const { inputTokens, outputTokens } = this.#classes[classIndex] as TaskClass
    return {
      index: this.#count++,
      atMs: source.nextMs,
      classIndex,
      tenant: record?.tenant ?? stream.tenant,
      inputTokens: record?.inputTokens ?? tokens(inputTokens, random),
      outputTokens: record?.outputTokens ?? tokens(outputTokens, random),
      first: random(),
      second: random(),
      stall: random(),
      patience: random(),
    }
  }
}

/** What all rates of the scenario are multiplied by for its offered load. */
function paceOf(scenario: Scenario): number {
  if (scenario.load === undefined) return 1
  const rates = ratesByClass(scenario)
  let perSecond = 0
  for (const rate of rates.values()) perSecond += rate
  return (scenario.load * servedPerSecond(scenario, rates)) / perSecond
}

/** Requests per second that all slots together can serve of the mix that comes. */
function servedPerSecond({ models, classes }: Scenario, rates: ReadonlyMap<string, number>): number {
  let served = 0
  for (const model of models) {
    let rateHere = 0
    let workHere = 0
    for (const taskClass of classes) {
      if (!taskClass.candidates.some(({ modelId }) => modelId === model.id)) continue
      const rate = rates.get(taskClass.id) ?? 0
      rateHere += rate
      workHere += rate * meanServiceMs(model, taskClass)
    }
    if (workHere > 0) served += (1_000 * model.maxConcurrent * rateHere) / workHere
  }
  return served
}

function ratesByClass({ streams }: Scenario): Map<string, number> {
  const rates = new Map<string, number>()
  const add = (classId: string, rate: number) => rates.set(classId, (rates.get(classId) ?? 0) + rate)
  for (const { arrivals, mix = {} } of streams) {
    const rate = meanRate(arrivals)
    if (arrivals.kind === 'trace') {
      for (const { classId } of arrivals.records) add(classId, rate / arrivals.records.length)
      continue
    }
    const total = Object.values(mix).reduce((sum, weight) => sum + weight, 0)
    for (const [classId, weight] of Object.entries(mix)) add(classId, (rate * weight) / total)
  }
  return rates
}

function shares(mix: Readonly<Record<string, number>>, indexOf: ReadonlyMap<string, number>) {
  const entries = Object.entries(mix)
  const total = entries.reduce((sum, [, weight]) => sum + weight, 0)
  let upTo = 0
  return entries.map(([id, weight]) => ({ index: indexOf.get(id) as number, upTo: (upTo += weight / total) }))
}

function drawClass({ classes, random }: Source): number {
  const last = classes.at(-1)?.index ?? 0
  if (classes.length <= 1) return last
  const share = random()
  return classes.find(({ upTo }) => share < upTo)?.index ?? last
}

function tokens(distribution: Distribution | undefined, random: RandomSource): number {
  return distribution === undefined ? 0 : Math.round(drawFrom(distribution, random(), random()))
}
