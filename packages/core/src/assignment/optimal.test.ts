import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { agentOf, modelOf, ONLY_REQUIRED, placedOn, worlds } from '../../test/assignment-worlds.js'
import { assign } from './assign.js'
import { verifyAssignment } from './certificate.js'
import { transportationOf } from './optimal.js'
import { layOut } from './run.js'
import type { Strategy } from './strategy.js'

describe('optimal', () => {
  it('is proved, with a gap of exactly 0, in every world', () => {
    fc.assert(
      fc.property(worlds, fc.boolean(), (world, loadBalancing) => {
        const result = assign({ ...world, strategy: 'optimal', loadBalancing })
        expect(result).toMatchObject({ isOptimal: true, optimalityGap: 0 })
      }),
    )
  })

  it('is never below greedy or balanced in total score without load balancing', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const total = (strategy: Strategy) => assign({ ...world, strategy, loadBalancing: false }).totalScore
        expect(total('optimal')).toBeGreaterThanOrEqual(total('greedy'))
        expect(total('optimal')).toBeGreaterThanOrEqual(total('balanced'))
      }),
      { numRuns: 500 },
    )
  })

  it('is never below greedy or balanced in its own objective with load balancing', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const worth = (strategy: Strategy) => {
          const input = { ...world, strategy, loadBalancing: true }
          const { waiting, withRoom, problem } = layOut(input)
          const placed = placedOn(assign(input))
          const columnOfRow = waiting.map(({ id }) =>
            withRoom.findIndex(({ model }) => model.id === placed[id]),
          )
          const columnPrices = withRoom.map(() => 0)
          return verifyAssignment(transportationOf(problem), { columnOfRow, columnPrices }).primal
        }
        expect(worth('optimal')).toBeGreaterThanOrEqual(worth('greedy'))
        expect(worth('optimal')).toBeGreaterThanOrEqual(worth('balanced'))
      }),
      { numRuns: 500 },
    )
  })

  it('maximises the very sum of reported scores where all capability scores are equal', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const agents = world.agents.map((agent) => ({ ...agent, requiredCapabilities: [] }))
        const input = { ...world, agents, loadBalancing: true }
        const { totalScore } = assign({ ...input, strategy: 'optimal' })
        // Each score is rounded to a millionth of a point.
        for (const strategy of ['greedy', 'balanced'] as const) {
          expect(totalScore).toBeGreaterThan(assign({ ...input, strategy }).totalScore - 1e-4)
        }
      }),
    )
  })

  it('gains where greedy gives away the seat another needs', () => {
    const models = [modelOf('A', 1, { x: 0.9, y: 0.9 }), modelOf('B', 1, { x: 0.8, y: 0.1 })]
    const input = {
      agents: [agentOf('1', 'x'), agentOf('2', 'y')],
      models,
      loadBalancing: false,
      weights: ONLY_REQUIRED,
    }
    expect(assign({ ...input, strategy: 'greedy' }).totalScore).toBe(100)
    const best = assign({ ...input, strategy: 'optimal' })
    expect(best.totalScore).toBe(170)
    expect(placedOn(best)).toEqual({ 1: 'B', 2: 'A' })
  })

  it('prices a seat at exactly what one more adds to the total, as re-solving confirms', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const input = { ...world, fixed: new Map(), strategy: 'optimal' as const, loadBalancing: false }
        const { models, totalScore } = assign(input)
        models.forEach(({ seatPrice, modelId }) => {
          if (seatPrice === null) return
          const grown = world.models.map((model) =>
            model.id === modelId ? { ...model, maxConcurrent: model.maxConcurrent + 1 } : model,
          )
          expect(assign({ ...input, models: grown }).totalScore).toBeCloseTo(totalScore + seatPrice, 6)
        })
      }),
    )
  })

  it('never leaves an agent out for load alone', () => {
    const models = [{ ...modelOf('A', 10, { x: 1 }), targetUtilization: 0.1 }]
    const agents = [...['1', '2', '3'].map((id) => agentOf(id, 'x')), agentOf('weak', 'none')]
    const loads = new Map([['A', { activeRequests: 6, isKnown: true }]])
    const result = assign({
      agents,
      models,
      loads,
      loadWeight: 1,
      weights: { required: 0.99, preferred: 0.01, context: 0 },
      strategy: 'optimal',
      loadBalancing: true,
    })
    expect(result.unassigned).toEqual([])
    expect(result.models[0]?.utilization).toBe(1)
  })
})
