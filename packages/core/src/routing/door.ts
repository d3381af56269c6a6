import type { TrackedModel } from '../load/tracked.js'
import { hasCapacity } from './choice.js'
import type { Demand } from './demand.js'
import type { Discipline } from './disciplines/discipline.js'
import type { Expectation } from './expectation.js'
import type { Waiting } from './line.js'
import type { UnleasedOutcome } from './outcome.js'
import { NONE } from './pick.js'
import type { WaitQueue } from './queue.js'
import { drainMs } from './retry.js'
import type { Slate } from './slate.js'
import type { RouteRequest } from './submission.js'

/** A request that could be let wait, or why not. */
export type Place =
  | {
      readonly home: TrackedModel
      readonly waitMs: number
      /** Who must make room for it. */
      readonly displaced: Waiting | undefined
    }
  | Refusal

export interface Refusal {
  readonly outcome: UnleasedOutcome
  /** Milliseconds after which trying again may help; `null` when it cannot. */
  readonly retryMs: number | null
}

/** Decides whether a request that was given no slot may wait: where, how long, and in whose place. */
export class Door {
  readonly #queue: WaitQueue
  readonly #discipline: Discipline
  readonly #expectation: Expectation

  constructor(queue: WaitQueue, discipline: Discipline, expectation: Expectation) {
    this.#queue = queue
    this.#discipline = discipline
    this.#expectation = expectation
  }

  /**
   * @param slate - what it may choose from, weighed.
   * @param held - milliseconds for which health keeps it from all of that.
   */
  placeFor(
    request: RouteRequest,
    { rank, waitMs }: Demand,
    slate: Slate,
    held: number,
    nowMs: number,
  ): Place {
    const { models } = slate.choice
    if (!hasCapacity(models)) return { outcome: 'rejected_no_model', retryMs: null }
    const retryMs = this.retryMs(models, held)
    if (waitMs <= held) return { outcome: 'expired_in_queue', retryMs }
    const place = this.#discipline.home(slate, nowMs)
    const displaced =
      place === NONE ? this.#queue.leastEntitled(models, rank, request.tenant ?? '') : undefined
    const home = place === NONE ? displaced?.home : slate.model(place)
    const left = displaced?.request.bytes ?? 0
    if (home === undefined && isClosedToAll(models)) return { outcome: 'rejected_queue_closed', retryMs }
    if (home === undefined || !this.#queue.hasRoomFor((request.bytes ?? 0) - left)) {
      return { outcome: 'rejected_queue_full', retryMs }
    }
    if (request.deadlineMs === undefined) return { home, waitMs, displaced }
    const startMs = Math.max(0, request.deadlineMs - this.#expectation.serviceMs(home, slate.size, nowMs))
    const predictedMs = Math.max(held, drainMs(models, this.#expectation, rank))
    if (predictedMs > startMs) {
      return { outcome: 'rejected_deadline', retryMs: Math.max(1, Math.ceil(predictedMs - startMs)) }
    }
    return { home, waitMs: Math.min(waitMs, startMs), displaced }
  }

  /** Milliseconds until one that comes now would be served; `null` when none of the models has capacity. */
  retryMs(models: readonly TrackedModel[], held: number): number | null {
    const drained = drainMs(models, this.#expectation)
    return drained === Infinity ? null : Math.max(1, Math.ceil(drained), Math.ceil(held))
  }
}

function isClosedToAll(models: readonly TrackedModel[]): boolean {
  return models.every(({ maxConcurrent, isQueueClosed }) => isQueueClosed || maxConcurrent === 0)
}
