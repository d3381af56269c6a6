import { assign } from '@loadstar/core'
import { describe, expect, it } from 'vitest'
import { agentEntry, modelEntry, registryOf } from '../gateway/catalog-fixture.contract.js'
import type { Registry } from '../registry/registry.js'
import { redistribute } from './redistribution.js'

const WEAK = { coding: 0.5 }
const GOOD = { coding: 0.85 }
const BEST = { coding: 1 }
const agents = ['a', 'b', 'c', 'd'].map((id) => agentEntry(id, { requiredCapabilities: ['coding'] }))

let registry: Registry

/** All four agents at the best of three models. */
async function allAtBest(): Promise<void> {
  registry = await registryOf(
    [
      modelEntry('best', { capabilities: BEST, maxConcurrent: 8 }),
      modelEntry('good', { capabilities: GOOD, maxConcurrent: 8 }),
      modelEntry('weak', { capabilities: WEAK, maxConcurrent: 8 }),
    ],
    agents,
  )
  await registry.replaceAutomatic(
    assign({
      agents: registry.agents(),
      models: registry.models(),
      strategy: 'optimal',
      loadBalancing: false,
    }).assignments,
  )
}

const run = (activeAtBest: number, maxScoreLoss = 20) =>
  redistribute(
    { registry, solve: (input) => Promise.resolve(assign(input)) },
    {
      hot: new Set(['best']),
      share: 0.5,
      activeOf: (modelId) => (modelId === 'best' ? activeAtBest : 0),
      maxScoreLoss,
    },
  )

const modelsOf = () =>
  Object.fromEntries(registry.activeAssignments().map(({ agentId, modelId }) => [agentId, modelId]))

describe('a redistribution', () => {
  it('moves as few agents as bring the model down to its share, to the next best one, and stores it', async () => {
    await allAtBest()
    // Four agents bring six requests; four slots' worth of them may stay.
    const moves = await run(6)
    expect(moves).toHaveLength(2)
    expect(new Set(moves.map(({ from, to }) => `${from} ${to}`))).toEqual(new Set(['best good']))
    const counts = Object.values(modelsOf()).filter((modelId) => modelId === 'best')
    expect(counts).toHaveLength(2)
  })

  it('leaves manual assignments alone', async () => {
    await allAtBest()
    for (const { id, agentId } of registry.activeAssignments()) {
      if (agentId !== 'd') await registry.overrideAssignment(id, { modelId: 'weak' })
    }
    for (const { id, agentId } of registry.activeAssignments()) {
      if (agentId !== 'd') await registry.overrideAssignment(id, { modelId: 'best' })
    }
    const moves = await run(8)
    expect(moves).toEqual([{ agentId: 'd', from: 'best', to: 'good' }])
    expect(modelsOf()).toMatchObject({ a: 'best', b: 'best', c: 'best' })
  })

  it('keeps an agent where it is rather than give it a model that suits it much less', async () => {
    await allAtBest()
    expect(await run(6, 5)).toEqual([])
    expect(new Set(Object.values(modelsOf()))).toEqual(new Set(['best']))
  })

  it('does nothing where no automatic assignment is at the model', async () => {
    await allAtBest()
    for (const { id } of registry.activeAssignments()) await registry.deleteAssignment(id)
    expect(await run(6)).toEqual([])
  })
})
