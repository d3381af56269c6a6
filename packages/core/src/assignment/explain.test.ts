import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  agentOf,
  modelOf,
  ONLY_REQUIRED,
  scenarioA,
  strategies,
  worlds,
} from '../../test/assignment-worlds.js'
import { assign } from './assign.js'
import type { Explanation } from './explanation.js'
import type { AssignInput } from './input.js'
import { transportationOf, type SeatedProblem } from './optimal.js'
import { layOut } from './run.js'
import { solveTransportation } from './transportation.js'

function explained(input: Omit<AssignInput, 'explain'>): Explanation {
  const { explanation } = assign({ ...input, explain: true })
  if (explanation === undefined) throw new Error('an explanation was asked for')
  return explanation
}

const points = (micropoints: number) => micropoints / 1e6
const total = (problem: SeatedProblem) => solveTransportation(problem).total

/** The same problem with some scores of one row changed. */
function changed(
  problem: SeatedProblem,
  row: number,
  score: (col: number, old: number) => number,
): SeatedProblem {
  const scores = problem.scores.map((old, cell) =>
    Math.floor(cell / problem.cols) === row ? score(cell % problem.cols, old) : old,
  )
  return { ...problem, scores }
}

const optimalRuns = fc
  .tuple(worlds, fc.boolean())
  .map(([world, loadBalancing]) => ({ ...world, strategy: 'optimal' as const, loadBalancing }))

describe('the explanation of an optimum', () => {
  it('tells as margin what barring the agent from its model costs, and as runner-up where it goes then', () => {
    fc.assert(
      fc.property(optimalRuns, (input) => {
        const { waiting, withRoom, problem } = layOut(input)
        const seated = transportationOf(problem)
        for (const { agentId, modelId, runnerUpId, margin } of explained(input).assigned) {
          const row = waiting.findIndex(({ id }) => id === agentId)
          if (row === -1) {
            expect({ runnerUpId, margin }).toEqual({ runnerUpId: null, margin: null })
            continue
          }
          const barred = changed(seated, row, (col, old) =>
            withRoom[col]?.model.id === modelId ? -Infinity : old,
          )
          expect(margin).toBe(points(total(seated) - total(barred)))
          const there = changed(seated, row, (col, old) =>
            withRoom[col]?.model.id === runnerUpId ? old : -Infinity,
          )
          expect(margin).toBe(points(total(seated) - total(there)))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('prices one more seat at exactly what solving anew with it gives', () => {
    fc.assert(
      fc.property(optimalRuns, (input) => {
        const result = assign({ ...input, explain: true })
        result.explanation?.models.forEach(({ oneMoreSeat, isConfirmed }, i) => {
          expect(oneMoreSeat).toBe(result.models[i]?.seatPrice)
          expect(isConfirmed).toBe(oneMoreSeat === null ? null : true)
        })
      }),
      { numRuns: 300 },
    )
  })

  it('bounds the price of a full model by what one seat fewer costs, and never puts the least above the greatest', () => {
    fc.assert(
      fc.property(optimalRuns, (input) => {
        const { withRoom, problem } = layOut(input)
        const seated = transportationOf(problem)
        const { columnOfRow } = solveTransportation(seated)
        for (const { modelId, priceLeast, priceGreatest } of explained(input).models) {
          const col = withRoom.findIndex(({ model }) => model.id === modelId)
          if (col === -1 || priceLeast === null || priceGreatest === null) continue
          expect(priceLeast).toBeLessThanOrEqual(priceGreatest)
          expect(priceLeast).toBeGreaterThanOrEqual(0)
          const used = columnOfRow.filter((each) => each === col).length
          if (used === 0 || used < (problem.seats[col] ?? 0)) continue
          const capacities = problem.seats.map((seats, each) => (each === col ? seats - 1 : seats))
          const lastCost = seated.seatCosts[col]?.[used - 1] ?? NaN
          const loss = total(seated) - total({ ...seated, capacities })
          expect(priceGreatest).toBeCloseTo(points(loss + lastCost + seated.outsideCost), 9)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('tells agents without a model the score that would have been enough, to a millionth of a point', () => {
    fc.assert(
      fc.property(optimalRuns, (input) => {
        const { waiting, withRoom, problem } = layOut(input)
        const seated = transportationOf(problem)
        for (const { agentId, nearestId, enoughScore } of explained(input).unassigned) {
          const row = waiting.findIndex(({ id }) => id === agentId)
          const at = withRoom.findIndex(({ model }) => model.id === nearestId)
          if (row === -1 || enoughScore === null) continue
          const enough = Math.round(enoughScore * 1e6)
          const scoring = (score: number) =>
            total(changed(seated, row, (col, old) => (col === at ? score : old)))
          expect(scoring(enough + 1)).toBeGreaterThan(total(seated))
          expect(enoughScore).toBeGreaterThanOrEqual(input.minScore ?? 0)
          if (enoughScore > (input.minScore ?? 0)) expect(scoring(enough - 1)).toBe(total(seated))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('asks nothing for the seat of a full model that nobody would take', () => {
    const [a, b] = [modelOf('A', 10, { y: 1 }), modelOf('B', 4, { x: 1 })]
    const input = {
      agents: [agentOf('1', 'x'), agentOf('2', 'y')],
      models: [{ ...a, targetUtilization: 1 }, b],
      // A is filled by hand; the load of B is not known, so its seats are the dearest.
      loads: new Map([
        ['A', { activeRequests: 9, isKnown: true }],
        ['B', { activeRequests: 0, isKnown: false }],
      ]),
      fixed: new Map([['2', 'A']]),
      weights: ONLY_REQUIRED,
      minScore: 50,
      strategy: 'optimal',
      loadBalancing: true,
    } as const
    expect(explained(input).models[0]).toMatchObject({ modelId: 'A', oneMoreSeat: 0, isConfirmed: true })
    expect(assign(input).models[0]?.seatPrice).toBe(0)
  })

  it('reads well on a case made by hand', () => {
    const models = [modelOf('A', 1, { x: 0.9, y: 0.9 }), modelOf('B', 1, { x: 0.8, y: 0.1 })]
    const agents = [agentOf('1', 'x'), agentOf('2', 'y'), agentOf('3', 'y')]
    const input = {
      agents,
      models,
      weights: ONLY_REQUIRED,
      strategy: 'optimal',
      loadBalancing: false,
    } as const
    expect(explained(input)).toEqual({
      basis: 'reoptimised',
      assigned: [
        { agentId: '1', modelId: 'B', runnerUpId: 'A', runnerUpScore: 90, margin: 70, pricePaid: 10 },
        { agentId: '2', modelId: 'A', runnerUpId: null, runnerUpScore: null, margin: 0, pricePaid: 90 },
      ],
      unassigned: [{ agentId: '3', nearestId: 'A', score: 90, enoughScore: 90 }],
      models: [
        { modelId: 'A', priceLeast: 90, priceGreatest: 90, oneMoreSeat: 90, isConfirmed: true },
        { modelId: 'B', priceLeast: 10, priceGreatest: 80, oneMoreSeat: 10, isConfirmed: true },
      ],
    })
  })
})

describe('the explanation of a run in turn', () => {
  it('names the second choice at the turn, and claims no prices', () => {
    const { basis, assigned, models } = explained({ ...scenarioA, strategy: 'greedy', loadBalancing: true })
    expect(basis).toBe('in_turn')
    expect(assigned.slice(0, 3)).toEqual([
      { agentId: '1', modelId: 'A', runnerUpId: 'C', runnerUpScore: 85, margin: 5, pricePaid: null },
      { agentId: '2', modelId: 'C', runnerUpId: 'A', runnerUpScore: 90, margin: 0.4, pricePaid: null },
      { agentId: '3', modelId: 'A', runnerUpId: 'C', runnerUpScore: 85, margin: 2.7875, pricePaid: null },
    ])
    expect(models.map(({ priceLeast, oneMoreSeat }) => [priceLeast, oneMoreSeat])).toEqual(
      models.map(() => [null, null]),
    )
  })
})

describe('an explanation, by any strategy', () => {
  it('changes nothing else of the result, and is there only when asked for', () => {
    fc.assert(
      fc.property(worlds, strategies, fc.boolean(), (world, strategy, loadBalancing) => {
        const plain = assign({ ...world, strategy, loadBalancing })
        expect(plain).not.toHaveProperty('explanation')
        const { explanation, ...rest } = assign({ ...world, strategy, loadBalancing, explain: true })
        expect(rest).toEqual(plain)
        expect(explanation?.assigned.map(({ agentId, modelId }) => [agentId, modelId])).toEqual(
          plain.assignments.map(({ agentId, modelId }) => [agentId, modelId]),
        )
        expect(explanation?.unassigned.map(({ agentId }) => agentId)).toEqual(
          plain.unassigned.map(({ agentId }) => agentId),
        )
        for (const { margin } of explanation?.assigned ?? []) {
          if (margin !== null) expect(margin).toBeGreaterThanOrEqual(0)
        }
      }),
    )
  })
})
