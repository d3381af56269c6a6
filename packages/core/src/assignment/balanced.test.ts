import { describe, expect, it } from 'vitest'
import { agentOf, countsOf, modelOf, ONLY_REQUIRED, placedOn } from '../../test/assignment-worlds.js'
import { assign } from './assign.js'

describe('balanced', () => {
  it('spreads equal agents over equal models evenly', () => {
    const models = ['A', 'B', 'C'].map((id) => modelOf(id, 10, { x: 0.8 }))
    const agents = Array.from({ length: 9 }, (_, i) => agentOf(String(i), 'x'))
    for (const loadBalancing of [false, true]) {
      expect(countsOf(assign({ agents, models, strategy: 'balanced', loadBalancing }))).toEqual([3, 3, 3])
    }
  })

  it('counts a manual assignment as a use', () => {
    const models = [modelOf('A', 10, { x: 0.84 }), modelOf('B', 10, { x: 0.8 })]
    const agents = [agentOf('1', 'x'), agentOf('2', 'x')]
    const input = {
      agents,
      models,
      loadBalancing: false,
      weights: ONLY_REQUIRED,
      fixed: new Map([['2', 'A']]),
    }
    expect(placedOn(assign({ ...input, strategy: 'balanced' }))).toEqual({ 1: 'B', 2: 'A' })
    expect(placedOn(assign({ ...input, strategy: 'greedy' }))).toEqual({ 1: 'A', 2: 'A' })
  })
})
