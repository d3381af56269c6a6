import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Model } from '../catalog/model.js'
import { scoreCapability } from './capability.js'
import { loadFactor } from './load-factor.js'
import { scoreMatrix } from './matrix.js'
import { roundToMicropoint } from './points.js'

const names = fc.constantFrom('coding', 'math', 'own_word', 'constructor')
const agents = fc.array(
  fc.record({
    requiredCapabilities: fc.array(names, { maxLength: 4 }),
    preferredCapabilities: fc.array(names, { maxLength: 2 }),
    minContextLength: fc.integer({ min: 0, max: 9000 }),
  }),
  { maxLength: 6 },
)
const models: fc.Arbitrary<Model[]> = fc
  .array(
    fc
      .record({
        capabilities: fc.dictionary(names, fc.double({ min: 0, max: 1, noNaN: true })),
        contextLength: fc.integer({ min: 1, max: 9000 }),
        maxConcurrent: fc.integer({ min: 0, max: 5 }),
      })
      .map((part) => ({ ...part, id: '', name: '', maxQueue: 0, targetUtilization: 0.8 })),
    { maxLength: 6 },
  )
  .map((list) => list.map((model, i) => ({ ...model, id: `m${i}` })))

describe('scoreMatrix', () => {
  it('holds in each cell exactly what scoring the pair alone gives', () => {
    fc.assert(
      fc.property(agents, models, (rows, cols) => {
        const matrix = scoreMatrix({ agents: rows, models: cols })
        expect([matrix.rows, matrix.cols, matrix.scores.length]).toEqual([
          rows.length,
          cols.length,
          rows.length * cols.length,
        ])
        rows.forEach((agent, row) => {
          cols.forEach((model, col) => {
            const alone = scoreCapability(agent, model)
            expect(matrix.scores[row * cols.length + col]).toBe(alone.score)
            expect(matrix.explainPair(row, col)).toEqual({
              capability: alone,
              utilization: null,
              loadFactor: 1,
              score: alone.score,
            })
          })
        })
      }),
    )
  })

  it('multiplies by the load factor of the model when loads are given; a model without one counts as unknown', () => {
    fc.assert(
      fc.property(
        agents,
        models,
        fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 6 }),
        (rows, cols, active) => {
          const loads = new Map(
            active.map((activeRequests, i) => [`m${i}`, { activeRequests, isKnown: i % 3 < 2 }]),
          )
          const matrix = scoreMatrix({ agents: rows, models: cols, loads, loadWeight: 0.5 })
          rows.forEach((_, row) => {
            cols.forEach((model, col) => {
              const { capability, utilization, score, loadFactor: factor } = matrix.explainPair(row, col)
              const load = loads.get(model.id)
              if (load?.isKnown !== true) expect(utilization).toBeNull()
              else
                expect(utilization).toBe(
                  model.maxConcurrent === 0 ? 1 : load.activeRequests / model.maxConcurrent,
                )
              expect(factor).toBe(loadFactor({ utilization, targetUtilization: 0.8, loadWeight: 0.5 }))
              expect(score).toBe(roundToMicropoint(capability.score * factor))
              expect(matrix.scores[row * cols.length + col]).toBe(score)
            })
          })
        },
      ),
    )
  })

  it('explains no pair outside', () => {
    expect(() => scoreMatrix({ agents: [], models: [] }).explainPair(0, 0)).toThrow(RangeError)
  })

  it('refuses loads that are not counts', () => {
    const loads = new Map([['m', { activeRequests: -1, isKnown: true }]])
    expect(() => scoreMatrix({ agents: [], models: [], loads })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', field: 'loads["m"].active_requests' }),
    )
  })
})
