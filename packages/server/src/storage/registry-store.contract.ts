import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AgentEntry, AssignmentEntry, ModelEntry } from '../registry/entry.js'
import type { RegistryStore } from '../registry/store.js'
import type { Stores } from './stores.js'

/** A database that can be opened again after it was closed. */
interface StoreFixture {
  open(): Promise<Stores>
  dispose(): Promise<void>
}

export const PLAIN_MODEL: ModelEntry = {
  id: 'plain',
  name: 'Plain',
  capabilities: {},
  contextLength: 8192,
  maxConcurrent: 0,
  maxQueue: 0,
  targetUtilization: 1,
  baseUrl: 'http://127.0.0.1:9001/v1',
  dialect: 'openai',
  upstreamModel: 'plain',
  tags: [],
  source: 'api',
}

const FULL_MODEL: ModelEntry = {
  ...PLAIN_MODEL,
  id: 'full/model:1 "ü"',
  name: `Ünïcode 'quoted'; DROP TABLE models; --`,
  capabilities: { coding: 0.1, 'own name': 1 },
  maxConcurrent: 12,
  maxQueue: 48,
  targetUtilization: 0.8,
  price: { inputUsdPerMTok: 0, outputUsdPerMTok: 0.15 },
  alias: 'chat',
  responsesApi: 'translated',
  streamUsage: false,
  cachesResponses: true,
  upstreamModel: 'vendor/full-1',
  apiKeyEnv: 'FULL_KEY',
  tags: ['local', 'eu'],
}

export const PLAIN_AGENT: AgentEntry = {
  id: 'plain',
  name: 'Plain',
  type: 'inference',
  status: 'online',
  requiredCapabilities: [],
  preferredCapabilities: [],
  source: 'api',
}

const FULL_AGENT: AgentEntry = {
  ...PLAIN_AGENT,
  id: 'full',
  type: 'orchestrator',
  status: 'maintenance',
  endpoint: 'http://127.0.0.1:7000',
  requiredCapabilities: ['coding', 'math'],
  preferredCapabilities: ['low_latency'],
  minContextLength: 16384,
}

export function assignment(id: string, fields: Partial<AssignmentEntry> = {}): AssignmentEntry {
  return {
    id,
    agentId: `agent of ${id}`,
    agentName: 'Agent',
    modelId: 'plain',
    modelName: 'Plain',
    score: 73.8,
    matchScore: 90,
    method: 'optimal',
    isOptimal: true,
    capabilityOverlap: ['coding'],
    missingRequired: ['math'],
    capabilityScore: 90,
    measured: { score: 97.5, adjustment: -2.25, successRate: 0.95, latencyMs: null },
    status: 'active',
    notes: null,
    createdAtMs: 1_763_900_000_123,
    updatedAtMs: 1_763_900_000_456,
    ...fields,
  }
}

const EVERYTHING = { page: 1, pageSize: 1000 }

/** What every `RegistryStore` must do; run on a real database of each kind. */
export function registryStoreContract(create: () => Promise<StoreFixture>): void {
  let fixture: StoreFixture
  let stores: Stores
  let store: RegistryStore
  const open = async () => {
    stores = await fixture.open()
    store = stores.registry
  }
  beforeEach(async () => {
    fixture = await create()
    await open()
  })
  afterEach(async () => {
    await stores.close()
    await fixture.dispose()
  })
  const reopen = async () => {
    await stores.close()
    await open()
  }

  describe('models and agents', () => {
    it('come back as they were saved, in the order they were added, after reopening', async () => {
      await store.addModel(FULL_MODEL)
      await store.addModel(PLAIN_MODEL)
      await store.addAgent(FULL_AGENT)
      await store.addAgent(PLAIN_AGENT)
      await store.replaceModel({ ...FULL_MODEL, maxConcurrent: 3 })
      await reopen()
      expect(await store.loadModels()).toEqual([{ ...FULL_MODEL, maxConcurrent: 3 }, PLAIN_MODEL])
      expect(await store.loadAgents()).toEqual([FULL_AGENT, PLAIN_AGENT])
    })

    it('keep what was laid over them until it is taken away or they are deleted, also those not stored here', async () => {
      await store.addModel(PLAIN_MODEL)
      const whole = { isEnabled: false, maxConcurrent: 0, maxQueue: 7, targetUtilization: 0.25 }
      await store.saveOverride('plain', whole)
      await store.saveOverride('of the file', { isEnabled: true, maxConcurrent: 3 })
      await store.saveOverride('of the file', { isEnabled: true, maxQueue: 9 })
      await store.saveOverride('gone', { isEnabled: false })
      await store.saveOverride('gone', undefined)
      await reopen()
      expect(await store.loadOverrides()).toEqual(
        new Map<string, object>([
          ['plain', whole],
          ['of the file', { isEnabled: true, maxQueue: 9 }],
        ]),
      )
      await store.deleteModel('plain')
      expect([...(await store.loadOverrides()).keys()]).toEqual(['of the file'])
    })

    it('are replaced as a whole: what the new version leaves out is gone', async () => {
      await store.addModel({ ...FULL_MODEL, id: 'plain' })
      expect(await store.replaceModel(PLAIN_MODEL)).toBe(true)
      await store.addAgent({ ...FULL_AGENT, id: 'plain' })
      expect(await store.replaceAgent(PLAIN_AGENT)).toBe(true)
      expect(await store.loadModels()).toEqual([PLAIN_MODEL])
      expect(await store.loadAgents()).toEqual([PLAIN_AGENT])
    })

    it('are added once: a taken id changes nothing, and what is not there is not replaced', async () => {
      expect(await store.replaceModel(PLAIN_MODEL)).toBe(false)
      expect(await store.replaceAgent(PLAIN_AGENT)).toBe(false)
      expect(await store.addModel(PLAIN_MODEL)).toBe(true)
      expect(await store.addAgent(PLAIN_AGENT)).toBe(true)
      expect(await store.addModel({ ...FULL_MODEL, id: 'plain' })).toBe(false)
      expect(await store.addAgent({ ...FULL_AGENT, id: 'plain' })).toBe(false)
      expect(await store.loadModels()).toEqual([PLAIN_MODEL])
      expect(await store.loadAgents()).toEqual([PLAIN_AGENT])
    })

    it('never hold a literal secret', async () => {
      await store.addModel({ ...PLAIN_MODEL, apiKey: 'sk-secret' })
      expect(await store.loadModels()).toEqual([PLAIN_MODEL])
    })

    it('take their assignments with them when deleted, and nobody else’s', async () => {
      await store.addModel(PLAIN_MODEL)
      await store.addAgent(PLAIN_AGENT)
      const ofModel = assignment('1')
      const ofAgent = assignment('2', { modelId: 'other', agentId: 'plain' })
      const ofNeither = assignment('3', { modelId: 'other' })
      await store.saveAssignments([ofModel, ofAgent, ofNeither])
      await store.deleteModel('plain')
      await store.deleteAgent('plain')
      await store.deleteModel('nobody')
      await reopen()
      expect(await store.loadModels()).toEqual([])
      expect(await store.loadAgents()).toEqual([])
      expect(await store.loadActiveAssignments()).toEqual([ofNeither])
    })
  })

  describe('assignments', () => {
    it('come back as they were saved, found by id, after reopening', async () => {
      const saved = [assignment('1'), assignment('2', { method: 'manual', isOptimal: false, notes: 'why' })]
      await store.saveAssignments(saved)
      await reopen()
      expect(await store.loadActiveAssignments()).toEqual(saved)
      expect(await store.findAssignment('2')).toEqual(saved[1])
      expect(await store.findAssignment('3')).toBeUndefined()
    })

    it('give way to the next automatic run unless they are manual or inactive', async () => {
      const manual = assignment('1', { method: 'manual' })
      const inactive = assignment('2', { status: 'inactive' })
      const automatic = assignment('3')
      await store.saveAssignments([manual, inactive, automatic])
      const next = assignment('4', { agentId: automatic.agentId, method: 'greedy' })
      await store.replaceAutomaticAssignments([next])
      await reopen()
      expect((await store.listAssignments(EVERYTHING)).rows).toEqual([manual, inactive, next])
    })

    it('are replaced all or not at all', async () => {
      const before = [assignment('1'), assignment('2', { method: 'manual' })]
      await store.saveAssignments(before)
      const second = assignment('4', { agentId: 'agent of 2' })
      expect(await store.replaceAutomaticAssignments([assignment('3'), second])).toBe(false)
      expect((await store.listAssignments(EVERYTHING)).rows).toEqual(before)
      await store.saveAssignments([assignment('5')])
      expect((await store.listAssignments(EVERYTHING)).total).toBe(3)
    })

    it('are active at most once per agent, and a hand-over in one call is fine', async () => {
      const first = assignment('1', { agentId: 'a' })
      const second = assignment('2', { agentId: 'a' })
      await store.saveAssignments([first])
      expect(await store.saveAssignments([second])).toBe(false)
      await store.saveAssignments([{ ...first, status: 'inactive' }, second])
      expect(await store.loadActiveAssignments()).toEqual([second])
    })

    it('are replaced by the thousands in one call', async () => {
      const many = Array.from({ length: 2_500 }, (_, index) => assignment(String(index)))
      await store.replaceAutomaticAssignments(many)
      await store.replaceAutomaticAssignments(many)
      expect(await store.loadActiveAssignments()).toEqual(many)
    })

    it('are listed by page and by every condition given', async () => {
      const rows = Array.from({ length: 7 }, (_, index) =>
        assignment(String(index), {
          modelId: index % 2 === 0 ? 'even' : 'odd',
          status: index < 4 ? 'active' : 'inactive',
          agentId: index < 6 ? `a${index}` : 'a0',
        }),
      )
      await store.saveAssignments(rows)
      const ids = async (query: object) => {
        const page = await store.listAssignments({ ...EVERYTHING, ...query })
        return [page.rows.map((row) => row.id).join(' '), page.total]
      }
      expect(await ids({})).toEqual(['0 1 2 3 4 5 6', 7])
      expect(await ids({ page: 2, pageSize: 3 })).toEqual(['3 4 5', 7])
      expect(await ids({ page: 4, pageSize: 3 })).toEqual(['', 7])
      expect(await ids({ modelId: 'even' })).toEqual(['0 2 4 6', 4])
      expect(await ids({ modelId: 'even', status: 'inactive' })).toEqual(['4 6', 2])
      expect(await ids({ agentId: 'a0', status: 'inactive' })).toEqual(['6', 1])
    })

    it('tell whether there was one to delete', async () => {
      await store.saveAssignments([assignment('1')])
      expect(await store.deleteAssignment('1')).toBe(true)
      expect(await store.deleteAssignment('1')).toBe(false)
    })
  })

  it('serves calls that overlap, each as a whole', async () => {
    const agents = Array.from({ length: 40 }, (_, index) => ({ ...PLAIN_AGENT, id: `a${index}` }))
    await Promise.all(
      agents.map((agent, index) =>
        index % 2 === 0
          ? store.addAgent(agent)
          : store.saveAssignments([assignment(agent.id), assignment(`${agent.id} too`)]),
      ),
    )
    expect((await store.loadAgents()).length).toBe(20)
    expect((await store.loadActiveAssignments()).length).toBe(40)
  })
}
