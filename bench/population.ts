import type { Agent, AssignInput, Model } from '@loadstar/core'

/** Agents and models whose strengths repeat without a pattern; seats for all, a fifth to spare. */
export function population(
  agents: number,
  models: number,
  how: Pick<AssignInput, 'strategy' | 'loadBalancing'>,
): AssignInput {
  return {
    agents: Array.from({ length: agents }, (_, i): Agent => ({
      id: `agent-${i}`,
      name: `Agent ${i}`,
      type: 'inference',
      status: 'online',
      requiredCapabilities: [`c${i % 7}`, `c${7 + (i % 11)}`],
      preferredCapabilities: [],
    })),
    models: Array.from({ length: models }, (_, j): Model => ({
      id: `model-${j}`,
      name: `Model ${j}`,
      capabilities: Object.fromEntries(
        Array.from({ length: 18 }, (_, c) => [`c${c}`, ((j * 37 + c * 101) % 89) / 89]),
      ),
      contextLength: 8192,
      maxConcurrent: Math.ceil((agents / models) * 1.2),
      maxQueue: 0,
      targetUtilization: 0.8,
    })),
    ...how,
  }
}
