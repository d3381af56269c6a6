import { describe, expect, it } from 'vitest'
import { agentOf, modelOf, ONLY_REQUIRED, placedOn } from '../../test/assignment-worlds.js'
import { assign } from './assign.js'

describe('greedy', () => {
  it('gives the best score with a free seat to each in turn; ties go to the first model', () => {
    const models = [modelOf('A', 1, { x: 0.9 }), modelOf('B', 2, { x: 0.7 }), modelOf('C', 9, { x: 0.7 })]
    const agents = ['1', '2', '3', '4'].map((id) => agentOf(id, 'x'))
    const result = assign({ agents, models, strategy: 'greedy', loadBalancing: false })
    expect(placedOn(result)).toEqual({ 1: 'A', 2: 'B', 3: 'B', 4: 'C' })
  })

  it('reads unknown load as full: a known busy model goes before an unknown one of equal score', () => {
    const models = [modelOf('A', 10, { x: 1 }), modelOf('B', 10, { x: 1 })]
    const loads = new Map([['B', { activeRequests: 8, isKnown: true }]])
    const result = assign({
      agents: [agentOf('1', 'x')],
      models,
      loads,
      strategy: 'greedy',
      loadBalancing: true,
    })
    expect(placedOn(result)).toEqual({ 1: 'B' })
    expect(result.models.map(({ utilization }) => utilization)).toEqual([null, 0.9])
    expect(result.avgUtilization).toBe(0.9)
  })

  it('sees manual assignments as load', () => {
    const models = [modelOf('A', 2, { x: 1 }), modelOf('B', 2, { x: 0.95 })]
    const agents = [agentOf('1', 'x'), agentOf('2', 'x')]
    const fixed = new Map([['2', 'A']])
    const result = assign({
      agents,
      models,
      fixed,
      strategy: 'greedy',
      loadBalancing: true,
      weights: ONLY_REQUIRED,
    })
    expect(placedOn(result)).toEqual({ 1: 'B', 2: 'A' })
  })
})
