import type { TrackedModel } from '../load/tracked.js'
import type { LoadTracker } from '../load/tracker.js'
import type { LeaseOutcome } from './outcome.js'
import type { Lease, RouteRequest } from './submission.js'

/** A lease that has not ended, and what it occupies. */
export interface Running {
  readonly lease: Lease
  readonly model: TrackedModel
  /** When its first token came; `undefined` before. */
  firstTokenMs: number | undefined
  /** State of the model's breaker in which it was given; see `Breaker.taken`. */
  readonly breakerEpoch: number
}

/** Which leases run. Giving and ending one moves the in-flight count of its model, and nothing else does. */
export class Leases {
  readonly #running = new Map<number, Running>()
  readonly #tracker: LoadTracker
  #given = 0

  constructor(tracker: LoadTracker) {
    this.#tracker = tracker
  }

  get size(): number {
    return this.#running.size
  }

  give(request: RouteRequest, model: TrackedModel, waitedMs: number, nowMs: number): Lease {
    const lease: Lease = {
      id: ++this.#given,
      requestId: request.requestId,
      modelId: model.id,
      owner: ownerOf(request),
      acquiredMs: nowMs,
      waitedMs,
    }
    this.#tracker.take(model, nowMs)
    const breakerEpoch = model.health.taken()
    this.#running.set(lease.id, { lease, model, firstTokenMs: undefined, breakerEpoch })
    return lease
  }

  /** Only `completed` feeds the model's average latency: a failure in 5 ms must not look fast. */
  end({ lease }: Running, outcome: LeaseOutcome, nowMs: number): void {
    this.#running.delete(lease.id)
    const serviceMs = outcome === 'completed' ? nowMs - lease.acquiredMs : undefined
    this.#tracker.release(lease.modelId, nowMs, serviceMs)
  }

  find(leaseId: number): Running | undefined {
    return this.#running.get(leaseId)
  }

  /** Whether a lease of this id was ever given. */
  wasGiven(leaseId: number): boolean {
    return Number.isInteger(leaseId) && leaseId >= 1 && leaseId <= this.#given
  }

  /** In the order they were given. O(leases): owners die rarely, and leases need no index for it on the hot path. */
  heldBy(owner: string): readonly Running[] {
    return [...this.#running.values()].filter(({ lease }) => lease.owner === owner)
  }
}

/** Who holds what the request is given; nobody in particular is the empty name. */
export function ownerOf(request: RouteRequest): string {
  return request.owner ?? ''
}
