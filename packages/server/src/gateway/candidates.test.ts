import { demandOfTask, scoreCapability } from '@loadstar/core'
import { describe, expect, it } from 'vitest'
import { Candidates } from './candidates.js'
import { agentEntry, modelEntry, registryOf } from './catalog-fixture.contract.js'
import type { Identity } from './identify.js'

const ANY: Identity = { target: { kind: 'any' }, mustHave: [], wantsExplanation: false }
const BONUS = 5

const strong = modelEntry('strong', { alias: 'chat', capabilities: { coding: 0.9, reasoning: 0.8 } })
const weak = modelEntry('weak', { alias: 'chat', capabilities: { coding: 0.3 } })
const other = modelEntry('other', { capabilities: { coding: 0, math: 1 }, contextLength: 100_000 })
const coder = agentEntry('coder', { requiredCapabilities: ['coding'], minContextLength: 50_000 })

async function world() {
  const registry = await registryOf([strong, weak, other], [coder])
  return { registry, candidates: new Candidates(registry, BONUS) }
}

const ids = (found: readonly { readonly modelId: string }[]): string[] => found.map(({ modelId }) => modelId)

describe('the candidates of a request', () => {
  it('are the models its name stands for, in the catalog’s order', async () => {
    const { candidates } = await world()
    expect(ids(candidates.for(ANY))).toEqual(['strong', 'weak', 'other'])
    expect(ids(candidates.for({ ...ANY, target: { kind: 'alias', alias: 'chat' } }))).toEqual([
      'strong',
      'weak',
    ])
    expect(ids(candidates.for({ ...ANY, target: { kind: 'model', id: 'weak' } }))).toEqual(['weak'])
    expect(candidates.for({ ...ANY, target: { kind: 'model', id: 'gone' } })).toEqual([])
  })

  it('are stood in for by the fallbacks of any of them, in the order written, as far as they can', async () => {
    const registry = await registryOf([
      { ...strong, fallbacks: ['gone', 'other', 'weak'] },
      { ...weak, fallbacks: ['strong', 'spare'] },
      other,
      modelEntry('spare', { capabilities: { coding: 0.1 } }),
    ])
    const candidates = new Candidates(registry, BONUS)
    const standIns = (identity: Identity): string[] =>
      ids(candidates.fallbacksOf(candidates.for(identity), identity).flat())
    const named = (id: string): Identity => ({ ...ANY, target: { kind: 'model', id } })
    expect(standIns(named('strong'))).toEqual(['other', 'weak'])
    expect(standIns({ ...ANY, target: { kind: 'alias', alias: 'chat' } })).toEqual(['other', 'spare'])
    expect(standIns({ ...named('strong'), mustHave: ['coding'] })).toEqual(['weak'])
    expect(standIns(named('other'))).toEqual([])
  })

  it('have every capability asked for, with a strength above 0', async () => {
    const { candidates } = await world()
    expect(ids(candidates.for({ ...ANY, mustHave: ['coding'] }))).toEqual(['strong', 'weak'])
    expect(ids(candidates.for({ ...ANY, mustHave: ['coding', 'reasoning'] }))).toEqual(['strong'])
    expect(candidates.for({ ...ANY, mustHave: ['telepathy'] })).toEqual([])
    expect(candidates.for({ ...ANY, mustHave: ['constructor'] })).toEqual([])
  })

  it('score as the agent’s needs say; a task replaces its capabilities but not its context length', async () => {
    const { candidates } = await world()
    const models = [strong, weak, other]
    expect(candidates.for({ ...ANY, agent: coder })).toEqual(
      models.map((model) => ({ modelId: model.id, score: scoreCapability(coder, model).score })),
    )
    const demand = { ...demandOfTask('math'), minContextLength: 50_000 }
    expect(candidates.for({ ...ANY, agent: coder, task: 'math' })).toEqual(
      models.map((model) => ({ modelId: model.id, score: scoreCapability(demand, model).score })),
    )
  })

  it('favour the model the agent is assigned to, as soon as it is', async () => {
    const { registry, candidates } = await world()
    const before = candidates.for({ ...ANY, agent: coder })
    await registry.createAssignment('coder', 'weak', null)
    const after = candidates.for({ ...ANY, agent: coder })
    expect(after.map(({ score }, i) => score - (before[i]?.score ?? NaN))).toEqual([0, BONUS, 0])
    expect(candidates.for(ANY).map(({ score }) => score)).toEqual(
      [strong, weak, other].map(
        (model) => scoreCapability({ requiredCapabilities: [], preferredCapabilities: [] }, model).score,
      ),
    )
  })

  it('are scored once per kind of request, and anew when the catalog changes', async () => {
    const { registry, candidates } = await world()
    const first = candidates.for({ ...ANY, mustHave: ['coding'] })
    expect(candidates.for({ ...ANY, mustHave: ['coding'], deadlineMs: 9, wantsExplanation: true })).toBe(
      first,
    )
    expect(candidates.for(ANY)).not.toBe(first)
    expect(candidates.fallbacksOf(first, ANY)).toBe(candidates.fallbacksOf(first, ANY))
    await registry.deleteModel('weak')
    expect(ids(candidates.for({ ...ANY, mustHave: ['coding'] }))).toEqual(['strong'])
    await registry.createModel(modelEntry('new', { capabilities: { coding: 1 } }))
    expect(ids(candidates.for({ ...ANY, mustHave: ['coding'] }))).toEqual(['strong', 'new'])
  })
})
