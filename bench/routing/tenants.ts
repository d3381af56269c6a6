import {
  type Scenario,
  scenarios,
  type SimulatedModel,
  serviceMs,
  type Stream,
  Workload,
} from '@loadstar/core'
import { BID, type Contender, run } from './contender.js'
import { percentile } from './percentile.js'
import type { Answer, Question, Setting } from './question.js'
import { spanned, table } from './table.js'

const ENDLESS_MS = 24 * 3_600_000

interface Way extends Contender {
  readonly shape: (scenario: Scenario) => Scenario
}

const WAYS: readonly Way[] = [
  { ...BID, shape: (scenario) => scenario },
  { name: 'bid, tenants not told', options: { policy: 'bid' }, shape: nameless },
  {
    name: 'one endless queue, first come first served',
    options: { policy: 'least_utilization' },
    shape: (scenario) => endless(nameless(scenario)),
  },
]

interface Row {
  readonly way: string
  readonly seed: number
  /** Of the polite tenants' requests. */
  readonly p99Ms: number
  /** Service alone, as if nobody ever waited. */
  readonly floorMs: number
  readonly politeServed: number
  readonly greedyServed: number
}

export const tenants: Question = {
  name: 'tenants',
  question:
    'P99 of four tenants, together at a quarter of the slots, while a fifth asks for 1.5 times all of them',
  ask,
}

function ask({ seeds, scale }: Setting): Answer {
  const { durationMs, ...calm } = scenarios.aggressiveTenant()
  const scenario = told({ ...calm, durationMs: scale * durationMs, warmUpMs: (scale * durationMs) / 12 })
  const rows = seeds.flatMap((seed) => {
    const floorMs = floorOf(scenario, seed)
    return WAYS.map((way): Row => {
      const { polite, greedy } = run(way, way.shape(scenario), seed).classes
      if (polite === undefined || greedy === undefined) throw new Error('a class is missing')
      return {
        way: way.name,
        seed,
        p99Ms: polite.latencyMs.p99 ?? NaN,
        floorMs,
        politeServed: polite.latencyMs.count / polite.arrived,
        greedyServed: greedy.latencyMs.count / greedy.arrived,
      }
    })
  })
  return { text: textOf(rows), rows }
}

/** With tokens, which the account between tenants is kept in, and a class for each manner, so that both are counted. */
function told(scenario: Scenario): Scenario {
  const tokens = { kind: 'constant', value: 200 } as const
  const [any] = scenario.classes
  if (any === undefined) throw new Error('the scenario has a class')
  return {
    ...scenario,
    classes: ['polite', 'greedy'].map((id) => ({ ...any, id, inputTokens: tokens, outputTokens: tokens })),
    streams: scenario.streams.map((stream) => ({
      ...stream,
      mix: { [stream.tenant === 'greedy' ? 'greedy' : 'polite']: 1 },
    })),
  }
}

function nameless(scenario: Scenario): Scenario {
  return {
    ...scenario,
    streams: scenario.streams.map(({ arrivals, mix = {} }): Stream => ({ arrivals, mix })),
  }
}

function endless(scenario: Scenario): Scenario {
  return {
    ...scenario,
    models: scenario.models.map((model) => ({ ...model, maxQueue: 1_000_000 })),
    classes: scenario.classes.map((each) => ({ ...each, maxWaitMs: ENDLESS_MS })),
  }
}

function floorOf(scenario: Scenario, seed: number): number {
  const model = scenario.models[0] as SimulatedModel
  const polite = scenario.classes.findIndex(({ id }) => id === 'polite')
  const services: number[] = []
  const workload = new Workload(scenario, seed)
  for (let arrival = workload.next(); arrival !== undefined; arrival = workload.next()) {
    if (arrival.classIndex !== polite || arrival.atMs < (scenario.warmUpMs ?? 0)) continue
    services.push(serviceMs(model, 1, arrival))
  }
  return percentile(services, 0.99)
}

function textOf(rows: readonly Row[]): string {
  const cell = (way: string, of: (row: Row) => number, digits: number, factor = 1) =>
    spanned(rows.filter((row) => row.way === way).map(of), digits, factor)
  return table(
    ['', 'polite P99 / floor', 'polite P99, s', 'polite served, %', 'greedy served, %'],
    WAYS.map(({ name }) => [
      name,
      cell(name, ({ p99Ms, floorMs }) => p99Ms / floorMs, 2),
      cell(name, ({ p99Ms }) => p99Ms, 2, 0.001),
      cell(name, ({ politeServed }) => politeServed, 1, 100),
      cell(name, ({ greedyServed }) => greedyServed, 1, 100),
    ]),
  )
}
