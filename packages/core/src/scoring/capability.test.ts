import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PROFILES } from '../catalog/profiles.js'
import { demandOfTask } from '../catalog/task-type.js'
import { scoreCapability } from './capability.js'

const names = ['coding', 'math', 'reasoning', 'own_word']
const demands = fc.record(
  {
    requiredCapabilities: fc.array(fc.constantFrom(...names), { maxLength: 5 }),
    preferredCapabilities: fc.array(fc.constantFrom(...names), { maxLength: 3 }),
    minContextLength: fc.integer({ min: 0, max: 100_000 }),
  },
  { requiredKeys: ['requiredCapabilities', 'preferredCapabilities'] },
)
const models = fc.record({
  capabilities: fc.dictionary(fc.constantFrom(...names), fc.double({ min: 0, max: 1, noNaN: true })),
  contextLength: fc.integer({ min: 1, max: 100_000 }),
})

describe('scoreCapability', () => {
  it('gives 58 to a model of coding 0.8 without math for coding and math', () => {
    const demand = { requiredCapabilities: ['coding', 'math'], preferredCapabilities: [] }
    expect(scoreCapability(demand, { capabilities: { coding: 0.8 }, contextLength: 8192 })).toEqual({
      score: 58,
      required: 0.4,
      preferred: 1,
      context: 1,
      capabilityOverlap: ['coding'],
      missingRequired: ['math'],
    })
  })

  it('gives 95 to a perfect model with half the context asked for', () => {
    const demand = {
      requiredCapabilities: ['math'],
      preferredCapabilities: ['coding'],
      minContextLength: 8192,
    }
    const model = { capabilities: { math: 1, coding: 1 }, contextLength: 4096 }
    expect(scoreCapability(demand, model)).toMatchObject({ score: 95, context: 0.5 })
  })

  it('scores the built-in profiles by task', () => {
    const score = (task: 'coding' | 'summarization', profile: string) => {
      const model = PROFILES[profile]
      return model && scoreCapability(demandOfTask(task), model).score
    }
    expect(score('coding', 'llama3-70b')).toBe(94.75)
    expect(score('coding', 'tinyllama-1b')).toBe(68.5)
    expect(score('summarization', 'mistral-7b')).toBe(88.5)
  })

  it('stays within 0..100 in whole millionths, and splits what is required into had and missing', () => {
    fc.assert(
      fc.property(demands, models, (demand, model) => {
        const { score, capabilityOverlap, missingRequired } = scoreCapability(demand, model)
        expect(score).toBeGreaterThanOrEqual(0)
        expect(score).toBeLessThanOrEqual(100)
        expect(Math.round(score * 1e6) / 1e6).toBe(score)
        const asked = [...new Set(demand.requiredCapabilities)]
        expect(asked.filter((name) => capabilityOverlap.includes(name))).toEqual(capabilityOverlap)
        expect(asked.filter((name) => missingRequired.includes(name))).toEqual(missingRequired)
        expect([...capabilityOverlap, ...missingRequired].sort()).toEqual(asked.sort())
      }),
    )
  })

  it('never falls when a model gets stronger, and does not mind order or repeats', () => {
    fc.assert(
      fc.property(demands, models, fc.constantFrom(...names), (demand, model, name) => {
        const { score } = scoreCapability(demand, model)
        const stronger = { ...model, capabilities: { ...model.capabilities, [name]: 1 } }
        expect(scoreCapability(demand, stronger).score).toBeGreaterThanOrEqual(score)
        const again = [...demand.requiredCapabilities].reverse().concat(demand.requiredCapabilities)
        expect(scoreCapability({ ...demand, requiredCapabilities: again }, model).score).toBe(score)
      }),
    )
  })

  it('does not take what every object has for a capability', () => {
    const demand = { requiredCapabilities: ['constructor', '__proto__'], preferredCapabilities: [] }
    const { required, missingRequired } = scoreCapability(demand, { capabilities: {}, contextLength: 1 })
    expect(required).toBe(0)
    expect(missingRequired).toEqual(['constructor', '__proto__'])
  })

  it.each([
    ['do not sum to 1', { required: 0.7, preferred: 0.2, context: 0.2 }, 'weights'],
    ['are negative', { required: 1.2, preferred: -0.2, context: 0 }, 'weights.preferred'],
    ['are not numbers', { required: NaN, preferred: 0.5, context: 0.5 }, 'weights.required'],
  ])('refuses weights that %s', (_, weights, field) => {
    const demand = { requiredCapabilities: [], preferredCapabilities: [] }
    const act = () => scoreCapability(demand, { capabilities: {}, contextLength: 1 }, weights)
    expect(act).toThrow(expect.objectContaining({ code: 'WEIGHTS_INVALID', field }))
  })

  it('takes weights that sum to 1 but for their decimals', () => {
    const demand = { requiredCapabilities: [], preferredCapabilities: [] }
    const weights = { required: 0.1, preferred: 0.7, context: 0.2 - 1e-10 }
    expect(scoreCapability(demand, { capabilities: {}, contextLength: 1 }, weights).score).toBe(100)
  })
})
