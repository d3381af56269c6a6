import { describe, expect, it } from 'vitest'
import {
  adviseCapacity,
  type CapacityAdvice,
  type Distribution,
  FlowMeter,
  Router,
  type Scenario,
  simulate,
  slotsForWait,
} from '../../src/index.js'

/** One model, one kind of request: a pool of slots with one queue before it. */
function pool(slots: number, perSecond: number, ms: Distribution, durationMs: number): Scenario {
  return {
    name: 'one pool',
    models: [
      {
        id: 'm',
        maxConcurrent: slots,
        maxQueue: 1_000_000,
        targetUtilization: 1,
        service: { kind: 'drawn', ms },
      },
    ],
    classes: [{ id: 'any', candidates: [{ modelId: 'm', score: 50 }], maxWaitMs: 86_400_000 }],
    streams: [{ arrivals: { kind: 'poisson', perSecond }, mix: { any: 1 } }],
    durationMs,
    warmUpMs: durationMs / 10,
  }
}

/** What a server would advise after ten minutes of it. */
function adviceIn(scenario: Scenario, seed: number, targetWaitMs: number): CapacityAdvice {
  const meter = new FlowMeter()
  let router: Router | undefined
  let advice: CapacityAdvice | undefined
  simulate(scenario, {
    seed,
    createRouter: (models, options) => (router = new Router(models, options)),
    observer: {
      everyMs: 2_000,
      call: ({ queueMs, serviceMs, endedMs }) => meter.record(queueMs, serviceMs, endedMs),
      tick(nowMs) {
        const [load] = router?.loads(nowMs) ?? []
        if (load === undefined) return
        meter.observe(load.activeRequests + load.queueDepth, nowMs)
        const flow = meter.read(nowMs)
        if (flow !== undefined) advice = adviseCapacity(load, flow, targetWaitMs)
      },
    },
  })
  if (advice === undefined) throw new Error('nothing was advised')
  return advice
}

/** Mean wait in milliseconds over two hours. */
function waitIn(scenario: Scenario): number {
  return simulate(scenario, { seed: 5 }).overall.waitMs.mean ?? 0
}

const TEN_MINUTES_MS = 600_000
const HOURS_MS = 2 * 3_600_000
const MEAN_MS = 800
/** What the formula leaves open, as a share of the wait, and two simulated hours besides. */
const ERROR = 0.2

describe.each<[string, Distribution, number, number, number, number]>([
  ['exponential', { kind: 'exponential', mean: MEAN_MS }, 1, 20, 17, 100],
  ['exponential', { kind: 'exponential', mean: MEAN_MS }, 1, 30, 30, 40],
  ['even', { kind: 'log_normal_mean', mean: MEAN_MS, cv: 0.5 }, 0.25, 20, 17, 60],
  ['uneven', { kind: 'log_normal_mean', mean: MEAN_MS, cv: 1.5 }, 2.25, 20, 17, 150],
])('advice for %s service (%o, cv² %s) at %s a second, of %s slots, wanting %s ms', (...given) => {
  const [, ms, serviceCv2, perSecond, slots, targetMs] = given
  const truth = { arrivalsPerS: perSecond, serviceMs: MEAN_MS, arrivalCv2: 1, serviceCv2 }
  const needed = slotsForWait(truth, targetMs)

  it('so many slots bring the simulated wait to the target, one fewer does not', () => {
    expect(waitIn(pool(needed, perSecond, ms, HOURS_MS))).toBeLessThan((1 + ERROR) * targetMs)
    expect(waitIn(pool(needed - 1, perSecond, ms, HOURS_MS))).toBeGreaterThan((1 - ERROR) * targetMs)
  })

  it('five minutes of measuring are enough to advise that, but for a slot or two', () => {
    const advice = adviceIn(pool(slots, perSecond, ms, TEN_MINUTES_MS), 7, targetMs)
    expect(Math.abs(advice.flow.arrivalsPerS / perSecond - 1)).toBeLessThan(0.1)
    expect(Math.abs(advice.flow.serviceMs / MEAN_MS - 1)).toBeLessThan(0.1)
    expect(Math.abs(advice.advisedSlots - needed)).toBeLessThanOrEqual(2)
  })
})

it('a backlog that grows is seen for the load that it is', () => {
  // Thirty Erlangs on ten slots.
  const ms: Distribution = { kind: 'exponential', mean: MEAN_MS }
  const advice = adviceIn(pool(10, 37.5, ms, TEN_MINUTES_MS), 3, 100)
  expect(advice.expectedWaitMs).toBeNull()
  expect(Math.abs(advice.offeredLoad / 30 - 1)).toBeLessThan(0.1)
  expect(advice.additionalSlots).toBeGreaterThanOrEqual(20)
})
