import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LeaseOutcome } from '../routing/outcome.js'
import { isWorse, type AlertChange } from './alert.js'
import { AlertWatch, type WatchedModel } from './alert-watch.js'
import type { AlertOptions } from './options.js'

const UP: readonly WatchedModel[] = [{ modelId: 'm', isUsable: true }]
const DOWN: readonly WatchedModel[] = [{ modelId: 'm', isUsable: false }]
const TICK_MS = 2_000

/** A watch that is looked at every two seconds of a clock that only it has. */
function watchOf(options: AlertOptions = {}) {
  const watch = new AlertWatch(options)
  let nowMs = 1_000_000
  const changes: AlertChange[] = []
  return {
    watch,
    changes,
    now: () => nowMs,
    record(outcome: LeaseOutcome, times: number, latencyMs?: number) {
      for (let i = 0; i < times; i++) watch.record('m', outcome, latencyMs, nowMs)
    },
    pass(ms: number, models = UP) {
      for (const endMs = nowMs + ms; nowMs < endMs;) {
        nowMs += Math.min(TICK_MS, endMs - nowMs)
        changes.push(...watch.evaluate(models, nowMs))
      }
    },
    told: () => changes.filter(({ isTold }) => isTold).map(sentence),
    seen: () => changes.map(sentence),
  }
}

function sentence({ kind, alert }: AlertChange): string {
  return `${alert.type} ${kind}${kind === 'resolved' ? ` ${alert.resolution}` : ` ${alert.severity}`}`
}

describe('latency', () => {
  it.each([
    [500, []],
    [600, ['high_latency raised warning']],
    [1_200, ['high_latency raised error']],
    [2_500, ['high_latency raised critical']],
  ])('a 95th percentile of %s ms raises what its threshold says', (ms, expected) => {
    const world = watchOf()
    world.record('completed', 20, ms - 15)
    world.pass(TICK_MS)
    expect(world.told()).toEqual(expected)
  })

  it('a slow answer or two among few are no alert, and too few answers are none at all', () => {
    const world = watchOf()
    world.record('completed', 19, 9_000)
    world.pass(TICK_MS)
    world.record('completed', 400, 100)
    world.pass(TICK_MS)
    expect(world.seen()).toEqual([])
  })

  it('is held against the thresholds of its own model where it has some', () => {
    const slow = { warningMs: 5_000, errorMs: 6_000, criticalMs: 7_000 }
    const world = watchOf({ latencyOf: { m: slow } })
    world.record('completed', 20, 4_000)
    world.pass(TICK_MS)
    expect(world.seen()).toEqual([])
    world.record('completed', 20, 5_500)
    world.pass(TICK_MS)
    expect(world.seen()).toEqual(['high_latency raised warning'])
  })

  it('resolves when it was well below its threshold for a while, and not when it is just below', () => {
    const world = watchOf()
    world.record('completed', 20, 600)
    world.pass(TICK_MS)
    for (let i = 0; i < 60; i++) {
      world.record('completed', 5, 470)
      world.pass(TICK_MS)
    }
    expect(world.watch.active()).toHaveLength(1)
    for (let i = 0; i < 60; i++) {
      world.record('completed', 5, 300)
      world.pass(TICK_MS)
    }
    expect(world.told()).toEqual(['high_latency raised warning', 'high_latency resolved recovered'])
  })

  it('nobody is told that a model nobody uses has recovered: that is not known', () => {
    const world = watchOf()
    world.record('completed', 20, 600)
    world.pass(TICK_MS)
    world.pass(300_000)
    expect(world.watch.active()).toHaveLength(1)
    world.pass(60_000)
    expect(world.told()).toEqual(['high_latency raised warning', 'high_latency resolved no_data'])
  })
})

describe('failures', () => {
  it('three in a row are an error and ten are critical, one success ends the row', () => {
    const world = watchOf({ rapidFailures: { count: 1_000 } })
    world.record('upstream_error', 2)
    world.record('completed', 1)
    world.record('upstream_cut', 2)
    world.pass(TICK_MS)
    expect(world.seen()).toEqual([])
    world.record('upstream_timeout', 1)
    world.pass(TICK_MS)
    world.record('upstream_error', 7)
    world.pass(TICK_MS)
    expect(world.seen().filter((text) => text.startsWith('model_failure'))).toEqual([
      'model_failure raised error',
      'model_failure escalated critical',
    ])
  })

  it('five within a minute are rapid, five over a longer while are not', () => {
    const slow = watchOf()
    for (let i = 0; i < 8; i++) {
      slow.record('upstream_error', 1)
      slow.record('completed', 1, 10)
      slow.pass(16_000)
    }
    expect(slow.seen().filter((text) => text.startsWith('rapid'))).toEqual([])
    const fast = watchOf()
    for (let i = 0; i < 5; i++) {
      fast.record('upstream_error', 1)
      fast.record('completed', 1, 10)
      fast.pass(14_000)
    }
    expect(fast.seen()).toContain('rapid_failures raised error')
  })

  it('a busy model that fails once in a hundred is calm', () => {
    const world = watchOf()
    for (let i = 0; i < 200; i++) {
      world.record('completed', 99, 100)
      world.record('upstream_error', 1)
      world.pass(TICK_MS)
    }
    expect(world.seen()).toEqual([])
  })

  it.each([
    [19, []],
    [18, ['low_success_rate raised warning']],
    [17, ['low_success_rate raised error']],
    [15, ['low_success_rate raised critical']],
  ])('%s good results of 20 raise what the share says', (good, expected) => {
    const world = watchOf({ failuresInARow: { error: 100, critical: 101 }, rapidFailures: { count: 100 } })
    // 18 of 20 is 0.9, which is not below it.
    world.record('completed', good, 10)
    world.record('upstream_error', 20 - good)
    world.pass(TICK_MS)
    expect(world.told()).toEqual(expected)
  })

  it('clients that leave and requests that are wrong are no failures of the model', () => {
    const world = watchOf()
    for (const outcome of ['client_gone', 'refused_by_model', 'hedge_lost', 'instance_lost'] as const) {
      world.record(outcome, 30)
    }
    world.pass(TICK_MS)
    expect(world.seen()).toEqual([])
  })
})

describe('no model available', () => {
  it('is raised when it lasts, and resolved when one can be used for a while', () => {
    const world = watchOf()
    world.pass(4_000, DOWN)
    world.pass(TICK_MS)
    expect(world.seen()).toEqual([])
    world.pass(8_000, DOWN)
    world.pass(120_000)
    expect(world.told()).toEqual([
      'no_models_available raised critical',
      'no_models_available resolved recovered',
    ])
  })

  it('says nothing where no model was ever set up', () => {
    const world = watchOf()
    world.pass(60_000, [])
    expect(world.seen()).toEqual([])
  })
})

describe('what is told', () => {
  const flap = (world: ReturnType<typeof watchOf>) => {
    world.record('upstream_error', 3)
    world.pass(TICK_MS)
    world.record('completed', 1, 10)
    world.pass(70_000)
  }
  const failuresOnly: AlertOptions = { minSamples: 1_000_000, rapidFailures: { count: 1_000 } }

  it('one that comes back within the cooldown is the same alert, and told of only if it stays', () => {
    const world = watchOf(failuresOnly)
    flap(world)
    flap(world)
    flap(world)
    expect(world.told()).toEqual(['model_failure raised error', 'model_failure resolved recovered'])
    expect(world.watch.all().map(({ occurrences }) => occurrences)).toEqual([3])
    world.record('upstream_error', 3)
    world.pass(120_000)
    expect(world.told().at(-1)).toBe('model_failure raised error')
    expect(world.told()).toHaveLength(3)
  })

  it('one that comes back after the cooldown is another alert', () => {
    const world = watchOf(failuresOnly)
    flap(world)
    world.pass(300_000)
    flap(world)
    expect(world.told().filter((text) => text.includes('raised'))).toHaveLength(2)
    expect(new Set(world.watch.all().map(({ id }) => id)).size).toBe(2)
  })

  it('what becomes worse is told in spite of the cooldown', () => {
    const world = watchOf(failuresOnly)
    flap(world)
    world.record('upstream_error', 10)
    world.pass(TICK_MS)
    expect(world.told().at(-1)).toBe('model_failure raised critical')
  })

  it('never twice of the same severity within the cooldown, whatever happens', () => {
    const step = fc.record({
      outcome: fc.constantFrom<LeaseOutcome>(
        'completed',
        'upstream_error',
        'upstream_timeout',
        'client_gone',
      ),
      times: fc.integer({ min: 0, max: 30 }),
      latencyMs: fc.constantFrom(10, 480, 600, 1_500, 5_000),
      ms: fc.constantFrom(2_000, 20_000, 90_000),
      isUp: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const world = watchOf()
        for (const { outcome, times, latencyMs, ms, isUp } of steps) {
          world.record(outcome, times, latencyMs)
          world.pass(ms, isUp ? UP : DOWN)
        }
        const lastTold = new Map<
          string,
          { severity: (typeof raised)[number]['alert']['severity']; atMs: number }
        >()
        const raised = world.changes.filter(({ kind, isTold }) => isTold && kind !== 'resolved')
        for (const { alert } of raised) {
          const last = lastTold.get(alert.type)
          const isCool = last === undefined || alert.changedMs - last.atMs >= 300_000
          const toldMs = alert.told?.atMs ?? NaN
          const isLate = last !== undefined && toldMs - last.atMs >= 300_000
          expect(isCool || isLate || isWorse(alert.severity, last.severity)).toBe(true)
          lastTold.set(alert.type, { severity: alert.severity, atMs: toldMs })
        }
        // One alert at a time of each type.
        const active = world.watch.active().map(({ type }) => type)
        expect(new Set(active).size).toBe(active.length)
      }),
      { numRuns: 60 },
    )
  })

  it('what was told as active is told as resolved, once', () => {
    const world = watchOf()
    world.record('upstream_error', 30)
    world.pass(TICK_MS)
    for (let i = 0; i < 100; i++) {
      world.record('completed', 50, 10)
      world.pass(TICK_MS)
    }
    const ends = world.told().filter((text) => text.includes('resolved'))
    const starts = world.told().filter((text) => text.includes('raised'))
    expect(ends).toHaveLength(starts.length)
    expect(starts.length).toBeGreaterThan(0)
    expect(world.watch.active()).toEqual([])
  })
})

describe('the life of an alert', () => {
  it('is acknowledged once, while it is active', () => {
    const world = watchOf()
    world.record('upstream_error', 3)
    world.pass(TICK_MS)
    const [alert] = world.watch.active()
    const first = world.watch.acknowledge(alert?.id ?? '', 'ops', world.now())
    expect(first?.alert).toMatchObject({ acknowledgedBy: 'ops', acknowledgedMs: world.now() })
    const second = world.watch.acknowledge(alert?.id ?? '', 'another', world.now() + 5)
    expect(second?.alert).toEqual(first?.alert)
    expect(world.watch.acknowledge('alert-0-0', null, world.now())).toBeUndefined()
  })

  it('ends with its model', () => {
    const world = watchOf()
    world.record('upstream_error', 3)
    world.pass(TICK_MS)
    world.pass(TICK_MS, [{ modelId: 'other', isUsable: true }])
    expect(world.told()).toEqual(['model_failure raised error', 'model_failure resolved gone'])
  })

  it('goes on in another watch that was given it, and nobody is told again', () => {
    const world = watchOf()
    world.record('upstream_error', 3)
    world.pass(TICK_MS)
    const next = watchOf()
    next.watch.restore(world.watch.all(), next.now())
    next.record('upstream_error', 3)
    next.pass(TICK_MS)
    expect(next.told()).toEqual([])
    expect(next.watch.active()).toMatchObject([{ id: world.watch.active()[0]?.id, isActive: true }])
  })

  it('history is bounded, the oldest are forgotten', () => {
    const world = watchOf({ maxHistory: 3, cooldownMs: 0, minSamples: 1_000_000 })
    for (let i = 0; i < 6; i++) {
      world.record('upstream_error', 3)
      world.pass(TICK_MS)
      world.record('completed', 1, 10)
      world.pass(70_000)
    }
    const kept = world.watch.all()
    expect(kept).toHaveLength(3)
    expect(kept[0]?.startedMs).toBeGreaterThan(kept[2]?.startedMs ?? Infinity)
  })

  it('a rule in force is raised at its severity and resolved with it', () => {
    const { watch } = watchOf()
    const breach = {
      ruleId: 'r',
      modelId: 'm',
      severity: 'warning',
      utilization: 0.9,
      threshold: 0.8,
    } as const
    const [raised] = watch.evaluate(UP, 1_000, [breach])
    expect(raised).toMatchObject({
      kind: 'raised',
      isTold: true,
      alert: { type: 'threshold_breach', ruleId: 'r' },
    })
    expect(watch.evaluate(UP, 3_000, [breach])).toEqual([])
    expect(watch.evaluate(UP, 5_000, [])).toMatchObject([
      { kind: 'resolved', alert: { resolution: 'recovered' } },
    ])
  })
})
