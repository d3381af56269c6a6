import type { LeaseOutcome, Outcome } from '../routing/outcome.js'
import type { Passage } from './passage.js'
import type { Scenario } from './scenario.js'

/** A call of a model that has ended, times in milliseconds. */
export interface EndedCall {
  readonly modelId: string
  readonly classId: string
  readonly outcome: LeaseOutcome
  /** Spent in the queue before. */
  readonly queueMs: number
  /** From its slot to its end. */
  readonly serviceMs: number
  /** From its slot to its first token; `undefined` when none came, or the model tells of none. */
  readonly firstTokenMs: number | undefined
  /** Tokens of the request and of its whole answer. */
  readonly inputTokens: number
  readonly outputTokens: number
  /** Virtual time of its slot and of its end. */
  readonly startedMs: number
  readonly endedMs: number
}

/** A request that ended without a slot. */
export interface TurnedAway {
  readonly classId: string
  readonly outcome: Outcome
  readonly endedMs: number
}

/**
 * Whoever looks on at a simulated world, e.g. metrics or alerts. It is told in virtual time, with all numbers a server
 * would know, and must leave the router's account alone; what it steers (limits, prices, queues) it steers as a server
 * would, through the router it was given to `createRouter`.
 */
export interface Observer {
  call?(call: EndedCall): void
  turnedAway?(request: TurnedAway): void
  /** Milliseconds > 0 between ticks, until the scenario's `durationMs`; none when left out. */
  readonly everyMs?: number
  tick?(nowMs: number): void
}

/** Tells an observer how a request ended. */
export function tell(
  observer: Observer,
  { arrival, leasedMs, firstTokenMs, modelIndex }: Passage,
  outcome: Outcome,
  { classes, models }: Scenario,
  nowMs: number,
): void {
  const classId = classes[arrival.classIndex]?.id ?? ''
  const model = models[modelIndex]
  if (model === undefined) return observer.turnedAway?.({ classId, outcome, endedMs: nowMs })
  observer.call?.({
    modelId: model.id,
    classId,
    outcome: outcome as LeaseOutcome,
    queueMs: leasedMs - arrival.atMs,
    serviceMs: nowMs - leasedMs,
    firstTokenMs: Number.isNaN(firstTokenMs) ? undefined : firstTokenMs - leasedMs,
    inputTokens: arrival.inputTokens,
    outputTokens: arrival.outputTokens,
    startedMs: leasedMs,
    endedMs: nowMs,
  })
}
