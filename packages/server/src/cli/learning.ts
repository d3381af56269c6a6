import { TASK_TYPES } from '@loadstar/core'
import type { Logger } from 'pino'
import type { LearningView } from '../api/learning-view.js'
import type { Config } from '../config/config.js'
import type { HistoryReader } from '../history/history.js'
import { FeedbackDesk } from '../learning/feedback-desk.js'
import { LearnedScores } from '../learning/learned-scores.js'
import { Learner } from '../learning/learner.js'
import { QualityBook } from '../learning/quality-book.js'
import type { QualityStore } from '../learning/quality-store.js'
import { RecentCalls, type EndedCall } from '../learning/recent-calls.js'
import type { Registry } from '../registry/registry.js'
import type { Ledger } from './ledger.js'

/** What an instance learns, in the process that has its ledger. */
export interface Learning {
  readonly learner: Learner
  readonly view: LearningView
  /** Scores that follow what is learned from here on. */
  readonly scores: () => LearnedScores
  readonly stop: () => void
}

interface Ground {
  readonly config: Pick<Config, 'scoring'>
  readonly registry: Registry
  readonly ledger: Ledger
  readonly store: QualityStore
  /** `undefined` where nothing is recorded. */
  readonly history: Pick<HistoryReader, 'find'> | undefined
  readonly clock: () => number
  readonly log: Logger
}

/** Lets an instance learn from every call that ends, and from what people think of the answers. */
export async function startLearning({
  config: { scoring },
  registry,
  ledger,
  store,
  history,
  clock,
  log,
}: Ground): Promise<Learning> {
  const book = await QualityBook.open({ store, halfLifeMs: scoring.quality.halfLifeMs })
  const learner = new Learner({ config: scoring, catalog: registry, book, clock })
  const calls = new RecentCalls()
  ledger.onEnded((record) => {
    learner.ended(record)
    calls.note(record)
  })
  registry.onChange((change) => {
    if (change.kind !== 'model_removed') return
    learner.forget(change.id)
    book.forget(change.id).catch((error: unknown) => {
      log.warn({ err: error, model: change.id }, 'votes on a model that was removed are still stored')
    })
  })
  const desk = new FeedbackDesk({
    book,
    calls,
    catalog: registry,
    leaseOf: (decisionId) => ledger.decisionIds.leaseOf(decisionId),
    isGiven: (leaseId) => ledger.router.decision(leaseId) !== undefined,
    recorded: (decisionId) => recordedCall(history, decisionId),
    clock,
  })
  return {
    learner,
    view: {
      rate: async (feedback) => {
        const receipt = await desk.take(feedback)
        if (receipt.kind === 'counted') learner.look()
        return receipt
      },
      qualities: () => learner.qualities(),
      experience: () => learner.experience(),
    },
    scores: () => {
      const scores = new LearnedScores(scoring, learner.snapshot)
      learner.onMoved((snapshot) => scores.load(snapshot))
      return scores
    },
    stop: () => learner.stop(),
  }
}

async function recordedCall(history: Ground['history'], decisionId: string): Promise<EndedCall | undefined> {
  const row = await history?.find(decisionId)
  if (row === undefined || row.model_id === null) return undefined
  const task = TASK_TYPES.find((known) => known === row.task)
  return { modelId: row.model_id, agentId: row.agent_id ?? undefined, task }
}
