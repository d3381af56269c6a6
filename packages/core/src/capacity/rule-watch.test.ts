import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CapacityRule } from './rule.js'
import { RuleWatch } from './rule-watch.js'

const TICK_MS = 2_000
const RULE: CapacityRule = { id: 'busy', utilization: 0.75, durationMs: 30_000, action: 'alert_only' }

/** Ten slots of which eight are within target. */
const load = (
  activeRequests: number,
  modelId = 'm',
  more: { maxConcurrent?: number; isKnown?: boolean } = {},
) => {
  const { maxConcurrent = 10, isKnown = true } = more
  return {
    modelId,
    activeRequests,
    maxConcurrent,
    targetUtilization: 0.8,
    utilization: isKnown ? activeRequests / maxConcurrent : null,
  }
}

function play(watch: RuleWatch, uses: readonly (readonly [active: number, ms: number])[]) {
  let nowMs = 0
  return uses.flatMap(([active, ms]) => {
    const changes: [number, string][] = []
    for (const endMs = nowMs + ms; nowMs < endMs; nowMs += TICK_MS) {
      for (const { kind } of watch.evaluate([load(active)], nowMs)) changes.push([nowMs, kind])
    }
    return changes
  })
}

describe('a capacity rule', () => {
  it('comes into force when its threshold was held for its duration, and not before', () => {
    expect(play(new RuleWatch([RULE]), [[8, 28_000]])).toEqual([])
    expect(play(new RuleWatch([RULE]), [[8, 40_000]])).toEqual([[30_000, 'engaged']])
  })

  it('begins anew where the threshold was left in between', () => {
    const uses = [
      [8, 20_000],
      [2, 10_000],
      [8, 20_000],
    ] as const
    expect(play(new RuleWatch([RULE]), uses)).toEqual([])
  })

  it('lets go below its lower threshold only, and after its time', () => {
    const watch = new RuleWatch([RULE])
    const changes = play(watch, [
      [8, 40_000],
      [7, 120_000],
      [3, 60_000],
    ])
    expect(changes.map(([, kind]) => kind)).toEqual(['engaged', 'released'])
    expect(changes[1]?.[0]).toBeGreaterThanOrEqual(40_000 + 120_000 + 30_000)
    expect(watch.states()).toMatchObject([{ isInForce: false, modelId: 'm' }])
  })

  it('at a target is reached where all slots within the target are in use, however few they are', () => {
    const watch = new RuleWatch([{ ...RULE, utilization: 0.8 }])
    // Two of three are within it.
    const changes = Array.from({ length: 20 }, (_, i) => {
      return watch.evaluate([load(2, 'm', { maxConcurrent: 3 })], i * TICK_MS)
    })
    expect(changes.flat().map(({ kind }) => kind)).toEqual(['engaged'])
  })

  it('neither comes into force nor lets go while the load is unknown', () => {
    const watch = new RuleWatch([{ ...RULE, durationMs: 0 }])
    expect(watch.evaluate([load(10, 'm', { isKnown: false })], 0)).toEqual([])
    expect(watch.evaluate([load(10)], 2_000)).toMatchObject([{ kind: 'engaged' }])
    for (let i = 2; i < 60; i++) {
      expect(watch.evaluate([load(0, 'm', { isKnown: false })], i * TICK_MS)).toEqual([])
    }
  })

  it('is about the models it names, and lets go of one that is removed', () => {
    const watch = new RuleWatch([{ ...RULE, durationMs: 0, modelIds: ['m'] }])
    const engaged = watch.evaluate([load(9), load(9, 'n')], 0)
    expect(engaged).toMatchObject([{ kind: 'engaged', modelId: 'm' }])
    expect(watch.evaluate([load(9, 'n')], 2_000)).toMatchObject([{ kind: 'released', modelId: 'm' }])
    expect(watch.states()).toEqual([])
  })

  it('comes and goes in turn, whatever the load does', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(10), { maxLength: 200 }), (loads) => {
        const watch = new RuleWatch([{ ...RULE, durationMs: 6_000 }])
        const kinds = loads.flatMap((active, i) =>
          watch.evaluate([load(active)], i * TICK_MS).map(({ kind }) => kind),
        )
        kinds.forEach((kind, i) => expect(kind).toBe(i % 2 === 0 ? 'engaged' : 'released'))
      }),
    )
  })

  it.each<[Partial<CapacityRule>, string]>([
    [{ utilization: 0 }, 'capacity_rules[0].utilization must be a finite number > 0, got 0'],
    [{ utilization: 1.1 }, 'capacity_rules[0].utilization must be a number 0..1, got 1.1'],
    [{ durationMs: -1 }, 'capacity_rules[0].duration_ms must be a finite number ≥ 0, got -1'],
    [
      { releaseUtilization: 0.8 },
      'capacity_rules[0].release_utilization must be ≤ utilization (0.75), got 0.8',
    ],
  ])('%o is refused', (wrong, message) => {
    expect(() => new RuleWatch([{ ...RULE, ...wrong }])).toThrow(message)
  })
})
