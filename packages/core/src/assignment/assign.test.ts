import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  agentOf,
  countsOf,
  modelOf,
  placedOn,
  scenarioA,
  strategies,
  worlds,
} from '../../test/assignment-worlds.js'
import { loadFactor } from '../scoring/load-factor.js'
import { assign } from './assign.js'
import { UNASSIGNED_REASONS } from './reason.js'
import { layOut } from './run.js'

describe("the reports' scenario A", () => {
  it('comes out 4/1/0 for greedy without load balancing and 2/1/2 with it', () => {
    const without = assign({ ...scenarioA, strategy: 'greedy', loadBalancing: false })
    expect(countsOf(without)).toEqual([4, 1, 0])
    expect(without.models.map(({ utilization }) => utilization)).toEqual([0.8, 1 / 3, 0])
    expect(without).toMatchObject({
      totalScore: 450,
      avgMatchScore: 90,
      isOptimal: false,
      optimalityGap: null,
    })
    const withLoad = assign({ ...scenarioA, strategy: 'greedy', loadBalancing: true })
    expect(countsOf(withLoad)).toEqual([2, 1, 2])
    expect(withLoad.models.map(({ utilization }) => utilization)).toEqual([0.4, 1 / 3, 0.25])
    expect(withLoad.assignments.map(({ score }) => score)).toEqual([90, 85, 84.6, 81.8125, 90])
  })

  it('comes out the same for optimal, proved', () => {
    const without = assign({ ...scenarioA, strategy: 'optimal', loadBalancing: false })
    expect(countsOf(without)).toEqual([4, 1, 0])
    expect(without).toMatchObject({ isOptimal: true, optimalityGap: 0, totalScore: 450 })
    const withLoad = assign({ ...scenarioA, strategy: 'optimal', loadBalancing: true })
    expect(countsOf(withLoad)).toEqual([2, 1, 2])
    expect(withLoad).toMatchObject({ isOptimal: true, optimalityGap: 0 })
    expect(withLoad.assignments.every(({ isOptimal }) => isOptimal)).toBe(true)
  })

  it('is spread by balanced at five points a use', () => {
    const spread = assign({ ...scenarioA, strategy: 'balanced', loadBalancing: false })
    // 90, then 85 against 85: the tie goes to A. Then C at 85, and A at 80 ties with C and B at 80.
    expect(placedOn(spread)).toEqual({ 1: 'A', 2: 'A', 3: 'C', 4: 'A', 5: 'B' })
  })
})

describe('assign, by any strategy', () => {
  it('puts every agent in exactly one list, in the order given, and no more agents on a model than it has seats', () => {
    fc.assert(
      fc.property(worlds, strategies, fc.boolean(), (world, strategy, loadBalancing) => {
        const result = assign({ ...world, strategy, loadBalancing })
        const order = world.agents.map(({ id }) => id)
        const assigned = result.assignments.map(({ agentId }) => agentId)
        const unassigned = result.unassigned.map(({ agentId }) => agentId)
        expect(order.filter((id) => assigned.includes(id))).toEqual(assigned)
        expect(order.filter((id) => unassigned.includes(id))).toEqual(unassigned)
        expect([...assigned, ...unassigned].sort()).toEqual([...order].sort())
        for (const { modelId, maxConcurrent, activeRequests, assigned: uses } of result.models) {
          const manual = result.assignments.filter(
            (a) => a.modelId === modelId && a.method === 'manual',
          ).length
          if (uses > manual) expect(activeRequests + uses).toBeLessThanOrEqual(maxConcurrent)
        }
      }),
    )
  })

  it('keeps manual assignments whatever the load, status or score, and never changes one', () => {
    fc.assert(
      fc.property(worlds, strategies, fc.boolean(), (world, strategy, loadBalancing) => {
        const { assignments } = assign({ ...world, strategy, loadBalancing })
        const manual = assignments.filter(({ method }) => method === 'manual')
        expect(new Map(manual.map(({ agentId, modelId }) => [agentId, modelId]))).toEqual(
          new Map(
            world.agents.flatMap(({ id }) => (world.fixed?.has(id) ? [[id, world.fixed.get(id)]] : [])),
          ),
        )
        for (const one of manual) expect(one.isOptimal).toBe(false)
        for (const one of assignments) if (one.method !== 'manual') expect(one.method).toBe(strategy)
      }),
    )
  })

  it('assigns only online agents to models with room that reach the minimum score, and counts the others out', () => {
    fc.assert(
      fc.property(worlds, strategies, fc.boolean(), (world, strategy, loadBalancing) => {
        const result = assign({ ...world, strategy, loadBalancing })
        const full = world.models.filter(
          ({ id, maxConcurrent }) => (world.loads?.get(id)?.activeRequests ?? 0) >= maxConcurrent,
        )
        expect(result.filteredModelIds).toEqual(full.map(({ id }) => id))
        expect(result.modelsFiltered).toBe(full.length)
        for (const { agentId, modelId, method, matchScore } of result.assignments) {
          if (method === 'manual') continue
          expect(world.agents.find(({ id }) => id === agentId)?.status).toBe('online')
          expect(result.filteredModelIds).not.toContain(modelId)
          expect(matchScore).toBeGreaterThanOrEqual(world.minScore ?? 0)
        }
      }),
    )
  })

  it('leaves nobody out while an acceptable model has a free seat, and gives each who is out a reason that holds', () => {
    fc.assert(
      fc.property(worlds, strategies, fc.boolean(), (world, strategy, loadBalancing) => {
        const input = { ...world, strategy, loadBalancing }
        const result = assign(input)
        const { waiting, withRoom, problem } = layOut(input)
        for (const { agentId, reason, message } of result.unassigned) {
          expect(UNASSIGNED_REASONS).toContain(reason)
          expect(message).toMatch(/^[A-Z].*\.$/)
          const row = waiting.findIndex(({ id }) => id === agentId)
          const acceptable = withRoom.filter(
            (_, col) => problem.scores[row * problem.cols + col] !== -Infinity,
          )
          if (row === -1) expect(reason).toBe('agent_not_online')
          else if (world.models.length === 0) expect(reason).toBe('no_models')
          else if (withRoom.length === 0) expect(reason).toBe('all_overloaded')
          else if (acceptable.length === 0) expect(reason).toBe('below_min_score')
          else expect(['no_seat_left', 'priced_out']).toContain(reason)
          if (reason === 'priced_out') expect(strategy).toBe('optimal')
          if (row === -1) continue
          for (const { model } of acceptable) {
            const use = result.models.find(({ modelId }) => modelId === model.id)
            expect((use?.activeRequests ?? 0) + (use?.assigned ?? 0)).toBeGreaterThanOrEqual(
              model.maxConcurrent,
            )
          }
        }
      }),
    )
  })

  it('reports the sum of scores, each the match score at the load factor of the seat taken', () => {
    fc.assert(
      fc.property(worlds, strategies, fc.boolean(), (world, strategy, loadBalancing) => {
        const { assignments, totalScore, avgMatchScore } = assign({ ...world, strategy, loadBalancing })
        const sum = assignments.reduce((total, { score }) => total + score, 0)
        expect(totalScore).toBeCloseTo(sum, 6)
        const matches = assignments.reduce((total, { matchScore }) => total + matchScore, 0)
        expect(avgMatchScore * assignments.length).toBeCloseTo(matches, 6)
        for (const { score, matchScore, capabilityScore } of assignments) {
          if (!loadBalancing) expect(score).toBe(matchScore)
          expect(score).toBeLessThanOrEqual(matchScore)
          expect(capabilityScore).toBe(matchScore)
        }
      }),
    )
  })

  it('gives the same result for the same input, which it does not modify', () => {
    fc.assert(
      fc.property(worlds, strategies, fc.boolean(), (world, strategy, loadBalancing) => {
        const before = structuredClone(world)
        const first = assign({ ...world, strategy, loadBalancing })
        expect(world).toEqual(before)
        expect(assign({ ...world, strategy, loadBalancing })).toEqual(first)
      }),
    )
  })
})

describe('reported scores', () => {
  it('count manual agents first, then the others in order, each at the load those before it leave', () => {
    const agents = [agentOf('1', 'x'), agentOf('2', 'x'), agentOf('3', 'x')]
    const { assignments } = assign({
      agents,
      models: [modelOf('A', 10, { x: 1 })],
      loads: new Map([['A', { activeRequests: 6, isKnown: true }]]),
      fixed: new Map([['3', 'A']]),
      strategy: 'greedy',
      loadBalancing: true,
    })
    const factor = (utilization: number) =>
      100 * loadFactor({ utilization, targetUtilization: 0.8, loadWeight: 0.3 })
    expect(assignments.map(({ agentId, method }) => [agentId, method])).toEqual([
      ['1', 'greedy'],
      ['2', 'greedy'],
      ['3', 'manual'],
    ])
    const expected = [factor(0.7), factor(0.8), factor(0.6)]
    assignments.forEach(({ score }, i) => expect(score).toBeCloseTo(expected[i] ?? NaN, 6))
  })

  it('are those given, where a matrix is', () => {
    const scores = Float64Array.of(70, -Infinity, 50, 60, -Infinity, -Infinity)
    const input = {
      agents: ['1', '2', '3'].map((id) => agentOf(id, 'x')),
      scores,
      loadBalancing: false,
    } as const
    const models = [modelOf('A', 1, {}), modelOf('B', 1, { x: 1 })]
    const result = assign({ ...input, models, strategy: 'optimal' })
    expect(placedOn(result)).toEqual({ 1: 'A', 2: 'B' })
    expect(result).toMatchObject({ totalScore: 130, isOptimal: true })
    expect(result.unassigned).toMatchObject([{ agentId: '3', reason: 'no_allowed_model' }])
    expect(() => assign({ ...input, models: [], strategy: 'optimal' })).toThrow('agents × models = 0 numbers')
    expect(() => assign({ ...input, models, scores: scores.fill(101), strategy: 'greedy' })).toThrow(
      'scores[0] must be within 0..100 or -Infinity, got 101',
    )
  })

  it('tell which required capabilities the model has and lacks', () => {
    const agents = [agentOf('1', '', { requiredCapabilities: ['coding', 'math'] })]
    const { assignments } = assign({
      agents,
      models: [modelOf('A', 1, { coding: 0.8 })],
      strategy: 'optimal',
      loadBalancing: true,
    })
    expect(assignments).toEqual([
      {
        agentId: '1',
        agentName: 'Agent 1',
        modelId: 'A',
        modelName: 'Model A',
        score: 58,
        matchScore: 58,
        capabilityScore: 58,
        measured: null,
        method: 'optimal',
        isOptimal: true,
        capabilityOverlap: ['coding'],
        missingRequired: ['math'],
      },
    ])
  })
})
