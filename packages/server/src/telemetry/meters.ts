import { bucketOf, isModelFailure } from '@loadstar/core'
import { answeringModel, heardAttempt, type AttemptRecord, type ExchangeRecord } from '../gateway/record.js'
import { AMOUNT_AT, CALL_AT, REQUEST_AT } from './counter.js'
import { MEASURE_AT } from './measure.js'
import { FINE_MS, floorTo } from './recent.js'
import type { Slice } from './slice.js'
import { Subject } from './subject.js'

export type SubjectKind = 'all' | 'model' | 'agent'

/** Who is measured by its own, and how many at most. */
interface MetersOptions {
  /** Unix milliseconds, never backwards. */
  readonly clock: () => number
  readonly isModel: (id: string) => boolean
  readonly isAgent: (id: string) => boolean
  readonly mostModels: number
  readonly mostAgents: number
}

/** Of requests that no model was asked for, and that no agent made. */
const NONE = 'none'
/** Of whoever is not known any more, or is one too many. */
const OTHER = 'other'

/**
 * Counts and measures every ended request: all together, by model and by agent.
 *
 * Whoever appears first is measured by its own, up to a limit; what the others do is told as that of `other`.
 */
export class Meters {
  readonly all = new Subject('all')
  readonly #options: MetersOptions
  readonly #models = new Map<string, Subject>()
  readonly #agents = new Map<string, Subject>()
  /** Unix milliseconds since when anything is counted. */
  readonly startedMs: number
  #openedMs: number

  constructor(options: MetersOptions) {
    this.#options = options
    this.startedMs = options.clock()
    this.#openedMs = floorTo(this.startedMs, FINE_MS)
  }

  /** Unix milliseconds at which the current interval of ten seconds began. */
  get openedMs(): number {
    return this.#openedMs
  }

  models(): Iterable<Subject> {
    return this.#models.values()
  }

  agents(): Iterable<Subject> {
    return this.#agents.values()
  }

  model(id: string): Subject | undefined {
    return this.#models.get(id)
  }

  agent(id: string): Subject | undefined {
    return this.#agents.get(id)
  }

  /** The model is told of from here on, before anything is asked of it: a count that begins at 0 shows its first rise. */
  awaitModel(id: string): void {
    this.#modelOf(id)
  }

  forgetModel(id: string): void {
    this.#models.delete(id)
  }

  forgetAgent(id: string): void {
    this.#agents.delete(id)
  }

  ended(record: ExchangeRecord): void {
    const { outcome, asked, attempts, cache } = record
    const answering = heardAttempt(attempts)
    const { all } = this
    const model = this.#modelOf(answeringModel(record, answering) ?? NONE)
    const agent = this.#agentOf(asked?.agentId ?? NONE)
    const at = REQUEST_AT[outcome]
    all.count(at, 1)
    model.count(at, 1)
    agent.count(at, 1)
    if (outcome === 'completed') measure(MEASURE_AT.latency, record.totalMs, all, model, agent)
    if (asked === undefined || cache?.result === 'hit') return
    if (cache) {
      const missed = AMOUNT_AT.cacheMisses
      all.count(missed, 1)
      model.count(missed, 1)
      agent.count(missed, 1)
    }
    measure(MEASURE_AT.queue_wait, record.queueMs, all, model, agent)
    if (answering) measure(MEASURE_AT.overhead, record.overheadMs, all, model, agent)
    let failed: AttemptRecord | undefined
    for (let i = 0; i < attempts.length; i++) {
      const attempt = attempts[i] as AttemptRecord
      const called = attempt === answering ? model : this.#modelOf(attempt.modelId)
      countCall(attempt, asked.isStream, all, called, agent)
      if (failed) countRetry(attempt.modelId !== failed.modelId, all, called, agent)
      failed = isModelFailure(attempt.outcome) ? attempt : undefined
    }
  }

  /**
   * Ends the interval of ten seconds where it is over.
   *
   * @param closed - told of everyone to whom something happened in it; may be left out.
   * @returns whether it was over.
   */
  roll(closed?: (kind: SubjectKind, subject: Subject, slice: Slice) => void): boolean {
    const nowMs = this.#options.clock()
    const openedMs = this.#openedMs
    if (nowMs < openedMs + FINE_MS) return false
    this.#openedMs = floorTo(nowMs, FINE_MS)
    this.each((kind, subject) => {
      const slice = subject.close(openedMs)
      if (slice) closed?.(kind, subject, slice)
    })
    return true
  }

  each(visit: (kind: SubjectKind, subject: Subject) => void): void {
    visit('all', this.all)
    for (const subject of this.#models.values()) visit('model', subject)
    for (const subject of this.#agents.values()) visit('agent', subject)
  }

  #modelOf(id: string): Subject {
    return (
      this.#models.get(id) ?? this.#made(this.#models, id, this.#options.isModel, this.#options.mostModels)
    )
  }

  #agentOf(id: string): Subject {
    return (
      this.#agents.get(id) ?? this.#made(this.#agents, id, this.#options.isAgent, this.#options.mostAgents)
    )
  }

  #made(subjects: Map<string, Subject>, id: string, isKnown: (id: string) => boolean, most: number): Subject {
    // A model may be removed while it still answers.
    const isOwn = id === NONE || (subjects.size < most && isKnown(id))
    const name = isOwn ? id : OTHER
    let subject = subjects.get(name)
    if (!subject) subjects.set(name, (subject = new Subject(name)))
    return subject
  }
}

function countCall(
  attempt: AttemptRecord,
  isStream: boolean,
  all: Subject,
  model: Subject,
  agent: Subject,
): void {
  const { outcome, serviceMs, firstByteMs, inputTokens, outputTokens, costUsd } = attempt
  count(CALL_AT[outcome], 1, all, model, agent)
  model.count(AMOUNT_AT.scores, attempt.score)
  if (inputTokens !== undefined) count(AMOUNT_AT.inputTokens, inputTokens, all, model, agent)
  if (outputTokens !== undefined) count(AMOUNT_AT.outputTokens, outputTokens, all, model, agent)
  if (costUsd !== undefined) count(AMOUNT_AT.costUsd, costUsd, all, model, agent)
  if (outcome === 'completed') measure(MEASURE_AT.service, serviceMs, all, model, agent)
  // The head of a whole answer comes with its last token, and would make the model look slow to begin.
  if (!isStream || firstByteMs === undefined) return
  measure(MEASURE_AT.first_token, firstByteMs, all, model, agent)
  if (outcome === 'completed' && outputTokens !== undefined && outputTokens > 1) {
    measure(MEASURE_AT.per_token, (serviceMs - firstByteMs) / (outputTokens - 1), all, model, agent)
  }
}

function countRetry(isFallback: boolean, all: Subject, model: Subject, agent: Subject): void {
  count(AMOUNT_AT.retries, 1, all, model, agent)
  if (isFallback) count(AMOUNT_AT.fallbacks, 1, all, model, agent)
}

function count(at: number, amount: number, all: Subject, model: Subject, agent: Subject): void {
  all.count(at, amount)
  model.count(at, amount)
  agent.count(at, amount)
}

function measure(at: number, valueMs: number, all: Subject, model: Subject, agent: Subject): void {
  // One logarithm for all three.
  const ms = valueMs > 0 ? valueMs : 0
  const bucket = bucketOf(ms)
  all.measure(at, bucket, ms)
  model.measure(at, bucket, ms)
  agent.measure(at, bucket, ms)
}
