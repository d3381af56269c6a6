import { scoreAdaptive, type LeaseOutcome } from '@loadstar/core'
import { afterEach, describe, expect, it } from 'vitest'
import { parseConfig } from '../config/parse.js'
import { agentEntry, modelEntry, registryOf } from '../gateway/catalog-fixture.contract.js'
import type { ExchangeRecord } from '../gateway/record.js'
import { openStores } from '../storage/stores.js'
import { LearnedScores } from './learned-scores.js'
import { Learner } from './learner.js'
import { QualityBook } from './quality-book.js'

const opened: { stop(): unknown }[] = []
afterEach(() => {
  for (const part of opened.splice(0)) part.stop()
})

const CODER = agentEntry('coder', { requiredCapabilities: ['coding', 'reasoning'] })
const GOOD = modelEntry('good', { capabilities: { coding: 0.9, reasoning: 0.9 } })
const POOR = modelEntry('poor', { capabilities: { coding: 0.6, reasoning: 0.6 } })

async function world(yaml: string) {
  const { scoring } = parseConfig(yaml, {}, 'test.yaml')
  const stores = await openStores('file::memory:')
  const registry = await registryOf([GOOD, POOR], [CODER])
  const book = await QualityBook.open({ store: stores.quality, halfLifeMs: scoring.quality.halfLifeMs })
  const time = { nowMs: 1_000_000 }
  const learner = new Learner({ config: scoring, catalog: registry, book, clock: () => time.nowMs })
  opened.push(learner, { stop: () => stores.close() })
  const scores = new LearnedScores(scoring, learner.snapshot)
  learner.onMoved((snapshot) => scores.load(snapshot))
  const scoreOf = (model: typeof GOOD, agentId?: string): number =>
    scores.score(CODER, model, { agentId, task: undefined }).score
  return { learner, book, time, scores, scoreOf }
}

function ended(modelId: string, outcome: LeaseOutcome, serviceMs: number, agentId?: string): ExchangeRecord {
  return {
    requestId: 'r',
    keyId: undefined,
    chargeId: undefined,
    api: 'chat',
    cache: undefined,
    outcome,
    status: 200,
    startedMs: 0,
    asked: { model: 'auto', agentId, task: undefined, mustHave: [], priority: 'default', isStream: false },
    totalMs: serviceMs,
    queueMs: 0,
    overheadMs: 0,
    attempts: [
      {
        modelId,
        leaseId: 1,
        score: 90,
        outcome,
        queueMs: 0,
        serviceMs,
        firstByteMs: undefined,
        inputTokens: undefined,
        outputTokens: undefined,
        costUsd: undefined,
      },
    ],
  }
}

describe('what is learned of calls', () => {
  it('moves live scores by the adaptive formula, and back once the model is well again', async () => {
    const { learner, time, scoreOf } = await world('scoring: { adaptive: everywhere, window_ms: 60000 }')
    expect(scoreOf(GOOD)).toBe(93)
    for (let i = 0; i < 20; i++) learner.ended(ended('good', i % 2 ? 'completed' : 'upstream_error', 100))
    learner.look()
    const failing = { requests: 20, successRate: 0.5, latencyMs: 100, slowness: 1 }
    expect(scoreOf(GOOD)).toBe(scoreAdaptive(93, failing).score)
    expect(scoreOf(GOOD)).toBeLessThan(scoreOf(POOR))
    for (let step = 0; step < 60; step++) {
      time.nowMs += 1_000
      learner.ended(ended('good', 'completed', 100))
      learner.look()
    }
    expect(scoreOf(GOOD)).toBeGreaterThan(93)
    expect(scoreOf(GOOD)).toBeGreaterThan(scoreOf(POOR))
  })

  it('does not move live scores by default, and is told to assignments', async () => {
    const { learner, scoreOf, scores } = await world('{}')
    for (let i = 0; i < 20; i++) learner.ended(ended('good', 'upstream_error', 100))
    learner.look()
    expect([scoreOf(GOOD), scores.version]).toEqual([93, 0])
    expect(learner.experience()).toMatchObject({ adaptive: { minRequests: 10 } })
    expect(learner.experience().performance?.get('good')).toMatchObject({ requests: 20, successRate: 0 })
  })

  it('is told alike to assignments until it would move a score, so that one that is kept can be used again', async () => {
    const { learner } = await world('{}')
    for (let i = 0; i < 1_000; i++) learner.ended(ended('good', 'completed', 100))
    const before = learner.experience()
    learner.ended(ended('good', 'completed', 101))
    expect(learner.experience()).toEqual(before)
    for (let i = 0; i < 200; i++) learner.ended(ended('good', 'upstream_error', 100))
    expect(learner.experience()).not.toEqual(before)
  })

  it('is nothing where it is off, or where the call says nothing of its model', async () => {
    const off = await world('scoring: { adaptive: "off" }')
    off.learner.ended(ended('good', 'upstream_error', 100))
    expect(off.learner.experience().adaptive).toBeUndefined()
    const { learner } = await world('{}')
    for (const outcome of ['client_gone', 'refused_by_model', 'hedge_lost', 'instance_lost'] as const) {
      learner.ended(ended('good', outcome, 100))
    }
    learner.ended(ended('stranger', 'completed', 100))
    expect(learner.experience().performance).toEqual(new Map())
  })

  it('is of one agent with the model, where it goes worse for that agent than for others', async () => {
    const { learner, scoreOf } = await world('scoring: { adaptive: everywhere }')
    for (let i = 0; i < 200; i++) learner.ended(ended('good', 'completed', 100))
    for (let i = 0; i < 20; i++) learner.ended(ended('good', 'upstream_cut', 100, 'coder'))
    learner.look()
    expect(scoreOf(GOOD, 'coder')).toBeLessThan(scoreOf(GOOD) / 1.5)
  })

  it('is told anew only when scores move by it', async () => {
    const { learner, scores, time } = await world('scoring: { adaptive: everywhere }')
    for (let i = 0; i < 1_000; i++) learner.ended(ended('good', 'completed', 100))
    learner.look()
    expect(scores.version).toBe(1)
    for (let i = 0; i < 10; i++) {
      time.nowMs += 100
      learner.ended(ended('good', 'completed', 101))
      learner.look()
    }
    expect(scores.version).toBe(1)
  })
})

describe('what is learned of votes', () => {
  it('moves live scores at the task type they were cast for, and says how sure that is', async () => {
    const { learner, book, scoreOf, time } = await world('{}')
    for (let i = 0; i < 40; i++) {
      const cast = { decisionId: `d${i}`, modelId: 'good', task: 'coding' as const, score: 0.2 }
      await book.vote({ ...cast, atMs: time.nowMs })
    }
    learner.look()
    // Ten votes of 0.9 and forty of 0.2 make 0.34; the strength counts 70 points.
    expect(scoreOf(GOOD)).toBeCloseTo(93 - 70 * (0.9 - 0.34), 6)
    const [coding, ...others] = learner.qualities().filter(({ modelId }) => modelId === 'good')
    expect(coding).toMatchObject({ task: 'coding', declared: 0.9, votes: 40 })
    expect(coding?.mean).toBeCloseTo(0.34, 6)
    expect(coding?.effective).toBeCloseTo(0.34, 6)
    expect((coding?.low ?? 1) < 0.34 && (coding?.high ?? 0) > 0.34).toBe(true)
    expect(others.every(({ effective, declared, votes }) => effective === declared && votes === 0)).toBe(true)
  })

  it('says of every candidate how much there is to learn, where that is explored', async () => {
    const { learner, book, scores, time } = await world('scoring: { exploration_share: 0.1 }')
    const asker = { agentId: undefined, task: 'coding' as const }
    const { spread: before = 0 } = scores.score(CODER, GOOD, asker)
    expect(before).toBeGreaterThan(0)
    for (let i = 0; i < 100; i++) {
      const cast = { decisionId: `d${i}`, modelId: 'good', task: 'coding' as const, score: 0.9 }
      await book.vote({ ...cast, atMs: time.nowMs })
    }
    learner.look()
    expect(scores.score(CODER, GOOD, asker).spread).toBeLessThan(before / 2)
    expect(scores.score(CODER, POOR, asker).spread).toBeGreaterThan(before / 2)
  })
})
