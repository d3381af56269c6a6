import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { agentOf, modelOf, ONLY_REQUIRED, placedOn, worlds } from '../../test/assignment-worlds.js'
import { assign } from './assign.js'
import type { AssignmentResult } from './assignment.js'
import type { AssignInput } from './input.js'

const switchingCosts = fc.constantFrom(0.5, 5, 40)
const optimal = { strategy: 'optimal', loadBalancing: false } as const

/** Where each agent was: anywhere, in a model that there is or not. */
const currents = fc
  .array(fc.integer({ min: 0, max: 6 }), { minLength: 8, maxLength: 8 })
  .map((models) => new Map(models.map((model, agent) => [`a${agent}`, `m${model}`])))

function worth(
  result: AssignmentResult,
  current: ReadonlyMap<string, string>,
  switchingCost: number,
  { models }: Pick<AssignInput, 'models'>,
): number {
  const placed = placedOn(result)
  const known = new Set(models.map(({ id }) => id))
  const moved = [...current].filter(([agent, model]) => known.has(model) && placed[agent] !== model)
  return result.totalScore - switchingCost * moved.length
}

describe('optimal with switching costs', () => {
  it('is proved, and no other strategy nor the plain optimum is worth more once every move is paid', () => {
    fc.assert(
      fc.property(worlds, currents, switchingCosts, (world, current, switchingCost) => {
        const held = assign({ ...world, ...optimal, current, switchingCost })
        expect(held).toMatchObject({ isOptimal: true, optimalityGap: 0 })
        const best = worth(held, current, switchingCost, world)
        for (const strategy of ['greedy', 'balanced', 'optimal'] as const) {
          const other = assign({ ...world, strategy, loadBalancing: false })
          expect(best).toBeGreaterThan(worth(other, current, switchingCost, world) - 1e-6)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('is proved with load balancing too', () => {
    fc.assert(
      fc.property(worlds, currents, switchingCosts, (world, current, switchingCost) => {
        const result = assign({ ...world, strategy: 'optimal', loadBalancing: true, current, switchingCost })
        expect(result).toMatchObject({ isOptimal: true, optimalityGap: 0 })
      }),
    )
  })

  it('moves nobody when run again on what it gave', () => {
    fc.assert(
      fc.property(worlds, currents, fc.boolean(), (world, earlier, loadBalancing) => {
        const input = { ...world, strategy: 'optimal', loadBalancing, switchingCost: 1 } as const
        const first = assign({ ...input, current: earlier })
        const second = assign({ ...input, current: new Map(Object.entries(placedOn(first))) })
        expect(placedOn(second)).toEqual(placedOn(first))
        expect(second.totalScore).toBe(first.totalScore)
      }),
    )
  })

  it('is the plain optimum in total when nothing is known or switching is free', () => {
    fc.assert(
      fc.property(worlds, currents, (world, current) => {
        const plain = assign({ ...world, ...optimal })
        expect(assign({ ...world, ...optimal, current })).toEqual(plain)
        expect(assign({ ...world, ...optimal, switchingCost: 7 })).toEqual(plain)
        const elsewhere = new Map([...current].map(([agent]) => [agent, 'gone']))
        expect(assign({ ...world, ...optimal, current: elsewhere, switchingCost: 7 })).toEqual(plain)
      }),
    )
  })

  it('keeps a model until the gain is more than the cost, and reports scores without it', () => {
    const input = {
      agents: [agentOf('1', 'x')],
      models: [modelOf('A', 1, { x: 0.8 }), modelOf('B', 1, { x: 0.85 })],
      weights: ONLY_REQUIRED,
      current: new Map([['1', 'A']]),
      ...optimal,
    }
    const kept = assign({ ...input, switchingCost: 5.1 })
    expect([placedOn(kept), kept.totalScore]).toEqual([{ 1: 'A' }, 80])
    const moved = assign({ ...input, switchingCost: 4.9 })
    expect([placedOn(moved), moved.totalScore]).toEqual([{ 1: 'B' }, 85])
  })

  it('counts the move of every agent that makes room', () => {
    const input = {
      agents: [agentOf('1', 'x'), agentOf('2', 'y')],
      models: [modelOf('A', 1, { x: 0.9, y: 0.6 }), modelOf('B', 1, { x: 0.8, y: 0.66 })],
      weights: ONLY_REQUIRED,
      current: new Map([
        ['1', 'B'],
        ['2', 'A'],
      ]),
      ...optimal,
    }
    // The exchange gains 16 points and moves both.
    expect(placedOn(assign({ ...input, switchingCost: 7.9 }))).toEqual({ 1: 'A', 2: 'B' })
    expect(placedOn(assign({ ...input, switchingCost: 8.1 }))).toEqual({ 1: 'B', 2: 'A' })
  })
})
