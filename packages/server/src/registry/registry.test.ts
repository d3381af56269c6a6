import type { Assignment } from '@loadstar/core'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { assignment, PLAIN_AGENT, PLAIN_MODEL } from '../storage/registry-store.contract.js'
import { openStores, type Stores } from '../storage/stores.js'
import type { AgentEntry, ModelEntry } from './entry.js'
import { Registry } from './registry.js'
import type { RegistryChange } from './registry-change.js'
import { Roster } from './roster.js'
import type { RegistryStore } from './store.js'

const FILE_MODEL: ModelEntry = { ...PLAIN_MODEL, id: 'filed', alias: 'chat', source: 'file' }
const FILE_AGENT: AgentEntry = { ...PLAIN_AGENT, id: 'filed', source: 'file' }
const STRONG: ModelEntry = { ...PLAIN_MODEL, id: 'strong', name: 'Strong', capabilities: { coding: 0.8 } }
const CODER: AgentEntry = { ...PLAIN_AGENT, id: 'coder', requiredCapabilities: ['coding', 'math'] }
const EVERYTHING = { page: 1, pageSize: 1000 }

let stores: Stores
let store: RegistryStore
let registry: Registry
let nowMs: number
const open = () => Registry.open({ store, models: [FILE_MODEL], agents: [FILE_AGENT], clock: () => nowMs })
beforeEach(async () => {
  nowMs = 1000
  stores = await openStores('file::memory:')
  store = stores.registry
  registry = await open()
})
afterEach(() => stores.close())

function pairing(agentId: string, modelId: string, fields: Partial<Assignment> = {}): Assignment {
  return {
    agentId,
    agentName: 'Agent',
    modelId,
    modelName: 'Model',
    score: 73.8,
    matchScore: 90,
    capabilityScore: 90,
    measured: null,
    method: 'optimal',
    isOptimal: true,
    capabilityOverlap: ['coding'],
    missingRequired: [],
    ...fields,
  }
}

async function populate(): Promise<void> {
  await registry.createModel(STRONG)
  await registry.createModel(PLAIN_MODEL)
  await registry.createAgent(CODER)
  await registry.createAgent(PLAIN_AGENT)
}

describe('an agent that another writer has assigned meanwhile', () => {
  it('is refused a second assignment, by hand or by a run', async () => {
    await populate()
    const other = await open()
    await registry.createAssignment('coder', 'strong', null)
    const refusal = {
      code: 'ALREADY_ASSIGNED',
      message:
        'agent "coder" already has an active assignment in the database, which was changed from outside',
    }
    await expect(other.createAssignment('coder', 'plain', null)).rejects.toMatchObject(refusal)
    await expect(other.replaceAutomatic([pairing('coder', 'plain')])).rejects.toMatchObject(refusal)
    expect(other.assignmentOf('coder')).toBeUndefined()
    expect((await store.loadActiveAssignments()).map(({ modelId }) => modelId)).toEqual(['strong'])
  })
})

describe('entries', () => {
  it('of the file come first, win over stored ones with their id, and the shadowed are told', async () => {
    await store.addModel({ ...PLAIN_MODEL, id: 'filed', maxConcurrent: 99 })
    await store.addModel(STRONG)
    await store.addAgent({ ...PLAIN_AGENT, id: 'filed' })
    const again = await open()
    expect(again.models()).toEqual([FILE_MODEL, STRONG])
    expect(again.agents()).toEqual([FILE_AGENT])
    expect(again.shadowed).toEqual(['models.filed', 'agents.filed'])
    expect(registry.shadowed).toEqual([])
  })

  it('of the file are not changed, deleted or created anew', async () => {
    const refusal = {
      code: 'DEFINED_IN_FILE',
      message: 'models.filed is defined in loadstar.yaml; change it there',
    }
    await expect(registry.updateModel('filed', (model) => model)).rejects.toMatchObject(refusal)
    await expect(registry.deleteModel('filed')).rejects.toMatchObject(refusal)
    await expect(registry.createModel({ ...PLAIN_MODEL, id: 'filed' })).rejects.toMatchObject(refusal)
    const ofAgent = {
      code: 'DEFINED_IN_FILE',
      message: 'agents.filed is defined in loadstar.yaml; change it there',
    }
    await expect(registry.updateAgent('filed', (agent) => agent)).rejects.toMatchObject(ofAgent)
    await expect(registry.deleteAgent('filed')).rejects.toMatchObject(ofAgent)
    await expect(registry.createAgent({ ...PLAIN_AGENT, id: 'filed' })).rejects.toMatchObject(ofAgent)
    expect(await store.loadModels()).toEqual([])
  })

  it('are operated otherwise than defined until that is given back, whoever defined them, also after reopening', async () => {
    await registry.createModel({ ...STRONG, maxConcurrent: 8, maxQueue: 32 })
    const heard: RegistryChange[] = []
    registry.onChange((change) => void heard.push(change))
    await registry.operateModel('strong', (current) => ({ ...current, maxConcurrent: 3 }))
    await registry.operateModel('strong', (current) => ({ ...current, isEnabled: false }))
    await registry.operateModel('filed', () => ({ isEnabled: true, targetUtilization: 0.5 }))
    for (const one of [registry, await open()]) {
      expect(one.model('strong')).toMatchObject({
        maxConcurrent: 0,
        maxQueue: 32,
        operation: { override: { isEnabled: false, maxConcurrent: 3 }, defined: { maxConcurrent: 8 } },
      })
      expect(one.model('filed')).toMatchObject({ targetUtilization: 0.5, source: 'file' })
    }
    expect(heard).toContainEqual({ kind: 'model_put', model: registry.model('strong') })
    await registry.updateModel('strong', (model) => {
      expect(model).toEqual({ ...STRONG, maxConcurrent: 8, maxQueue: 32 })
      return { ...model, maxConcurrent: 9, maxQueue: 1 }
    })
    expect(registry.model('strong')).toMatchObject({ maxConcurrent: 0, maxQueue: 1 })
    await registry.operateModel('strong', (current) => ({ ...current, isEnabled: true }))
    expect(registry.model('strong')).toMatchObject({ maxConcurrent: 3, maxQueue: 1 })
    await registry.operateModel('strong', () => ({ isEnabled: true }))
    await registry.operateModel('filed', () => ({ isEnabled: true }))
    expect(registry.model('filed')).toEqual(FILE_MODEL)
    expect((await open()).model('strong')).toEqual({ ...STRONG, maxConcurrent: 9, maxQueue: 1 })
    await expect(registry.operateModel('none', (current) => current)).rejects.toMatchObject({
      code: 'UNKNOWN_MODEL',
    })
  })

  it('that come back under the name of one that is gone are not operated as that one was', async () => {
    await registry.operateModel('filed', () => ({ isEnabled: false }))
    await Registry.open({ store, models: [], agents: [], clock: () => nowMs })
    expect((await open()).model('filed')).toEqual(FILE_MODEL)
  })

  it('made through the API are stored, survive reopening and are found by id and alias', async () => {
    await registry.createModel({ ...STRONG, alias: 'chat', source: 'file' })
    await registry.createAgent(CODER)
    expect(registry.modelsOfAlias('chat').map(({ id }) => id)).toEqual(['filed', 'strong'])
    expect(registry.modelsOfAlias('nobody')).toEqual([])
    await registry.updateModel('strong', (model) => ({ ...model, alias: 'other', id: 'ignored' }))
    expect(registry.modelsOfAlias('chat').map(({ id }) => id)).toEqual(['filed'])
    const again = await open()
    expect(again.model('strong')).toEqual({ ...STRONG, alias: 'other' })
    expect(again.agent('coder')).toEqual(CODER)
  })

  it('that exist already, or not at all, refuse the change', async () => {
    await populate()
    await expect(registry.createModel(STRONG)).rejects.toMatchObject({ code: 'ALREADY_EXISTS', field: 'id' })
    await expect(registry.createAgent(CODER)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' })
    await expect(registry.updateModel('none', (model) => model)).rejects.toMatchObject({
      code: 'UNKNOWN_MODEL',
    })
    await expect(registry.deleteModel('none')).rejects.toMatchObject({ code: 'UNKNOWN_MODEL' })
    await expect(registry.updateAgent('none', (agent) => agent)).rejects.toMatchObject({
      code: 'UNKNOWN_AGENT',
    })
    await expect(registry.deleteAgent('none')).rejects.toMatchObject({ code: 'UNKNOWN_AGENT' })
  })

  it('that another writer has put into the store meanwhile are refused, not overwritten', async () => {
    const other = await open()
    await populate()
    await expect(other.createModel({ ...STRONG, maxConcurrent: 99 })).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
      message: 'id must be new, but models already has "strong"',
    })
    await expect(other.createAgent(CODER)).rejects.toMatchObject({ code: 'ALREADY_EXISTS', field: 'id' })
    expect((await store.loadModels()).map(({ maxConcurrent }) => maxConcurrent)).not.toContain(99)
    expect(other.agent('coder')).toBeUndefined()
    const third = await open()
    await registry.deleteModel('strong')
    await registry.deleteAgent('coder')
    await expect(third.updateModel('strong', (model) => model)).rejects.toMatchObject({
      code: 'UNKNOWN_MODEL',
    })
    await expect(third.updateAgent('coder', (agent) => agent)).rejects.toMatchObject({
      code: 'UNKNOWN_AGENT',
    })
  })

  it('never share a name between an alias and an id', async () => {
    await registry.createModel(STRONG)
    const ofAlias = { code: 'ALREADY_EXISTS', field: 'alias' }
    await expect(registry.createModel({ ...PLAIN_MODEL, alias: 'strong' })).rejects.toMatchObject(ofAlias)
    await expect(registry.createModel({ ...PLAIN_MODEL, alias: 'plain' })).rejects.toMatchObject(ofAlias)
    const ofId = { code: 'ALREADY_EXISTS', field: 'id' }
    await expect(registry.createModel({ ...PLAIN_MODEL, id: 'chat' })).rejects.toMatchObject(ofId)
    const aliased = registry.updateModel('strong', (model) => ({ ...model, alias: 'filed' }))
    await expect(aliased).rejects.toMatchObject(ofAlias)
    expect(registry.models()).toEqual([FILE_MODEL, STRONG])
    expect(await store.loadModels()).toEqual([STRONG])
  })

  it('take their assignments with them when deleted', async () => {
    await populate()
    await registry.replaceAutomatic([pairing('coder', 'strong'), pairing('plain', 'plain')])
    await registry.createAssignment('filed', 'strong', null)
    await registry.deleteModel('strong')
    expect(registry.model('strong')).toBeUndefined()
    expect(registry.activeAssignments().map(({ agentId }) => agentId)).toEqual(['plain'])
    await registry.deleteAgent('plain')
    expect(registry.activeAssignments()).toEqual([])
    expect((await store.listAssignments(EVERYTHING)).total).toBe(0)
  })
})

describe('changes', () => {
  it('raise the version and are told to listeners in order, once they are visible', async () => {
    const told: [RegistryChange, number, boolean][] = []
    registry.onChange(
      (change) => void told.push([change, registry.version, registry.model('strong') !== undefined]),
    )
    const first = registry.version
    await registry.createModel(STRONG)
    await registry.createAgent(CODER)
    const assignment = await registry.createAssignment('coder', 'strong', null)
    await registry.deleteModel('strong')
    expect(told).toEqual([
      [{ kind: 'model_put', model: STRONG }, first + 1, true],
      [{ kind: 'agent_put', agent: CODER }, first + 2, true],
      [{ kind: 'assignment_put', assignment }, first + 3, true],
      [{ kind: 'model_removed', id: 'strong' }, first + 4, false],
    ])
  })

  it('made again in order on a snapshot give the same catalog', async () => {
    await populate()
    const copy = Roster.of(registry.snapshot())
    registry.onChange((change) => copy.apply(change))
    await registry.createModel({ ...STRONG, id: 'another' })
    await registry.updateModel('another', (model) => ({ ...model, maxConcurrent: 7 }))
    await registry.createAgent({ ...PLAIN_AGENT, id: 'new' })
    const assignment = await registry.createAssignment('new', 'another', null)
    expect(copy.snapshot()).toEqual(registry.snapshot())
    await registry.replaceAutomatic([])
    expect(copy.snapshot()).toEqual(registry.snapshot())
    await registry.deleteAssignment(assignment.id)
    await registry.deleteAgent('new')
    await registry.deleteModel('another')
    expect(copy.snapshot()).toEqual(registry.snapshot())
  })

  it('are done only when those who follow have them', async () => {
    let follow: () => void = () => undefined
    registry.onChange(() => new Promise((resolve) => (follow = resolve)))
    let isDone = false
    const creating = registry.createModel(STRONG).then(() => (isDone = true))
    await vi.waitFor(() => expect(registry.model('strong')).toBeDefined())
    expect(isDone).toBe(false)
    follow()
    expect(await creating).toBe(true)
  })

  it('run one after the other: none is lost when many come at once', async () => {
    await registry.createModel(STRONG)
    const more = (model: ModelEntry) => ({ ...model, maxConcurrent: model.maxConcurrent + 1 })
    await Promise.all(Array.from({ length: 50 }, () => registry.updateModel('strong', more)))
    expect(registry.model('strong')?.maxConcurrent).toBe(50)
    expect((await store.loadModels())[0]?.maxConcurrent).toBe(50)
  })

  it('at once on one id let exactly one create it', async () => {
    const attempts = await Promise.allSettled(Array.from({ length: 5 }, () => registry.createModel(STRONG)))
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it('that the store refuses change nothing, and the next one still runs', async () => {
    await populate()
    const told: RegistryChange[] = []
    registry.onChange((change) => void told.push(change))
    const before = registry.version
    // A lone surrogate or a bad shape would be refused by schemas; a function is what SQL cannot take.
    const unstorable = { ...PLAIN_AGENT, id: 'bad', name: (() => 'x') as unknown as string }
    await expect(registry.createAgent(unstorable)).rejects.toThrow()
    expect(registry.agent('bad')).toBeUndefined()
    expect([registry.version, told]).toEqual([before, []])
    await registry.createAgent({ ...PLAIN_AGENT, id: 'good' })
    expect(registry.agent('good')).toBeDefined()
  })
})

describe('automatic runs', () => {
  it('are taken back one after the other, up to the start; what was decided by hand meanwhile stays', async () => {
    await populate()
    const pairs = () =>
      registry
        .activeAssignments()
        .map(({ agentId, modelId }) => `${agentId} ${modelId}`)
        .sort()
    await registry.replaceAutomatic([pairing('coder', 'strong'), pairing('plain', 'plain')])
    const [first] = registry.activeAssignments()
    await registry.replaceAutomatic([pairing('coder', 'plain'), pairing('filed', 'strong')])
    expect(pairs()).toEqual(['coder plain', 'filed strong'])
    expect(await registry.undoAutomatic()).toEqual({ restored: 2, leftOut: 0 })
    expect(pairs()).toEqual(['coder strong', 'plain plain'])
    expect(registry.assignmentOf('coder')).toMatchObject({
      method: 'optimal',
      createdAtMs: first?.createdAtMs,
    })
    expect((await open()).activeAssignments()).toEqual(registry.activeAssignments())

    await registry.replaceAutomatic([pairing('coder', 'plain')])
    await registry.createAssignment('coder', 'filed', null)
    await registry.deleteModel('plain')
    expect(await registry.undoAutomatic()).toEqual({ restored: 0, leftOut: 2 })
    expect(pairs()).toEqual(['coder filed'])
    expect(await registry.undoAutomatic()).toEqual({ restored: 0, leftOut: 0 })
    expect(pairs()).toEqual(['coder filed'])
    await expect(registry.undoAutomatic()).rejects.toMatchObject({ code: 'NOTHING_TO_UNDO' })
  })

  it('leave alone what was pinned to the model that one of them had found', async () => {
    await populate()
    await registry.replaceAutomatic([pairing('coder', 'strong'), pairing('plain', 'plain')])
    const id = registry.assignmentOf('coder')?.id ?? ''
    const pinned = await registry.overrideAssignment(id, { isPinned: true })
    expect(pinned).toMatchObject({ id, modelId: 'strong', method: 'manual', isOptimal: false })
    await registry.replaceAutomatic([pairing('coder', 'plain')])
    expect(registry.assignmentOf('coder')?.modelId).toBe('strong')
  })
})

describe('assignments', () => {
  beforeEach(populate)

  it('made by hand carry the capability score and its reasons', async () => {
    const made = await registry.createAssignment('coder', 'strong', 'because')
    expect(made).toMatchObject({
      agentId: 'coder',
      agentName: 'Plain',
      modelName: 'Strong',
      score: 58,
      matchScore: 58,
      capabilityScore: 58,
      measured: null,
      method: 'manual',
      isOptimal: false,
      capabilityOverlap: ['coding'],
      missingRequired: ['math'],
      status: 'active',
      notes: 'because',
      createdAtMs: 1000,
    })
    expect(registry.assignmentOf('coder')).toEqual(made)
    expect(await store.findAssignment(made.id)).toEqual(made)
  })

  it('made by hand put an automatic one aside, and refuse a second manual one', async () => {
    await registry.replaceAutomatic([pairing('coder', 'plain')])
    const automatic = registry.assignmentOf('coder')
    const manual = await registry.createAssignment('coder', 'strong', null)
    expect(registry.assignmentOf('coder')).toEqual(manual)
    expect(await store.findAssignment(automatic?.id ?? '')).toMatchObject({ status: 'inactive' })
    const refusal = { code: 'ALREADY_ASSIGNED', field: 'agent_id' }
    await expect(registry.createAssignment('coder', 'plain', null)).rejects.toMatchObject(refusal)
    await expect(registry.createAssignment('none', 'plain', null)).rejects.toMatchObject({
      code: 'UNKNOWN_AGENT',
      field: 'agent_id',
    })
    await expect(registry.createAssignment('plain', 'none', null)).rejects.toMatchObject({
      code: 'UNKNOWN_MODEL',
      field: 'model_id',
    })
  })

  it('become manual with another model, and survive the next automatic run and a restart', async () => {
    await registry.replaceAutomatic([pairing('coder', 'plain'), pairing('plain', 'plain')])
    const { id } = registry.assignmentOf('coder') ?? assignment('none')
    nowMs = 2000
    const changed = await registry.overrideAssignment(id, { modelId: 'strong' })
    expect(changed).toMatchObject({
      id,
      method: 'manual',
      modelId: 'strong',
      score: 58,
      createdAtMs: 1000,
      updatedAtMs: 2000,
    })
    await registry.replaceAutomatic([pairing('coder', 'plain'), pairing('filed', 'filed')])
    expect(registry.assignmentOf('coder')).toEqual(changed)
    const again = await open()
    expect(again.activeAssignments()).toEqual(registry.activeAssignments())
    expect(again.activeAssignments().map(({ agentId, modelId }) => `${agentId} ${modelId}`)).toEqual([
      'coder strong',
      'filed filed',
    ])
  })

  it('stay automatic when only notes or status change, or the model is the same', async () => {
    await registry.replaceAutomatic([pairing('coder', 'strong')])
    const { id } = registry.assignmentOf('coder') ?? assignment('none')
    expect(await registry.overrideAssignment(id, { notes: 'n', modelId: 'strong' })).toMatchObject({
      method: 'optimal',
      notes: 'n',
      score: 73.8,
    })
    expect(await registry.overrideAssignment(id, { status: 'inactive' })).toMatchObject({ notes: 'n' })
    expect(registry.assignmentOf('coder')).toBeUndefined()
    expect(await registry.overrideAssignment(id, { status: 'active', notes: null })).toMatchObject({
      notes: null,
    })
    expect(registry.assignmentOf('coder')?.id).toBe(id)
  })

  it('that are put aside come back only while the agent has no other', async () => {
    const first = await registry.createAssignment('coder', 'strong', null)
    await registry.overrideAssignment(first.id, { status: 'inactive' })
    const second = await registry.createAssignment('coder', 'plain', null)
    await expect(registry.overrideAssignment(first.id, { status: 'active' })).rejects.toMatchObject({
      code: 'ALREADY_ASSIGNED',
    })
    await registry.deleteAssignment(first.id)
    expect(registry.assignmentOf('coder')).toEqual(second)
    await registry.deleteAssignment(second.id)
    expect(registry.assignmentOf('coder')).toBeUndefined()
    await expect(registry.deleteAssignment(second.id)).rejects.toMatchObject({ code: 'UNKNOWN_ASSIGNMENT' })
    await expect(registry.overrideAssignment('none', {})).rejects.toMatchObject({
      code: 'UNKNOWN_ASSIGNMENT',
    })
    const third = await registry.createAssignment('coder', 'plain', null)
    await expect(registry.overrideAssignment(third.id, { modelId: 'none' })).rejects.toMatchObject({
      code: 'UNKNOWN_MODEL',
      field: 'model_id',
    })
  })

  it('of an automatic run keep their id where the pairing stays, and leave out who is gone', async () => {
    await registry.replaceAutomatic([pairing('coder', 'strong'), pairing('plain', 'plain')])
    const before = registry.activeAssignments()
    nowMs = 2000
    await registry.replaceAutomatic([
      pairing('coder', 'strong', { score: 50 }),
      pairing('plain', 'strong'),
      pairing('gone', 'strong'),
      pairing('filed', 'gone'),
    ])
    const [coder, plain, ...rest] = registry.activeAssignments()
    expect(coder).toEqual({ ...before[0], score: 50, updatedAtMs: 2000 })
    expect(plain).toMatchObject({ agentId: 'plain', modelId: 'strong', createdAtMs: 2000 })
    expect(plain?.id).not.toBe(before[1]?.id)
    expect(rest).toEqual([])
  })

  it('become inactive on opening when the file no longer has their model or agent', async () => {
    await registry.createAssignment('coder', 'filed', null)
    await registry.createAssignment('filed', 'strong', null)
    await registry.createAssignment('plain', 'strong', null)
    const again = await Registry.open({ store, models: [], agents: [], clock: () => 3000 })
    expect(again.activeAssignments().map(({ agentId }) => agentId)).toEqual(['plain'])
    expect(again.deactivated).toHaveLength(2)
    const { rows } = await again.listAssignments({ ...EVERYTHING, status: 'inactive' })
    expect(rows.map(({ id }) => id)).toEqual(again.deactivated)
    expect(rows.map(({ updatedAtMs }) => updatedAtMs)).toEqual([3000, 3000])
  })
})

describe('memory', () => {
  const id = fc.constantFrom('a', 'b', 'c')
  const step = fc.oneof(
    fc.record({ kind: fc.constantFrom('createModel', 'deleteModel', 'createAgent', 'deleteAgent'), id }),
    fc.record({ kind: fc.constant('assign'), id, other: id }),
    fc.record({ kind: fc.constant('override'), nth: fc.nat(3), other: id, isActive: fc.boolean() }),
    fc.record({ kind: fc.constant('remove'), nth: fc.nat(3) }),
    fc.record({
      kind: fc.constant('run'),
      pairs: fc.uniqueArray(fc.tuple(id, id), { selector: ([agent]) => agent }),
    }),
  )

  it('shows what the store has after any sequence of changes, one active assignment per agent', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const ownStores = await openStores('file::memory:')
        const own = ownStores.registry
        const live = await Registry.open({ store: own, models: [], agents: [], clock: () => nowMs })
        const run = async (each: (typeof steps)[number]): Promise<unknown> => {
          if ('pairs' in each)
            return live.replaceAutomatic(each.pairs.map(([agent, model]) => pairing(agent, model)))
          if ('nth' in each) {
            const target = (await live.listAssignments(EVERYTHING)).rows[each.nth]?.id ?? 'none'
            if (!('other' in each)) return live.deleteAssignment(target)
            const status = each.isActive ? 'active' : 'inactive'
            return live.overrideAssignment(target, { modelId: each.other, status })
          }
          if ('other' in each) return live.createAssignment(each.id, each.other, null)
          if (each.kind === 'createModel') return live.createModel({ ...PLAIN_MODEL, id: each.id })
          if (each.kind === 'deleteModel') return live.deleteModel(each.id)
          if (each.kind === 'createAgent') return live.createAgent({ ...PLAIN_AGENT, id: each.id })
          return live.deleteAgent(each.id)
        }
        for (const each of steps) {
          await run(each).catch((error: Error) => expect(error.name).toBe('RegistryError'))
          const reopened = await Registry.open({ store: own, models: [], agents: [], clock: () => nowMs })
          expect(reopened.deactivated).toEqual([])
          expect(new Set(reopened.activeAssignments())).toEqual(new Set(live.activeAssignments()))
          expect([reopened.models(), reopened.agents()]).toEqual([live.models(), live.agents()])
        }
        await ownStores.close()
      }),
      { numRuns: 60 },
    )
  })
})
