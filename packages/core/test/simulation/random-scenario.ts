import { type RandomSource, seededRandom } from '../../src/random.js'
import { POLICIES, type RouterOptions } from '../../src/routing/options.js'
import { PRIORITIES } from '../../src/routing/priority.js'
import type { Arrivals } from '../../src/simulation/arrivals.js'
import type { Distribution } from '../../src/simulation/distribution.js'
import { ANSWER_FATES, CLIENT_FATES, type Faults } from '../../src/simulation/faults/faults.js'
import type { Scenario, SimulatedModel, Stream, TaskClass } from '../../src/simulation/scenario.js'

/** Of the seed's streams, the one that the scenario itself is drawn from. */
const SCENARIO_STREAM = 50
const DURATION_MS = 600

/**
 * A small world from a seed: few models with few slots, some hundred events, and so little time between them that they
 * meet. Each sort of fault is there in half of the worlds, and then comes often: one that is everywhere hides others.
 */
export function randomScenario(seed: number): Scenario {
  const draw = new Draw(seededRandom(seed, SCENARIO_STREAM))
  const models = Array.from({ length: draw.whole(1, 4) }, (_, index) => drawModel(draw, `m${index}`))
  const classes = Array.from({ length: draw.whole(1, 4) }, (_, index) => drawClass(draw, `c${index}`, models))
  const streams = Array.from({ length: draw.whole(1, 3) }, () => drawStream(draw, classes))
  return {
    name: `world ${seed}`,
    models,
    classes,
    streams,
    load: draw.one([0.5, 0.9, 1.2, 2]),
    router: drawOptions(draw),
    durationMs: DURATION_MS,
    ...(draw.half() ? { dispatchMs: { kind: 'exponential', mean: 3 } as const } : {}),
    ...(draw.chance(0.9) ? { faults: drawFaults(draw) } : {}),
  }
}

/** Draws of the kinds a scenario is made of. */
class Draw {
  constructor(private readonly random: RandomSource) {}

  chance = (share: number): boolean => this.random() < share
  half = (): boolean => this.chance(0.5)
  whole = (low: number, high: number): number => low + Math.floor(this.random() * (high - low + 1))
  one = <T>(values: readonly T[]): T => values[Math.floor(this.random() * values.length)] as T
  /** Some of them, one at least, in any order. */
  some = <T>(values: readonly T[]): readonly T[] => {
    const shuffled = values.map((value) => ({ value, key: this.random() })).sort((a, b) => a.key - b.key)
    return shuffled.slice(0, this.whole(1, values.length)).map(({ value }) => value)
  }
  /** The value in one of two cases, nothing in the other. */
  maybe = <T extends object>(value: T): T | Record<string, never> => (this.half() ? value : {})
}

function drawModel(draw: Draw, id: string): SimulatedModel {
  const ms: Distribution = draw.one<Distribution>([
    { kind: 'constant', value: draw.one([10, 50]) },
    { kind: 'exponential', mean: draw.one([5, 40]) },
    { kind: 'log_normal_mean', mean: draw.one([20, 80]), cv: 1 },
  ])
  return {
    id,
    maxConcurrent: draw.chance(0.05) ? 0 : draw.whole(1, 4),
    maxQueue: draw.whole(0, 6),
    targetUtilization: draw.one([0.5, 0.57, 0.8, 1]),
    service: draw.half()
      ? { kind: 'drawn', ms, ...draw.maybe({ firstTokenShare: 0.3 }) }
      : { kind: 'tokens', firstTokenMs: ms, outputTokenMs: draw.one([0, 1, 3]) },
    ...draw.maybe({ price: { inputUsdPerMTok: draw.whole(0, 20), outputUsdPerMTok: draw.whole(0, 60) } }),
    ...draw.maybe({ pace: { firstTokenMs: draw.whole(0, 60), outputTokenMs: draw.whole(0, 4) } }),
    ...draw.maybe({ slowdown: { kneeShare: 0.5, factor: 3 } }),
    ...draw.maybe({ stall: { probability: 0.05, delayMs: { kind: 'constant', value: 200 } as const } }),
  }
}

function drawClass(draw: Draw, id: string, models: readonly SimulatedModel[]): TaskClass {
  return {
    id,
    candidates: draw
      .some(models)
      .map((model) => ({ modelId: model.id, score: draw.one([0, 50, 80, 90, 90]) })),
    ...draw.maybe({ inputTokens: { kind: 'exponential', mean: 40 } as const }),
    ...draw.maybe({ outputTokens: { kind: 'exponential', mean: 15 } as const }),
    ...draw.maybe({ toldOutputTokens: draw.one(['exact', 'mean'] as const) }),
    ...draw.maybe({ priority: draw.one(PRIORITIES) }),
    ...draw.maybe({ deadlineMs: draw.one([20, 100, 400]) }),
    ...draw.maybe({ maxWaitMs: draw.one([0, 10, 80, 500]) }),
    ...(draw.chance(0.2) ? { patienceMs: { kind: 'exponential', mean: 60 } as const } : {}),
    ...draw.maybe({ bytes: draw.one([0, 10, 400]) }),
    ...draw.maybe({ isExplained: true }),
  }
}

function drawStream(draw: Draw, classes: readonly TaskClass[]): Stream {
  const arrivals = draw.one<Arrivals>([
    { kind: 'poisson', perSecond: 1 },
    { kind: 'batches', perSecond: 1, meanSize: draw.whole(1, 12) },
    { kind: 'hyperexponential', perSecond: 1, cv: 3 },
    { kind: 'on_off', perSecond: 1, onShare: 0.3, meanOnMs: 100 },
  ])
  const mix = Object.fromEntries(draw.some(classes).map(({ id }) => [id, draw.whole(1, 3)]))
  return { arrivals, mix, ...draw.maybe({ tenant: draw.one(['ada', 'ben', 'cleo']) }) }
}

function drawOptions(draw: Draw): RouterOptions {
  return {
    policy: draw.half() ? 'bid' : draw.one(POLICIES),
    maxWaitMs: draw.one([60, 300]),
    staleAfterMs: draw.one([0, 150]),
    ...draw.maybe({
      bid: {
        timeValue: draw.one([0, 1, 30, 1_000]),
        holdShare: draw.one([0, 0.1, 1, 5]),
        holdSlack: draw.one([0, 1, 100]),
        repriceMs: draw.one([20, 200]),
        priceWindow: draw.one([1, 20, 600]),
      },
    }),
    ...draw.maybe({
      queue: {
        ageingMs: draw.one([5, 50, 5_000]),
        aboveTarget: draw.half() ? [] : draw.some(PRIORITIES),
        floors: draw.half() ? {} : { [draw.one(PRIORITIES)]: 0.5, [draw.one(PRIORITIES)]: 0.3 },
        rescueMs: draw.one([0, 20, 1_000]),
        maxBytes: draw.one([500, 100_000]),
        outputWeight: draw.one([0, 2]),
        shareSlack: draw.one([0, 50, 8_000]),
      },
    }),
    health: {
      breaker: {
        consecutiveFailures: draw.one([0, 2, 5]),
        minResults: 4,
        windowMs: 400,
        minOpenMs: 10,
        maxOpenMs: 80,
      },
      slowStart: { windowMs: draw.one([0, 100]), whenAdded: draw.half() },
      limits: { apply: draw.chance(0.3) },
      penalty: { minMs: draw.one([0, 20]), halfLifeMs: 200 },
    },
  }
}

function drawFaults(draw: Draw): Faults {
  return {
    instances: draw.whole(1, 3),
    ...draw.maybe({
      clients: {
        ...Object.fromEntries(draw.some(CLIENT_FATES).map((fate) => [fate, draw.one([0.02, 0.15])])),
        leavesAfterMs: { kind: 'exponential', mean: 40 } as const,
      },
    }),
    ...draw.maybe({
      answers: {
        ...Object.fromEntries(draw.some(ANSWER_FATES).map((fate) => [fate, draw.one([0.02, 0.1])])),
        retryAfterMs: { kind: 'uniform', low: 0, high: 120 } as const,
        timeoutMs: 150,
        crawlFactor: 5,
      },
    }),
    ...draw.maybe({ settles: { twice: 0.2, delayMs: { kind: 'exponential', mean: 40 } as const } }),
    perMinute: {
      meanMs: draw.one([20, 200]),
      ...draw.maybe({ capacity: draw.one([100, 400]) }),
      ...draw.maybe({ removal: draw.one([60, 200]) }),
      ...draw.maybe({ report: draw.one([60, 200]) }),
      ...draw.maybe({ clock: draw.one([40, 100]) }),
      ...draw.maybe({ crash: draw.one([60, 200]) }),
      ...draw.maybe({ outage: draw.one([60, 200]) }),
    },
    ...(draw.chance(0.1) ? { timed: [{ kind: 'drain', atMs: draw.whole(0, DURATION_MS) } as const] } : {}),
  }
}
