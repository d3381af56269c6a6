import { describe, expect, it } from 'vitest'
import { agentOf, modelOf } from '../../test/assignment-worlds.js'
import { LoadstarError } from '../error.js'
import { assign } from './assign.js'
import type { AssignInput } from './input.js'

describe('assign refuses', () => {
  it.each([
    ['an unknown strategy', { strategy: 'best' }, 'STRATEGY_UNKNOWN', 'strategy'],
    ['load balancing as text', { loadBalancing: 'yes' }, 'OPTION_INVALID', 'enable_load_balancing'],
    ['a load weight above 1', { loadWeight: 2 }, 'OPTION_INVALID', 'load_weight'],
    ['a minimum score of NaN', { minScore: NaN }, 'OPTION_INVALID', 'min_score'],
    [
      'weights that do not sum to 1',
      { weights: { required: 1, preferred: 1, context: 0 } },
      'WEIGHTS_INVALID',
      'weights',
    ],
    [
      'a negative load',
      { loads: new Map([['A', { activeRequests: -1, isKnown: true }]]) },
      'OPTION_INVALID',
      'loads["A"].active_requests',
    ],
    ['a manual agent that is not there', { fixed: new Map([['9', 'A']]) }, 'OPTION_INVALID', 'fixed["9"]'],
    ['a manual model that is not there', { fixed: new Map([['1', 'Z']]) }, 'UNKNOWN_MODEL', 'fixed["1"]'],
    ['a negative switching cost', { switchingCost: -1 }, 'OPTION_INVALID', 'switching_cost'],
    [
      'a switching cost where nothing is compared',
      { strategy: 'greedy', switchingCost: 5 },
      'OPTION_INVALID',
      'switching_cost',
    ],
    [
      'current models where nothing is compared',
      { strategy: 'balanced', current: new Map() },
      'OPTION_INVALID',
      'current',
    ],
    [
      'an agent given twice',
      { agents: [agentOf('1', 'x'), agentOf('1', 'x')] },
      'DUPLICATE_ID',
      'agents[1].id',
    ],
    [
      'a negative capacity',
      { models: [modelOf('A', -1, {})] },
      'CAPACITY_INVALID',
      'models[0].max_concurrent',
    ],
  ])('%s by field', (_, change, code, field) => {
    const good = {
      agents: [agentOf('1', 'x')],
      models: [modelOf('A', 1, {})],
      strategy: 'optimal',
      loadBalancing: true,
    }
    let thrown: unknown
    try {
      assign({ ...good, ...change } as unknown as AssignInput)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(LoadstarError)
    expect(thrown).toMatchObject({ code, field })
  })
})
