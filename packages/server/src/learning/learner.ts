import {
  credibleInterval,
  declaredStrength,
  estimateQuality,
  isModelFailure,
  Judgement,
  PerformanceHistory,
  strengthShift,
  TASK_TYPES,
  type Experience,
  type Performance,
} from '@loadstar/core'
import type { ModelQuality } from '../api/learning-view.js'
import type { ScoringConfig } from '../config/config.js'
import type { ExchangeRecord } from '../gateway/record.js'
import type { Catalog } from '../registry/catalog.js'
import { experienceOf } from './learned-scores.js'
import type { QualityBook } from './quality-book.js'
import { hasMoved } from './movement.js'
import { NOTHING_LEARNED, type LearnedSnapshot, type LearnedStrength } from './snapshot.js'

interface Sources {
  readonly config: ScoringConfig
  readonly catalog: Catalog
  readonly book: QualityBook
  readonly clock: () => number
}

/** Milliseconds between two looks at whether scores have moved. */
const LOOK_EVERY_MS = 1_000

/** Hears of every call that ended, and tells what scores should follow from it. */
export class Learner {
  readonly #sources: Sources
  readonly #history: PerformanceHistory
  /** To see what a performance does to scores. */
  readonly #live: Judgement
  readonly #listeners: ((snapshot: LearnedSnapshot) => void)[] = []
  readonly #timer: NodeJS.Timeout
  #published = NOTHING_LEARNED
  /** What assignments follow. */
  #followed = NOTHING_LEARNED
  #experience = experienceOf(NOTHING_LEARNED)

  constructor(sources: Sources) {
    const { config } = sources
    this.#sources = sources
    this.#history = new PerformanceHistory({ windowMs: config.windowMs, pairWeight: config.pairWeight })
    this.#live = new Judgement({ adaptive: config.rules })
    this.look()
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS).unref()
  }

  /** A request ended. Calls that say nothing of their model are passed over: its client left, or was at fault. */
  ended({ asked, attempts }: ExchangeRecord): void {
    const nowMs = this.#sources.clock()
    for (const { modelId, outcome, serviceMs, outputTokens } of attempts) {
      const isSuccess = outcome === 'completed'
      if (!isSuccess && !isModelFailure(outcome)) continue
      // A model may be removed while it still answers.
      if (this.#sources.catalog.model(modelId) === undefined) continue
      const agentId = asked?.agentId
      this.#history.record({ modelId, agentId, isSuccess, latencyMs: serviceMs, outputTokens }, nowMs)
    }
  }

  /** What live scores follow at this moment. */
  get snapshot(): LearnedSnapshot {
    return this.#published
  }

  /** From here on the listener is told of every snapshot that live scores should follow. */
  onMoved(listener: (snapshot: LearnedSnapshot) => void): void {
    this.#listeners.push(listener)
  }

  /** Publishes what was learned, if scores would move by it. */
  look(): void {
    const { adaptive } = this.#sources.config
    const current = this.#current(adaptive === 'everywhere')
    if (!hasMoved(this.#published, current, this.#live)) return
    this.#published = current
    for (const listener of this.#listeners) listener(current)
  }

  /** What assignments are to follow: all of it, and the same until scores would move by what came since. */
  experience(): Experience {
    const { adaptive, rules } = this.#sources.config
    const current = this.#current(adaptive !== 'off')
    if (hasMoved(this.#followed, current, this.#live)) {
      this.#followed = current
      this.#experience = experienceOf(current)
    }
    return adaptive === 'off' ? this.#experience : { ...this.#experience, adaptive: rules }
  }

  /** Every model at every task type, in catalog order. */
  qualities(): readonly ModelQuality[] {
    const { catalog, book, clock, config } = this.#sources
    const nowMs = clock()
    return catalog.models().flatMap(({ id, capabilities }) =>
      TASK_TYPES.map((task) => {
        const votes = book.votes(id, task, nowMs)
        const declared = declaredStrength(capabilities, task)
        const quality = estimateQuality(declared, votes, config.quality)
        const effective = declared + strengthShift(declared, votes, config.quality)
        const interval = credibleInterval(quality)
        return {
          modelId: id,
          task,
          declared,
          effective,
          mean: quality.mean,
          ...interval,
          votes: votes.weight,
        }
      }),
    )
  }

  forget(modelId: string): void {
    this.#history.forget(modelId)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #current(isMeasured: boolean): LearnedSnapshot {
    const strengths = this.#strengths()
    if (!isMeasured) return { ...NOTHING_LEARNED, strengths }
    const nowMs = this.#sources.clock()
    const performance: [string, Performance][] = []
    const pairs: [string, [string, Performance][]][] = []
    for (const modelId of this.#history.modelIds()) {
      const own = this.#history.of(modelId, nowMs)
      if (own === undefined) continue
      performance.push([modelId, own])
      const known: [string, Performance][] = []
      for (const agentId of this.#history.agentsOf(modelId)) {
        const pair = this.#history.ofPair(modelId, agentId, nowMs)
        if (pair !== undefined) known.push([agentId, pair])
      }
      pairs.push([modelId, known])
    }
    return { performance, pairs, strengths }
  }

  #strengths(): readonly LearnedStrength[] {
    const { catalog, book, clock, config } = this.#sources
    const nowMs = clock()
    const strengths: LearnedStrength[] = []
    for (const { id: modelId, capabilities } of catalog.models()) {
      for (const task of TASK_TYPES) {
        const votes = book.votes(modelId, task, nowMs)
        if (votes.weight === 0) continue
        const declared = declaredStrength(capabilities, task)
        const { deviation } = estimateQuality(declared, votes, config.quality)
        strengths.push({ modelId, task, shift: strengthShift(declared, votes, config.quality), deviation })
      }
    }
    return strengths
  }
}
