import fc from 'fast-check'
import type { Agent } from '../src/catalog/agent.js'
import type { Model } from '../src/catalog/model.js'
import type { AssignmentResult } from '../src/assignment/assignment.js'
import type { AssignInput } from '../src/assignment/input.js'
import { STRATEGIES } from '../src/assignment/strategy.js'

/** Makes the strength of a required capability the whole score. */
export const ONLY_REQUIRED = { required: 1, preferred: 0, context: 0 }

export function agentOf(id: string, capability: string, change: Partial<Agent> = {}): Agent {
  return {
    id,
    name: `Agent ${id}`,
    type: 'inference',
    status: 'online',
    requiredCapabilities: [capability],
    preferredCapabilities: [],
    ...change,
  }
}

export function modelOf(id: string, maxConcurrent: number, capabilities: Model['capabilities']): Model {
  return {
    id,
    name: `Model ${id}`,
    capabilities,
    contextLength: 8192,
    maxConcurrent,
    maxQueue: 0,
    targetUtilization: 0.8,
  }
}

export const scenarioA = {
  agents: ['1', '2', '3', '4'].map((id) => agentOf(id, 'x')).concat(agentOf('5', 'y')),
  models: [
    modelOf('A', 5, { x: 0.9, y: 0.8 }),
    modelOf('B', 3, { x: 0.8, y: 0.9 }),
    modelOf('C', 8, { x: 0.85, y: 0.8 }),
  ],
  weights: ONLY_REQUIRED,
}

export function countsOf({ models }: AssignmentResult): number[] {
  return models.map(({ assigned }) => assigned)
}

export function placedOn(result: AssignmentResult): Record<string, string> {
  return Object.fromEntries(result.assignments.map(({ agentId, modelId }) => [agentId, modelId]))
}

/** Worlds of up to 8 agents and 5 models, with load, manual assignments and models without room. */
export const worlds: fc.Arbitrary<Omit<AssignInput, 'strategy' | 'loadBalancing'>> = fc
  .record({
    agents: fc.array(
      fc.record({
        needs: fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { maxLength: 3 }),
        status: fc.constantFrom<Agent['status'][]>('online', 'online', 'online', 'offline', 'maintenance'),
        fixedTo: fc.option(fc.nat(4), { freq: 5 }),
      }),
      { maxLength: 8 },
    ),
    models: fc.array(
      fc.record({
        strengths: fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 3, maxLength: 3 }),
        maxConcurrent: fc.integer({ min: 0, max: 5 }),
        activeRequests: fc.integer({ min: 0, max: 4 }),
        isKnown: fc.boolean(),
      }),
      { maxLength: 5 },
    ),
    hasLoads: fc.boolean(),
    minScore: fc.constantFrom(0, 30, 70),
    loadWeight: fc.constantFrom(0, 0.3, 1),
  })
  .map(({ agents, models, hasLoads, minScore, loadWeight }) => ({
    agents: agents.map(({ needs, status }, i) =>
      agentOf(`a${i}`, '', { requiredCapabilities: needs, status }),
    ),
    models: models.map(({ strengths: [x = 0, y = 0, z = 0], maxConcurrent }, j) =>
      modelOf(`m${j}`, maxConcurrent, { x: x / 20, y: y / 20, z: z / 20 }),
    ),
    fixed: new Map(
      agents.flatMap(({ fixedTo }, i) =>
        fixedTo !== null && fixedTo < models.length ? [[`a${i}`, `m${fixedTo}`] as const] : [],
      ),
    ),
    ...(hasLoads
      ? {
          loads: new Map(
            models.map(({ activeRequests, isKnown }, j) => [`m${j}`, { activeRequests, isKnown }]),
          ),
        }
      : {}),
    minScore,
    loadWeight,
  }))
export const strategies = fc.constantFrom(...STRATEGIES)
