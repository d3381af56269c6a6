import { describe, expect, it } from 'vitest'
import {
  type AlertChange,
  AlertWatch,
  type EndedCall,
  Router,
  type Scenario,
  simulate,
} from '../../src/index.js'

const MODELS = ['granite', 'marble', 'slate']
const SLOW_MS = 240_000
const FAILING_MS = 300_000
const RECOVERED_MS = 360_000
const END_MS = 900_000
/** Before the alert watch of a server would look again. */
const EVERY_MS = 2_000

/** Three models alike but in their scores, the first the best; one answer in two hundred fails by chance. */
function calm(load: number, durationMs: number): Scenario {
  return {
    name: 'three models',
    models: MODELS.map((id) => ({
      id,
      maxConcurrent: 20,
      maxQueue: 80,
      targetUtilization: 0.8,
      service: {
        kind: 'drawn',
        ms: { kind: 'log_normal_mean', mean: 400, cv: 0.5 },
        firstTokenShare: 0.3,
      },
    })),
    classes: [
      { id: 'any', candidates: MODELS.map((modelId, place) => ({ modelId, score: 90 - 2 * place })) },
    ],
    streams: [{ arrivals: { kind: 'poisson', perSecond: 1 }, mix: { any: 1 } }],
    load,
    durationMs,
    faults: { answers: { failed: 0.005 } },
  }
}

/** The best model turns ten times slower, a minute later all its answers break off, another minute later it is well. */
function incident(load: number): Scenario {
  return {
    ...calm(load, END_MS),
    name: 'an incident',
    faults: {
      answers: { failed: 0.005, crawlFactor: 10 },
      timed: [
        { kind: 'outage', atMs: SLOW_MS, modelId: 'granite', lastsMs: FAILING_MS - SLOW_MS, fate: 'crawled' },
        {
          kind: 'outage',
          atMs: FAILING_MS,
          modelId: 'granite',
          lastsMs: RECOVERED_MS - FAILING_MS,
          fate: 'cut',
        },
      ],
    },
  }
}

/** What a server would see of it: the alerts, and all calls. */
function run(scenario: Scenario, seed: number) {
  const watch = new AlertWatch()
  const changes: AlertChange[] = []
  const calls: EndedCall[] = []
  let router: Router | undefined
  simulate(scenario, {
    seed,
    createRouter: (models, options) => (router = new Router(models, options)),
    observer: {
      everyMs: EVERY_MS,
      call(call) {
        calls.push(call)
        watch.record(call.modelId, call.outcome, call.firstTokenMs, call.endedMs)
      },
      tick(nowMs) {
        const loads = router?.loads(nowMs) ?? []
        const models = loads.map(({ modelId, usableSlots, breaker }) => {
          return { modelId, isUsable: usableSlots > 0 && breaker === 'closed' }
        })
        changes.push(...watch.evaluate(models, nowMs))
      },
    },
  })
  const shareOf = (modelId: string, fromMs: number, toMs: number): number => {
    const given = calls.filter(({ startedMs }) => startedMs >= fromMs && startedMs < toMs)
    return given.filter((call) => call.modelId === modelId).length / given.length
  }
  return { watch, changes, shareOf }
}

describe.each([
  [0.4, 1],
  [0.6, 2],
  [0.75, 3],
])('a model turns slow, then fails, then recovers, at load %s (seed %s)', (load, seed) => {
  const { watch, changes, shareOf } = run(incident(load), seed)
  const usual = shareOf('granite', SLOW_MS - 60_000, SLOW_MS)
  const at = (kind: AlertChange['kind'], type: string) => {
    return changes.filter((change) => change.kind === kind && change.alert.type === type)
  }

  it('its share of the traffic moves away within ten seconds of its turning slow, and of its failing', () => {
    expect(usual).toBeGreaterThan(1 / 3 - 0.03)
    expect(shareOf('granite', SLOW_MS, SLOW_MS + 10_000)).toBeLessThan(usual / 4)
    expect(shareOf('granite', FAILING_MS + 10_000, RECOVERED_MS)).toBeLessThan(usual / 20)
  })

  it('the traffic returns after it recovered', () => {
    expect(shareOf('granite', RECOVERED_MS + 90_000, RECOVERED_MS + 150_000)).toBeGreaterThan(0.85 * usual)
    expect(shareOf('granite', END_MS - 120_000, END_MS)).toBeGreaterThan(0.85 * usual)
  })

  it('each alert fires once, about that model, and at the right severity in the end', () => {
    const types = ['high_latency', 'low_success_rate', 'model_failure', 'rapid_failures']
    expect(
      changes
        .filter(({ kind }) => kind === 'raised')
        .map(({ alert }) => alert.type)
        .sort(),
    ).toEqual(types)
    expect(new Set(changes.map(({ alert }) => alert.modelId))).toEqual(new Set(['granite']))
    const worst = Object.fromEntries(watch.all().map(({ type, severity }) => [type, severity]))
    expect(worst).toEqual({
      high_latency: 'critical',
      low_success_rate: 'critical',
      model_failure: 'critical',
      rapid_failures: 'error',
    })
    // Nobody is told the same twice: each severity of each type at most once.
    const told = changes
      .filter(({ isTold }) => isTold)
      .map(({ kind, alert }) => `${alert.type} ${kind} ${alert.severity}`)
    expect(new Set(told).size).toBe(told.length)
  })

  it('slowness is told while it is slow, failures while it fails', () => {
    const [slow] = at('raised', 'high_latency')
    expect(slow?.alert.startedMs).toBeGreaterThan(SLOW_MS)
    expect(slow?.alert.startedMs).toBeLessThan(SLOW_MS + 30_000)
    for (const type of ['low_success_rate', 'model_failure', 'rapid_failures']) {
      expect(at('raised', type)[0]?.alert.startedMs).toBeGreaterThanOrEqual(FAILING_MS)
      expect(at('raised', type)[0]?.alert.startedMs).toBeLessThan(RECOVERED_MS)
    }
  })

  it('all are resolved as recovered after it was well for a while', () => {
    expect(watch.active()).toEqual([])
    for (const { resolution, resolvedMs } of watch.all()) {
      expect(resolution).toBe('recovered')
      expect(resolvedMs).toBeGreaterThan(RECOVERED_MS + 60_000)
      expect(resolvedMs).toBeLessThan(RECOVERED_MS + 180_000)
    }
  })
})

it.each([
  [0.3, 11],
  [0.6, 12],
  [0.85, 13],
])('a calm half hour at load %s raises nothing (seed %s)', (load, seed) => {
  expect(run(calm(load, 1_800_000), seed).changes).toEqual([])
})
