import type { AssignInput } from '@loadstar/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { runKey } from './run-key.js'

const AGENT = {
  id: 'a',
  name: 'a',
  type: 'inference',
  status: 'online',
  requiredCapabilities: ['coding'],
  preferredCapabilities: [],
} as const
const MODEL = {
  id: 'm',
  name: 'm',
  capabilities: { coding: 0.9 },
  contextLength: 8192,
  maxConcurrent: 10,
  maxQueue: 40,
  targetUtilization: 0.8,
}
const load = (activeRequests: number, isKnown = true) => new Map([['m', { activeRequests, isKnown }]])
const input = (changes: Partial<AssignInput> = {}): AssignInput => ({
  agents: [AGENT],
  models: [MODEL],
  strategy: 'optimal',
  loadBalancing: true,
  loads: load(0),
  ...changes,
})

describe('the key of a run', () => {
  it('is the same for the same input, however its fields are ordered', () => {
    const { loads, ...rest } = input({ minScore: 3 })
    expect(runKey({ ...(loads ? { loads } : {}), ...rest }, 0)).toBe(runKey(input({ minScore: 3 }), 0))
  })

  it.each<[string, Partial<AssignInput>]>([
    ['an agent', { agents: [{ ...AGENT, requiredCapabilities: ['math'] }] }],
    ['the order of the agents', { agents: [{ ...AGENT, id: 'b' }, AGENT] }],
    ['a model', { models: [{ ...MODEL, capabilities: { coding: 0.8 } }] }],
    ['a capacity', { models: [{ ...MODEL, maxConcurrent: 11 }] }],
    ['the strategy', { strategy: 'greedy' }],
    ['load balancing', { loadBalancing: false }],
    ['the load weight', { loadWeight: 0.5 }],
    ['the least score', { minScore: 5 }],
    ['an explanation', { explain: true }],
    ['a manual assignment', { fixed: new Map([['a', 'm']]) }],
    ['a constraint', { constraints: new Map([['a', { demand: 2 }]]) }],
    ['a group', { antiAffinity: [['a']] }],
    ['a load', { loads: load(1) }],
    ['what is known of a load', { loads: load(0, false) }],
  ])('is another with %s changed', (_what, changes) => {
    expect(runKey(input(changes), 0)).not.toBe(runKey(input(), 0))
  })

  it('tells apart what was measured, to two digits where loads go by steps', () => {
    const measured = (successRate: number) => ({
      experience: {
        performance: new Map([['m', { requests: 50, successRate, latencyMs: 100, slowness: null }]]),
      },
    })
    const key = (successRate: number, step: number) => runKey(input(measured(successRate)), step)
    expect(key(0.951, 0.1)).toBe(key(0.949, 0.1))
    expect(key(0.94, 0.1)).not.toBe(key(0.95, 0.1))
    expect(key(0.951, 0)).not.toBe(key(0.949, 0))
  })

  it('tells loads apart by steps, full and unknown ones always', () => {
    const slots = { ...MODEL, maxConcurrent: 20 }
    const key = (activeRequests: number, isKnown = true) =>
      runKey(input({ models: [slots], loads: load(activeRequests, isKnown) }), 0.25)
    fc.assert(
      fc.property(fc.nat(25), fc.nat(25), (one, other) => {
        const isSameStep = one < 20 && other < 20 && Math.floor(one / 5) === Math.floor(other / 5)
        expect(key(one) === key(other)).toBe(isSameStep || one === other)
        expect(key(one, false)).not.toBe(key(other))
      }),
    )
  })
})
