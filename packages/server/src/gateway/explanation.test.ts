import type { ConsideredModel } from '@loadstar/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { explanationOf } from './explanation.js'

const terms = fc.record({
  score: fc.double({ min: 0, max: 100, noNaN: true }),
  utilization: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  loadFactor: fc.double({ min: 0, max: 1, noNaN: true }),
  weightedScore: fc.double({ min: 0, max: 100, noNaN: true }),
  isFull: fc.boolean(),
})

const consideredModels = fc.array(terms, { maxLength: 400, size: 'max' }).map((list) =>
  list.map(({ isFull, ...numbers }, i): ConsideredModel => ({
    modelId: `model-${i}`,
    ...numbers,
    ...(isFull ? { filteredBecause: 'overloaded' } : {}),
  })),
)

function toldOf(considered: readonly ConsideredModel[]): string[] {
  const told = JSON.parse(explanationOf(considered)) as { model: string }[]
  return told.map(({ model }) => model)
}

describe('an explanation', () => {
  it('fits into a header, keeps the order, and never leaves out the best model that was free', () => {
    fc.assert(
      fc.property(consideredModels, (considered) => {
        expect(explanationOf(considered).length).toBeLessThanOrEqual(8_192)
        const told = toldOf(considered)
        const order = considered.map(({ modelId }) => modelId)
        expect(order.filter((id) => told.includes(id))).toEqual(told)
        const free = considered.filter(({ filteredBecause }) => filteredBecause === undefined)
        const best = free.reduce<ConsideredModel | undefined>(
          (top, model) => (top && top.weightedScore >= model.weightedScore ? top : model),
          undefined,
        )
        if (best) expect(told).toContain(best.modelId)
        if (considered.length <= 40) expect(told).toEqual(order)
      }),
      { numRuns: 200 },
    )
  })

  it('tells each term to three places', () => {
    const model = {
      modelId: 'm',
      score: 66.66666,
      utilization: null,
      loadFactor: 0.7,
      weightedScore: 46.66666,
    }
    expect(JSON.parse(explanationOf([{ ...model, filteredBecause: 'overloaded' }]))).toEqual([
      {
        model: 'm',
        score: 66.667,
        utilization: null,
        load_factor: 0.7,
        weighted_score: 46.667,
        filtered: 'overloaded',
      },
    ])
  })
})
