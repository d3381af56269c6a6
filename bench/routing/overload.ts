import { type RouterFactory, Router, type Scenario, scenarios, type TaskClass } from '@loadstar/core'
import { type Contender, run } from './contender.js'
import type { Answer, Question, Setting } from './question.js'
import { spanned, table } from './table.js'

const ENDLESS_MS = 24 * 3_600_000
const PHASES = ['before', 'overload', 'after'] as const
type Phase = (typeof PHASES)[number]

interface Way extends Contender {
  /** The scenario as this way of admission needs it. */
  readonly shape: (scenario: Scenario) => Scenario
}

const WAYS: readonly Way[] = [
  { name: 'bid, told deadlines', options: { policy: 'bid' }, shape: (scenario) => scenario },
  {
    name: 'bid, queue timeout only',
    options: { policy: 'bid' },
    createRouter: untold(),
    shape: (scenario) => scenario,
  },
  {
    name: 'bid, bounded queue only',
    options: { policy: 'bid' },
    createRouter: untold(),
    shape: (scenario) => withWait(scenario, ENDLESS_MS),
  },
  {
    name: 'one endless queue, first come first served',
    options: { policy: 'least_utilization' },
    createRouter: untold(),
    shape: (scenario) => ({
      ...withWait(scenario, ENDLESS_MS),
      models: scenario.models.map((model) => ({ ...model, maxQueue: 1_000_000 })),
    }),
  },
]

interface Row {
  readonly way: string
  readonly phase: Phase
  readonly seed: number
  readonly arrived: number
  readonly admitted: number
  readonly inTime: number
  /** Of those with the deadline of three mean services. */
  readonly impatientInTime: number
  readonly impatientArrived: number
}

export const overload: Question = {
  name: 'overload',
  question:
    '0.8, then 1.4, then 0.8 times what the models can serve, answers wanted within 3 or 8 mean services',
  ask,
}

function ask({ seeds }: Setting): Answer {
  const rows = WAYS.flatMap((way) =>
    seeds.flatMap((seed) => {
      const { classes } = run(way, way.shape(phased(scenarios.overload())), seed)
      return PHASES.map((phase): Row => {
        const [hasty, calm] = ['impatient', 'patient'].map((id) => classes[`${id}, ${phase}`])
        if (hasty === undefined || calm === undefined) throw new Error(`no requests ${phase}`)
        return {
          way: way.name,
          phase,
          seed,
          arrived: hasty.arrived + calm.arrived,
          admitted: hasty.admitted + calm.admitted,
          inTime: hasty.completedInTime + calm.completedInTime,
          impatientInTime: hasty.completedInTime,
          impatientArrived: hasty.arrived,
        }
      })
    }),
  )
  return { text: textOf(rows), rows }
}

/** The same requests in the same phases, in classes that tell which phase they came in. */
function phased(scenario: Scenario): Scenario {
  const [stream] = scenario.streams
  if (stream?.arrivals.kind !== 'phases') throw new Error('the scenario has phases')
  const { phases } = stream.arrivals
  return {
    ...scenario,
    classes: scenario.classes.flatMap((each) =>
      PHASES.map((phase): TaskClass => ({ ...each, id: `${each.id}, ${phase}` })),
    ),
    streams: PHASES.map((phase, index) => ({
      arrivals: {
        kind: 'phases',
        phases: phases.map((each, other) => (other === index ? each : { ...each, perSecond: 0 })),
      },
      mix: Object.fromEntries(scenario.classes.map(({ id }) => [`${id}, ${phase}`, 1])),
    })),
  }
}

function withWait(scenario: Scenario, maxWaitMs: number): Scenario {
  return { ...scenario, classes: scenario.classes.map((each) => ({ ...each, maxWaitMs })) }
}

/** The router that ships, told of deadlines that are no matter. */
function untold(): RouterFactory {
  return (models, options) => {
    const router = new Router(models, options)
    const submit = router.submit.bind(router)
    router.submit = (request, nowMs) => submit({ ...request, deadlineMs: ENDLESS_MS }, nowMs)
    return router
  }
}

function textOf(rows: readonly Row[]): string {
  const share = (way: string, phase: Phase, of: (row: Row) => number) =>
    spanned(rows.filter((row) => row.way === way && row.phase === phase).map(of), 1, 100)
  return table(
    [
      '%',
      'in time, of admitted, overload',
      'in time, of all, overload',
      'of the 3 S, overload',
      'of all, after',
    ],
    WAYS.map(({ name }) => [
      name,
      share(name, 'overload', ({ inTime, admitted }) => inTime / admitted),
      share(name, 'overload', ({ inTime, arrived }) => inTime / arrived),
      share(name, 'overload', (row) => row.impatientInTime / row.impatientArrived),
      share(name, 'after', ({ inTime, arrived }) => inTime / arrived),
    ]),
  )
}
