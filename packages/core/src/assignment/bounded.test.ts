import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { agentOf, modelOf, ONLY_REQUIRED, placedOn } from '../../test/assignment-worlds.js'
import type { BoundedProblem } from './arrangement.js'
import { assign } from './assign.js'
import { solveWithinBound } from './bounded.js'

/** Up to 6 rows of 1 to 3 seats and 3 columns, groups that overlap, seat costs, ties and forbidden pairs. */
const problems: fc.Arbitrary<BoundedProblem> = fc
  .tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 3 }), fc.boolean())
  .chain(([rows, cols, hasUnitDemands]) =>
    fc
      .record({
        scores: fc.array(
          fc.oneof({ weight: 6, arbitrary: fc.integer({ min: -5, max: 30 }) }, fc.constant(-Infinity)),
          {
            minLength: rows * cols,
            maxLength: rows * cols,
          },
        ),
        capacities: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: cols, maxLength: cols }),
        costs: fc.array(fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 19, maxLength: 19 }), {
          minLength: cols,
          maxLength: cols,
        }),
        demands: fc.array(hasUnitDemands ? fc.constant(1) : fc.integer({ min: 1, max: 3 }), {
          minLength: rows,
          maxLength: rows,
        }),
        groups: fc.array(fc.subarray(Array.from({ length: rows }, (_, row) => row)), { maxLength: 3 }),
      })
      .map(({ scores, capacities, costs, demands, groups }) => ({
        rows,
        cols,
        scores: Float64Array.from(scores),
        capacities,
        seatCosts: costs.map((list) => Float64Array.from(list).sort()),
        outsideCost: 0,
        demands: Int32Array.from(demands),
        groups: groups.filter(({ length }) => length > 1),
      })),
  )

/** By trying every placement. */
function greatestTotal({
  rows,
  cols,
  scores,
  capacities,
  seatCosts,
  demands,
  groups,
}: BoundedProblem): number {
  const used = new Array<number>(cols).fill(0)
  const placed = new Array<number>(rows).fill(-1)
  const best = (row: number): number => {
    if (row === rows) return 0
    placed[row] = -1
    let greatest = best(row + 1)
    const mates = new Set(groups.filter((group) => group.includes(row)).flat())
    for (let col = 0; col < cols; col++) {
      const score = scores[row * cols + col] ?? NaN
      const before = used[col] ?? NaN
      const after = before + (demands[row] ?? NaN)
      const isShared = placed.some((other, mate) => mate < row && mates.has(mate) && other === col)
      if (score === -Infinity || after > (capacities[col] ?? NaN) || isShared) continue
      const cost = seatCosts[col]?.slice(before, after).reduce((sum, each) => sum + each, 0) ?? NaN
      used[col] = after
      placed[row] = col
      greatest = Math.max(greatest, score - cost + best(row + 1))
      used[col] = before
      placed[row] = -1
    }
    return greatest
  }
  return best(0)
}

describe('a placement with a bound', () => {
  it('keeps every limit, never has more than the optimum, nor a bound below it; so a gap of 0 is a proof', () => {
    let proved = 0
    let best = 0
    let runs = 0
    fc.assert(
      fc.property(problems, (problem) => {
        const { arrangement, bound } = solveWithinBound(problem)
        const { columnOfRow, total } = arrangement
        const optimum = greatestTotal(problem)
        expect(total).toBe(worthOf(problem, columnOfRow))
        expect(total).toBeLessThanOrEqual(optimum)
        expect(bound).toBeGreaterThanOrEqual(optimum)
        runs++
        if (bound === total) proved++
        if (total === optimum) best++
      }),
      { numRuns: 2000 },
    )
    // How good it is, as facts that a change for the worse breaks.
    expect(best / runs).toBeGreaterThan(0.9)
    expect(proved / runs).toBeGreaterThan(0.5)
  })
})

/** Total of a placement worked out anew; fails where a limit is broken. */
function worthOf(problem: BoundedProblem, columnOfRow: Int32Array): number {
  const { rows, cols, scores, capacities, seatCosts, demands, groups } = problem
  const used = new Array<number>(cols).fill(0)
  let total = 0
  for (let row = 0; row < rows; row++) {
    const col = columnOfRow[row] ?? NaN
    if (col === -1) continue
    total += scores[row * cols + col] ?? NaN
    for (let seat = 0; seat < (demands[row] ?? NaN); seat++) {
      total -= seatCosts[col]?.[used[col] ?? NaN] ?? NaN
      used[col] = (used[col] ?? NaN) + 1
    }
  }
  used.forEach((count, col) => expect(count).toBeLessThanOrEqual(capacities[col] ?? NaN))
  for (const group of groups) {
    const columns = group.map((row) => columnOfRow[row]).filter((col) => col !== -1)
    expect(new Set(columns).size).toBe(columns.length)
  }
  return total
}

describe('constraints', () => {
  const models = [modelOf('A', 4, { x: 0.9 }), modelOf('B', 4, { x: 0.8 }), modelOf('C', 4, { x: 0.5 })]
  const agents = ['1', '2', '3'].map((id) => agentOf(id, 'x'))
  const input = { agents, models, weights: ONLY_REQUIRED, strategy: 'optimal', loadBalancing: false } as const

  it('of lists and minimum scores stay a flow: proved', () => {
    const constraints = new Map([
      ['1', { forbiddenModels: ['A'] }],
      ['2', { allowedModels: ['C'] }],
      ['3', { minScore: 85 }],
    ])
    const result = assign({ ...input, constraints })
    expect(placedOn(result)).toEqual({ 1: 'B', 2: 'C', 3: 'A' })
    expect(result).toMatchObject({ isOptimal: true, optimalityGap: 0, totalScore: 220 })
    expect(result.models[0]?.seatPrice).toBe(0)
  })

  it.each(['greedy', 'balanced', 'optimal'] as const)(
    'keep groups apart and count several seats with %s',
    (strategy) => {
      const result = assign({
        ...input,
        strategy,
        constraints: new Map([['1', { demand: 3 }]]),
        antiAffinity: [
          ['2', '3'],
          ['1', '2'],
        ],
      })
      const placed = placedOn(result)
      expect(Object.keys(placed)).toEqual(['1', '2', '3'])
      expect(placed['2']).not.toBe(placed['3'])
      expect(placed['2']).not.toBe(placed['1'])
      expect(result.models.map(({ seatsTaken }) => seatsTaken).reduce((sum, seats) => sum + seats, 0)).toBe(5)
      const used = result.models.find(({ modelId }) => modelId === placed['1'])
      expect(used?.utilization).toBe((used?.seatsTaken ?? NaN) / 4)
    },
  )

  it('prove a group that keeps apart, by what the second place is worth', () => {
    const result = assign({ ...input, antiAffinity: [['1', '2']], explain: true })
    expect(placedOn(result)['1']).not.toBe(placedOn(result)['2'])
    expect(result).toMatchObject({ isOptimal: true, optimalityGap: 0, totalScore: 260 })
    expect(result.models[0]?.seatPrice).toBeNull()
    expect(result.explanation?.basis).toBe('others_stay')
  })

  it('keep the others of a group off a model that one was given by hand', () => {
    const result = assign({ ...input, fixed: new Map([['1', 'A']]), antiAffinity: [['1', '2']] })
    expect(placedOn(result)).toEqual({ 1: 'A', 2: 'B', 3: 'A' })
    expect(result).toMatchObject({ isOptimal: true, optimalityGap: 0 })
  })

  it('say why they left an agent without a model', () => {
    const reasons = (change: Partial<Parameters<typeof assign>[0]>) =>
      assign({ ...input, ...change }).unassigned.map(({ reason, message }) => [reason, message])
    expect(reasons({ constraints: new Map([['1', { allowedModels: [] }]]) })).toEqual([
      ['no_allowed_model', 'It may have none of 3 models with room.'],
    ])
    expect(reasons({ constraints: new Map([['1', { demand: 5 }]]) })).toEqual([
      ['demand_too_large', 'It takes 5 seats, more than any of 3 acceptable models has.'],
    ])
    expect(reasons({ models: models.slice(0, 2), antiAffinity: [['1', '2', '3']] })).toEqual([
      ['kept_apart', 'Others of its groups are on 2 models, all that would be acceptable.'],
    ])
    expect(reasons({ constraints: new Map([['1', { minScore: 95 }]]) })).toEqual([
      ['below_min_score', 'The best score among 3 models with room is 90, below the minimum of 95.'],
    ])
  })

  it.each([
    [{ constraints: new Map([['9', {}]]) }, 'constraints["9"] must belong to an agent of the run, got "9"'],
    [
      { constraints: new Map([['1', { demand: 0 }]]) },
      'constraints["1"].demand must be an integer within 1..1000',
    ],
    [
      { constraints: new Map([['1', { minScore: 101 }]]) },
      'constraints["1"].min_score must be within 0..100',
    ],
    [
      { constraints: new Map([['1', { allowedModels: ['Z'] }]]) },
      'constraints["1"].allowed_models[0] must name a model of the run, got "Z"',
    ],
    [{ antiAffinity: [['1', '9']] }, 'anti_affinity[0][1] must be an agent of the run, got "9"'],
    [{ antiAffinity: [['1', '1']] }, 'anti_affinity[0][1] must be given once in its group, got "1"'],
  ])('that do not check are refused: %o', (change, message) => {
    expect(() => assign({ ...input, ...change })).toThrow(message)
  })
})
