import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { strategies, worlds } from '../../test/assignment-worlds.js'
import { assign } from '../assignment/assign.js'
import { demandOfTask, TASK_TYPES, taskTypeOf } from '../catalog/task-type.js'
import { Judgement, type Experience } from './experience.js'
import { DEFAULT_CAPABILITY_WEIGHTS } from './weights.js'

const share = fc.double({ min: 0, max: 1, noNaN: true })
const performances = fc.record({
  requests: fc.integer({ min: 0, max: 40 }),
  successRate: share,
  latencyMs: fc.option(fc.double({ min: 0, max: 2_000, noNaN: true })),
  slowness: fc.constant(null),
})

/** What was learned of the models and some agents of a world. */
const experiences = (modelIds: readonly string[], agentIds: readonly string[]): fc.Arbitrary<Experience> =>
  fc
    .record({
      models: fc.array(performances, { minLength: modelIds.length, maxLength: modelIds.length }),
      pair: performances,
      shift: fc.double({ min: -1, max: 1, noNaN: true }),
    })
    .map(({ models, pair, shift }) => ({
      adaptive: {},
      performance: new Map(modelIds.map((id, i) => [id, models[i] ?? performanceOfNobody])),
      pairs: new Map(modelIds.slice(0, 1).map((id) => [id, new Map(agentIds.map((agent) => [agent, pair]))])),
      strengthShifts: new Map(modelIds.slice(-1).map((id) => [id, new Map([['general', shift] as const])])),
    }))
const performanceOfNobody = { requests: 0, successRate: 0, latencyMs: null, slowness: null }

describe('an assignment with experience', () => {
  it('has the match scores that pairs are judged to have, with or without reasons', () => {
    const cases = worlds.chain((world) =>
      experiences(
        world.models.map(({ id }) => id),
        world.agents.map(({ id }) => id),
      ).map((experience) => ({ world, experience })),
    )
    fc.assert(
      fc.property(cases, strategies, ({ world, experience }, strategy) => {
        const { assignments } = assign({
          ...world,
          scores: undefined,
          experience,
          strategy,
          loadBalancing: false,
        } as never)
        const judgement = new Judgement(experience)
        for (const { agentId, modelId, score, matchScore, capabilityScore, measured } of assignments) {
          const agent = world.agents.find(({ id }) => id === agentId)
          const model = world.models.find(({ id }) => id === modelId)
          if (agent === undefined || model === undefined) throw new Error('assigned what is not there')
          const judged = judgement.score(agent, model, world.weights ?? DEFAULT_CAPABILITY_WEIGHTS)
          expect([score, matchScore, capabilityScore]).toEqual([
            judged.score,
            judged.score,
            judged.capability.score,
          ])
          expect(measured?.adjustment ?? null).toBe(judged.adjustment)
          if (measured !== null) expect(matchScore).toBeCloseTo(capabilityScore + measured.adjustment, 5)
        }
      }),
    )
  })

  it('moves an agent off a model that fails, for that agent alone where only it is failed', () => {
    const demand = { requiredCapabilities: ['coding'], preferredCapabilities: [] }
    const agents = ['one', 'two'].map((id) => ({
      id,
      name: id,
      type: 'inference' as const,
      status: 'online' as const,
      ...demand,
    }))
    const models = [
      ['strong', 0.9],
      ['weak', 0.6],
    ].map(([id, coding]) => ({
      id: String(id),
      name: String(id),
      capabilities: { coding: Number(coding) },
      contextLength: 8192,
      maxConcurrent: 9,
      maxQueue: 9,
      targetUtilization: 1,
    }))
    const failing = { requests: 50, successRate: 0.5, latencyMs: 100, slowness: 1 }
    const modelsOf = (experience?: Experience) =>
      assign({
        agents,
        models,
        strategy: 'optimal',
        loadBalancing: false,
        ...(experience ? { experience } : {}),
      }).assignments.map(({ modelId }) => modelId)
    expect(modelsOf()).toEqual(['strong', 'strong'])
    const performance = new Map([['strong', failing]])
    expect(modelsOf({ adaptive: {}, performance })).toEqual(['weak', 'weak'])
    expect(modelsOf({ performance })).toEqual(['strong', 'strong'])
    const pairs = new Map([['strong', new Map([['two', failing]])]])
    expect(modelsOf({ adaptive: {}, pairs })).toEqual(['strong', 'weak'])
    const shifts = new Map([['strong', new Map([['general', -0.5] as const])]])
    expect(modelsOf({ strengthShifts: shifts })).toEqual(['weak', 'weak'])
  })

  it('is refused where a number is outside its range, with the model named', () => {
    const performance = new Map([['m', { requests: 1, successRate: 2, latencyMs: null, slowness: null }]])
    expect(() => new Judgement({ performance })).toThrow(
      'performance["m"].success_rate must be a number 0..1, got 2',
    )
    const strengthShifts = new Map([['m', new Map([['coding', 2] as const])]])
    expect(() => new Judgement({ strengthShifts })).toThrow(
      'strength_shifts.coding must be within -1..1, got 2',
    )
  })
})

describe('the task type of a demand', () => {
  it('is that of the task that asks for just that, and general for anything else', () => {
    for (const task of TASK_TYPES) expect(taskTypeOf(demandOfTask(task))).toBe(task)
    const none: readonly string[] = []
    expect(taskTypeOf({ requiredCapabilities: none, preferredCapabilities: none })).toBe('general')
    expect(
      taskTypeOf({ requiredCapabilities: ['reasoning', 'coding'], preferredCapabilities: ['math'] }),
    ).toBe('coding')
    expect(taskTypeOf({ requiredCapabilities: ['coding'], preferredCapabilities: none })).toBe('general')
  })
})
