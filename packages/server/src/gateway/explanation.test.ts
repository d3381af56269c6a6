import type { ConsideredModel, Decision } from '@loadstar/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { explanationOf } from './explanation.js'

const terms = fc.record({
  score: fc.double({ min: 0, max: 100, noNaN: true }),
  utilization: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  worth: fc.double({ min: -100, max: 100, noNaN: true }),
  isFull: fc.boolean(),
})

const consideredModels = fc.array(terms, { maxLength: 400, size: 'max' }).map((list) =>
  list.map(({ isFull, ...numbers }, i): ConsideredModel => ({
    modelId: `model-${i}`,
    terms: { serviceMs: 1_234.5, slotPrice: 0.1 },
    ...numbers,
    ...(isFull ? { filteredBecause: 'overloaded' } : {}),
  })),
)

function decisionOn(considered: readonly ConsideredModel[], more: Partial<Decision> = {}): Decision {
  return { policy: 'bid', atMs: 1, considered, margin: null, ...more }
}

function toldOf(decision: Decision): string[] {
  const told = JSON.parse(explanationOf(decision)) as { considered: { model: string }[] }
  return told.considered.map(({ model }) => model)
}

describe('an explanation', () => {
  it('fits into a header, keeps the order, and never leaves out the best model that was free', () => {
    fc.assert(
      fc.property(consideredModels, (considered) => {
        const decision = decisionOn(considered)
        expect(explanationOf(decision).length).toBeLessThanOrEqual(8_192)
        const told = toldOf(decision)
        const order = considered.map(({ modelId }) => modelId)
        expect(order.filter((id) => told.includes(id))).toEqual(told)
        const free = considered.filter(({ filteredBecause }) => filteredBecause === undefined)
        const best = free.reduce<ConsideredModel | undefined>(
          (top, model) => (top && (top.worth ?? 0) >= (model.worth ?? 0) ? top : model),
          undefined,
        )
        if (best) expect(told).toContain(best.modelId)
        if (considered.length <= 40) expect(told).toEqual(order)
      }),
      { numRuns: 200 },
    )
  })

  it('tells policy, choice, margin, what would have changed it, and each term to three places', () => {
    const model: ConsideredModel = {
      modelId: 'm',
      score: 66.66666,
      utilization: null,
      terms: { loadFactor: 0.7, costUsd: 0.00012345 },
      worth: 46.66666,
      filteredBecause: 'overloaded',
    }
    const counterfactual = { modelId: 'm', term: 'utilization', when: 'below', value: 0.71049 } as const
    const decision = decisionOn([model], { modelId: 'n', margin: 1.23456, counterfactual })
    expect(JSON.parse(explanationOf(decision))).toEqual({
      policy: 'bid',
      model: 'n',
      margin: 1.235,
      counterfactual: { model: 'm', term: 'utilization', below: 0.71 },
      considered: [
        {
          model: 'm',
          score: 66.667,
          utilization: null,
          load_factor: 0.7,
          cost_usd: 0.000123,
          worth: 46.667,
          filtered: 'overloaded',
        },
      ],
    })
  })
})
