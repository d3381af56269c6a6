import { describe, expect, it } from 'vitest'
import { agentOf, modelOf } from '../../test/assignment-worlds.js'
import { assign } from './assign.js'
import type { AssignInput } from './input.js'

describe('reasons', () => {
  const run = (change: Partial<AssignInput>) =>
    assign({
      agents: [agentOf('1', 'x')],
      models: [modelOf('A', 1, { x: 0.5 })],
      strategy: 'greedy',
      loadBalancing: false,
      ...change,
    }).unassigned.map(({ agentId, reason, message }) => [agentId, reason, message])

  it('say in a sentence why nobody was found', () => {
    const rival = agentOf('2', 'x', { preferredCapabilities: ['none'] })
    expect(run({ agents: [agentOf('1', 'x', { status: 'maintenance' })] })).toEqual([
      ['1', 'agent_not_online', 'The agent is maintenance; only online agents are assigned.'],
    ])
    expect(run({ models: [] })).toEqual([['1', 'no_models', 'There are no models to assign.']])
    expect(run({ models: [modelOf('A', 0, {})] })).toEqual([
      ['1', 'all_overloaded', 'None of 1 model had a free slot before the run.'],
    ])
    expect(run({ minScore: 70 })).toEqual([
      ['1', 'below_min_score', 'The best score among 1 model with room is 65, below the minimum of 70.'],
    ])
    expect(run({ agents: [rival, agentOf('1', 'x')] })).toEqual([
      ['1', 'no_seat_left', 'All seats of 1 acceptable model were taken before its turn.'],
    ])
    expect(run({ agents: [rival, agentOf('1', 'x')], strategy: 'optimal' })).toEqual([
      [
        '2',
        'priced_out',
        'Every seat of 1 acceptable model adds at least as much to the total with another agent in it.',
      ],
    ])
    expect(
      run({ agents: [rival, agentOf('1', 'x')], strategy: 'optimal', fixed: new Map([['2', 'A']]) }),
    ).toEqual([['1', 'no_seat_left', 'All seats of 1 acceptable model were taken before its turn.']])
  })
})
