import { demandOfTask, scoreCapability, type Candidate } from '@loadstar/core'
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../config/parse.js'
import { LearnedScores } from '../learning/learned-scores.js'
import { Candidates } from './candidates.js'
import { agentEntry, modelEntry, registryOf } from './catalog-fixture.contract.js'
import type { Identity } from './identify.js'
import { badRequest } from './refusal.js'
import type { Api } from './translation/translation.js'

const ANY: Identity = { target: { kind: 'any' }, mustHave: [], wantsExplanation: false }
const BONUS = 5
const { scoring } = parseConfig('{}', {}, 'test.yaml')
const scores = new LearnedScores(scoring)

const strong = modelEntry('strong', { alias: 'chat', capabilities: { coding: 0.9, reasoning: 0.8 } })
const weak = modelEntry('weak', { alias: 'chat', capabilities: { coding: 0.3 } })
const other = modelEntry('other', { capabilities: { coding: 0, math: 1 }, contextLength: 100_000 })
const coder = agentEntry('coder', { requiredCapabilities: ['coding'], minContextLength: 50_000 })

async function world() {
  const registry = await registryOf([strong, weak, other], [coder])
  return { registry, candidates: new Candidates(registry, BONUS, scores) }
}

const OPEN = { api: 'chat' as const, obstacle: () => undefined }

const ids = (found: readonly { readonly modelId: string }[]): string[] => found.map(({ modelId }) => modelId)

/** Candidates of a request that can be carried everywhere. */
function found(candidates: Candidates, identity: Identity): readonly Candidate[] {
  const list = candidates.for(identity, OPEN)
  if ('status' in list) throw new Error(list.message)
  return list
}

describe('the candidates of a request', () => {
  it('are the models its name stands for, in the catalog’s order', async () => {
    const { candidates } = await world()
    expect(ids(found(candidates, ANY))).toEqual(['strong', 'weak', 'other'])
    expect(ids(found(candidates, { ...ANY, target: { kind: 'alias', alias: 'chat' } }))).toEqual([
      'strong',
      'weak',
    ])
    expect(ids(found(candidates, { ...ANY, target: { kind: 'model', id: 'weak' } }))).toEqual(['weak'])
    expect(found(candidates, { ...ANY, target: { kind: 'model', id: 'gone' } })).toEqual([])
  })

  it('are stood in for by the fallbacks of any of them, in the order written, as far as they can', async () => {
    const registry = await registryOf([
      { ...strong, fallbacks: ['gone', 'other', 'weak'] },
      { ...weak, fallbacks: ['strong', 'spare'] },
      other,
      modelEntry('spare', { capabilities: { coding: 0.1 } }),
    ])
    const candidates = new Candidates(registry, BONUS, scores)
    const standIns = (identity: Identity): string[] =>
      ids(candidates.fallbacksOf(found(candidates, identity), identity, OPEN).flat())
    const named = (id: string): Identity => ({ ...ANY, target: { kind: 'model', id } })
    expect(standIns(named('strong'))).toEqual(['other', 'weak'])
    expect(standIns({ ...ANY, target: { kind: 'alias', alias: 'chat' } })).toEqual(['other', 'spare'])
    expect(standIns({ ...named('strong'), mustHave: ['coding'] })).toEqual(['weak'])
    expect(standIns(named('other'))).toEqual([])
    const list = found(candidates, named('strong'))
    const [again] = candidates.fallbacksOf(list, named('strong'), OPEN)
    expect(candidates.fallbacksOf(list, named('strong'), OPEN)[0]).toBe(again)
  })

  it('have every capability asked for, with a strength above 0', async () => {
    const { candidates } = await world()
    expect(ids(found(candidates, { ...ANY, mustHave: ['coding'] }))).toEqual(['strong', 'weak'])
    expect(ids(found(candidates, { ...ANY, mustHave: ['coding', 'reasoning'] }))).toEqual(['strong'])
    expect(found(candidates, { ...ANY, mustHave: ['telepathy'] })).toEqual([])
    expect(found(candidates, { ...ANY, mustHave: ['constructor'] })).toEqual([])
  })

  it('score as the agent’s needs say; a task replaces its capabilities but not its context length', async () => {
    const { candidates } = await world()
    const models = [strong, weak, other]
    expect(found(candidates, { ...ANY, agent: coder })).toEqual(
      models.map((model) => ({ modelId: model.id, score: scoreCapability(coder, model).score })),
    )
    const demand = { ...demandOfTask('math'), minContextLength: 50_000 }
    expect(found(candidates, { ...ANY, agent: coder, task: 'math' })).toEqual(
      models.map((model) => ({ modelId: model.id, score: scoreCapability(demand, model).score })),
    )
  })

  it('favour the model the agent is assigned to, as soon as it is', async () => {
    const { registry, candidates } = await world()
    const before = found(candidates, { ...ANY, agent: coder })
    await registry.createAssignment('coder', 'weak', null)
    const after = found(candidates, { ...ANY, agent: coder })
    expect(after.map(({ score }, i) => score - (before[i]?.score ?? NaN))).toEqual([0, BONUS, 0])
    expect(found(candidates, ANY).map(({ score }) => score)).toEqual(
      [strong, weak, other].map(
        (model) => scoreCapability({ requiredCapabilities: [], preferredCapabilities: [] }, model).score,
      ),
    )
  })

  it('are scored once per kind of request, and anew when the catalog changes', async () => {
    const { registry, candidates } = await world()
    const first = found(candidates, { ...ANY, mustHave: ['coding'] })
    expect(found(candidates, { ...ANY, mustHave: ['coding'], deadlineMs: 9, wantsExplanation: true })).toBe(
      first,
    )
    expect(found(candidates, ANY)).not.toBe(first)
    await registry.deleteModel('weak')
    expect(ids(found(candidates, { ...ANY, mustHave: ['coding'] }))).toEqual(['strong'])
    await registry.createModel(modelEntry('new', { capabilities: { coding: 1 } }))
    expect(ids(found(candidates, { ...ANY, mustHave: ['coding'] }))).toEqual(['strong', 'new'])
  })

  it('are scored anew when scores have moved, and keep their identity until then', async () => {
    const registry = await registryOf([strong, weak])
    const moving = new LearnedScores(scoring)
    const candidates = new Candidates(registry, BONUS, moving)
    const before = found(candidates, { ...ANY, task: 'coding' })
    expect(found(candidates, { ...ANY, task: 'coding' })).toBe(before)
    const shift = { modelId: 'strong', task: 'coding' as const, shift: -0.5, deviation: 0.1 }
    moving.load({ performance: [], pairs: [], strengths: [shift] })
    const after = found(candidates, { ...ANY, task: 'coding' })
    expect(after.map(({ score }, i) => score - (before[i]?.score ?? NaN))).toEqual([
      expect.closeTo(-35, 6),
      0,
    ])
    expect(found(candidates, { ...ANY, task: 'coding' })).toBe(after)
    expect(found(candidates, { ...ANY, task: 'math' })[0]?.score).toBe(
      scoreCapability(demandOfTask('math'), strong).score,
    )
  })

  it('are those the request can be carried to; where there are none the reason is told', async () => {
    const registry = await registryOf([
      { ...strong, dialect: 'anthropic', fallbacks: ['other'] },
      { ...weak, fallbacks: ['strong'] },
      other,
    ])
    const candidates = new Candidates(registry, BONUS, scores)
    const stuck = badRequest('n must be 1', 'n')
    const freight = (api: Api, closed: readonly Api[]) => ({
      api,
      obstacle: (to: Api) => (closed.includes(to) ? stuck : undefined),
    })
    const named = (id: string): Identity => ({ ...ANY, target: { kind: 'model', id } })
    const idsFor = (identity: Identity, api: Api, closed: readonly Api[] = []) => {
      const list = candidates.for(identity, freight(api, closed))
      return 'status' in list ? list.param : ids(list)
    }
    expect(idsFor(ANY, 'chat')).toEqual(['strong', 'weak', 'other'])
    expect(idsFor(ANY, 'chat', ['messages'])).toEqual(['weak', 'other'])
    expect(idsFor(ANY, 'messages', ['chat'])).toEqual(['strong'])
    expect(idsFor(ANY, 'embeddings')).toEqual(['weak', 'other'])
    expect(idsFor(named('strong'), 'chat', ['messages'])).toBe('n')
    expect(idsFor(named('strong'), 'embeddings')).toBe('model')
    const weakOnly = found(candidates, named('weak'))
    const standIns = (closed: readonly Api[]) =>
      ids(candidates.fallbacksOf(weakOnly, named('weak'), freight('chat', closed)).flat())
    expect([standIns([]), standIns(['messages'])]).toEqual([['strong'], []])
  })
})
