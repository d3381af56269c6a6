import { describe, expect, it } from 'vitest'
import { LoadstarError } from '../error.js'
import type { Agent } from './agent.js'
import { checkAgents } from './agent-check.js'
import { BUILT_IN_CAPABILITIES } from './capability.js'
import type { Model } from './model.js'
import { checkModels } from './model-check.js'
import { PROFILES } from './profiles.js'
import { demandOfTask, TASK_TYPES, type TaskType } from './task-type.js'

const agent: Agent = {
  id: 'a',
  name: 'A',
  type: 'inference',
  status: 'online',
  requiredCapabilities: ['coding'],
  preferredCapabilities: [],
}
const model: Model = {
  id: 'm',
  name: 'M',
  capabilities: { coding: 1 },
  contextLength: 8192,
  maxConcurrent: 4,
  maxQueue: 0,
  targetUtilization: 0.8,
}

function thrownBy(act: () => void): unknown {
  try {
    act()
  } catch (error) {
    expect(error).toBeInstanceOf(LoadstarError)
    return error
  }
  return undefined
}

describe('checkAgents', () => {
  it('accepts agents at the edge of each rule', () => {
    expect(thrownBy(() => checkAgents([]))).toBeUndefined()
    const edge = { ...agent, id: 'b', requiredCapabilities: [], minContextLength: 0 }
    expect(thrownBy(() => checkAgents([agent, edge]))).toBeUndefined()
  })

  it.each([
    ['an empty id', { id: '' }, 'ID_INVALID', 'agents[1].id'],
    ['an id that is a number', { id: 7 }, 'ID_INVALID', 'agents[1].id'],
    ['an id given before', { id: 'a' }, 'DUPLICATE_ID', 'agents[1].id'],
    ['a name that is no string', { name: null }, 'AGENT_INVALID', 'agents[1].name'],
    ['an unknown type', { type: 'robot' }, 'AGENT_INVALID', 'agents[1].type'],
    ['an unknown status', { status: 'busy' }, 'AGENT_INVALID', 'agents[1].status'],
    [
      'capabilities as one string',
      { requiredCapabilities: 'coding' },
      'AGENT_INVALID',
      'agents[1].capabilities',
    ],
    [
      'a capability that is no string',
      { requiredCapabilities: ['x', 3] },
      'AGENT_INVALID',
      'agents[1].capabilities[1]',
    ],
    [
      'no preferred list',
      { preferredCapabilities: undefined },
      'AGENT_INVALID',
      'agents[1].preferred_capabilities',
    ],
    ['a negative context', { minContextLength: -1 }, 'AGENT_INVALID', 'agents[1].min_context_length'],
    ['a context of NaN', { minContextLength: NaN }, 'AGENT_INVALID', 'agents[1].min_context_length'],
  ])('refuses %s by field', (_, change, code, field) => {
    const bad = { ...agent, id: 'b', ...change } as unknown as Agent
    expect(thrownBy(() => checkAgents([agent, bad]))).toMatchObject({ code, field })
  })
})

describe('checkModels', () => {
  it('accepts models at the edge of each rule', () => {
    const edge = { ...model, id: 'n', capabilities: { a: 0, b: 1 }, maxConcurrent: 0, targetUtilization: 1 }
    expect(thrownBy(() => checkModels([model, edge]))).toBeUndefined()
  })

  it.each([
    ['an empty id', { id: '' }, 'ID_INVALID', 'models[1].id'],
    ['an id given before', { id: 'm' }, 'DUPLICATE_ID', 'models[1].id'],
    ['a name that is no string', { name: 1 }, 'OPTION_INVALID', 'models[1].name'],
    [
      'a strength above 1',
      { capabilities: { math: 1.1 } },
      'STRENGTH_INVALID',
      'models[1].capabilities.math',
    ],
    [
      'a strength below 0',
      { capabilities: { math: -0.1 } },
      'STRENGTH_INVALID',
      'models[1].capabilities.math',
    ],
    ['a strength of NaN', { capabilities: { math: NaN } }, 'STRENGTH_INVALID', 'models[1].capabilities.math'],
    [
      'a strength as text',
      { capabilities: { math: '1' } },
      'STRENGTH_INVALID',
      'models[1].capabilities.math',
    ],
    ['a list of capabilities', { capabilities: ['math'] }, 'STRENGTH_INVALID', 'models[1].capabilities'],
    ['no capabilities', { capabilities: null }, 'STRENGTH_INVALID', 'models[1].capabilities'],
    ['no context', { contextLength: 0 }, 'OPTION_INVALID', 'models[1].context_length'],
    ['an infinite context', { contextLength: Infinity }, 'OPTION_INVALID', 'models[1].context_length'],
    ['a negative limit', { maxConcurrent: -1 }, 'CAPACITY_INVALID', 'models[1].max_concurrent'],
    ['half a slot', { maxConcurrent: 1.5 }, 'CAPACITY_INVALID', 'models[1].max_concurrent'],
    ['a negative queue', { maxQueue: -1 }, 'CAPACITY_INVALID', 'models[1].max_queue'],
    ['a target of 0', { targetUtilization: 0 }, 'CAPACITY_INVALID', 'models[1].target_utilization'],
    ['a target above 1', { targetUtilization: 1.01 }, 'CAPACITY_INVALID', 'models[1].target_utilization'],
    ['a target of NaN', { targetUtilization: NaN }, 'CAPACITY_INVALID', 'models[1].target_utilization'],
  ])('refuses %s by field', (_, change, code, field) => {
    const bad = { ...model, id: 'n', ...change } as unknown as Model
    expect(thrownBy(() => checkModels([model, bad]))).toMatchObject({ code, field })
  })

  it('says field, rule and value in one sentence', () => {
    expect(() => checkModels([{ ...model, maxConcurrent: -1 }])).toThrow(
      'models[0].max_concurrent must be an integer ≥ 0, got -1',
    )
  })
})

describe('built-in words', () => {
  it('ask in each task only for capabilities that everybody knows', () => {
    for (const task of TASK_TYPES) {
      const { requiredCapabilities, preferredCapabilities } = demandOfTask(task)
      expect(requiredCapabilities.length).toBeGreaterThan(0)
      expect(BUILT_IN_CAPABILITIES).toEqual(
        expect.arrayContaining([...requiredCapabilities, ...preferredCapabilities]),
      )
    }
  })

  it('refuse a task nobody knows, also one that every object has', () => {
    for (const task of ['poetry', 'constructor']) {
      expect(thrownBy(() => demandOfTask(task as TaskType))).toMatchObject({
        code: 'OPTION_INVALID',
        field: 'task_type',
      })
    }
  })

  it('describe profiles that check as models', () => {
    const models = Object.entries(PROFILES).map(([id, profile]) => ({ ...model, ...profile, id }))
    expect(models.map(({ id }) => id)).toEqual(['llama3-70b', 'mistral-7b', 'tinyllama-1b'])
    expect(thrownBy(() => checkModels(models))).toBeUndefined()
  })
})
