import type { CapacityAdvice, RuleState } from '@loadstar/core'
import { describe, expect, it } from 'vitest'
import type { CapacityRuleConfig } from '../config/alerts-config.js'
import { CapacityActions } from './capacity-actions.js'

const rule = (id: string, action: CapacityRuleConfig['action']): CapacityRuleConfig => ({
  id,
  action,
  utilization: 0.8,
  durationMs: 0,
  severity: 'warning',
  targetWaitMs: 100,
  minIntervalMs: 60_000,
  maxScoreLoss: 20,
})

const state = (of: CapacityRuleConfig, modelId: string, isInForce = true): RuleState => ({
  rule: of,
  modelId,
  isInForce,
  utilization: 0.9,
  sinceMs: 0,
})

const ADVICE = { slots: 4, advisedSlots: 6, reasons: ['because'] } as unknown as CapacityAdvice

function actions() {
  const done: string[] = []
  const failing = { next: false }
  const subject = new CapacityActions({
    setQueueOpen: (modelId, isOpen) => void done.push(`${modelId} ${isOpen ? 'open' : 'closed'}`),
    redistribute: ({ id }, hot) => {
      done.push(`${id} moves ${[...hot].join(' ')}`)
      return failing.next ? Promise.reject(new Error('no')) : Promise.resolve([])
    },
    advise: (modelId) => (modelId === 'unmeasured' ? undefined : ADVICE),
    tell: ({ id }) => void done.push(`${id} advises`),
    log: { info: () => undefined, error: (_fields, message) => void done.push(message) },
  })
  return { subject, done, failing }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('what capacity rules in force lead to', () => {
  it('reject_new closes a queue and keeps it closed, until the last rule lets go', () => {
    const { subject, done } = actions()
    const one = rule('one', 'reject_new')
    const two = rule('two', 'reject_new')
    subject.follow([state(one, 'm'), state(two, 'm')], [one, two], 0)
    subject.follow([state(one, 'm', false), state(two, 'm')], [one, two], 1)
    expect(new Set(done)).toEqual(new Set(['m closed']))
    subject.follow([state(one, 'm', false), state(two, 'm', false)], [one, two], 2)
    subject.follow([], [one, two], 3)
    expect(done.filter((text) => text === 'm open')).toHaveLength(1)
  })

  it('redistribute runs once for all hot models, and again only after its interval', async () => {
    const { subject, done } = actions()
    const moving = rule('moving', 'redistribute')
    const states = [state(moving, 'm'), state(moving, 'n')]
    for (const nowMs of [0, 2_000, 59_000, 60_000]) {
      subject.follow(states, [moving], nowMs)
      await settled()
    }
    expect(done).toEqual(['moving moves m n', 'moving moves m n'])
  })

  it('a redistribution that fails is logged, and the next one is tried in its time', async () => {
    const { subject, done, failing } = actions()
    const moving = rule('moving', 'redistribute')
    failing.next = true
    subject.follow([state(moving, 'm')], [moving], 0)
    await settled()
    failing.next = false
    subject.follow([state(moving, 'm')], [moving], 60_000)
    await settled()
    expect(done).toEqual(['moving moves m', 'agents could not be moved to other models', 'moving moves m'])
  })

  it('scale_out advises at once, again after its interval, and waits while too little was measured', () => {
    const { subject, done } = actions()
    const growing = rule('growing', 'scale_out')
    subject.follow([state(growing, 'unmeasured')], [growing], 0)
    subject.follow([state(growing, 'm')], [growing], 0)
    subject.follow([state(growing, 'm')], [growing], 59_999)
    subject.follow([state(growing, 'm')], [growing], 60_000)
    expect(done).toEqual(['growing advises', 'growing advises'])
  })

  it('alert_only does nothing but what its alert says', () => {
    const { subject, done } = actions()
    const said = rule('said', 'alert_only')
    subject.follow([state(said, 'm')], [said], 0)
    expect(done).toEqual([])
  })
})
