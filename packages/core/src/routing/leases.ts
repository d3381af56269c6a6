import type { TrackedModel } from '../load/tracked.js'
import type { LoadTracker } from '../load/tracker.js'
import type { Share } from './fair-share.js'
import { IdTable } from './id-table.js'
import type { Size } from './line.js'
import type { LeaseOutcome } from './outcome.js'
import type { Lease, RouteRequest } from './submission.js'

/** A lease that has not ended, and what it occupies. */
export interface Running {
  readonly lease: Lease
  readonly model: TrackedModel
  readonly rank: number
  readonly kind: string | undefined
  /** As expected when it was given. */
  readonly size: Size
  /** What its tenant was charged to; `undefined` when it need not share. */
  readonly share: Share | undefined
  /** When its first token came; `undefined` before. */
  firstTokenMs: number | undefined
  /** State of the model's breaker in which it was given; see `Breaker.taken`. */
  readonly breakerEpoch: number
}

/** A lease to be given. */
interface Grant {
  readonly request: RouteRequest
  readonly model: TrackedModel
  readonly rank: number
  readonly size: Size
  readonly share: Share | undefined
  readonly waitedMs: number
}

/** Which leases run. Giving and ending one moves the in-flight count of its model, and nothing else does. */
export class Leases {
  readonly #running = new IdTable<Running>()
  readonly #tracker: LoadTracker
  #given = 0

  constructor(tracker: LoadTracker) {
    this.#tracker = tracker
  }

  get size(): number {
    return this.#running.size
  }

  /** The id that the next lease will have. */
  get nextId(): number {
    return this.#given + 1
  }

  give({ request, model, rank, size, share, waitedMs }: Grant, nowMs: number): Lease {
    const lease: Lease = {
      id: ++this.#given,
      requestId: request.requestId,
      modelId: model.id,
      owner: ownerOf(request),
      acquiredMs: nowMs,
      waitedMs,
    }
    this.#tracker.take(model, rank, nowMs)
    this.#running.add(lease.id, {
      lease,
      model,
      rank,
      kind: request.kind,
      size,
      share,
      firstTokenMs: undefined,
      breakerEpoch: model.health.taken(),
    })
    return lease
  }

  /** Only `completed` feeds the model's times: a failure in 5 ms must not look fast. */
  end(
    { lease, model, rank }: Running,
    outcome: LeaseOutcome,
    outputTokens: number | undefined,
    nowMs: number,
  ): void {
    this.#running.delete(lease.id)
    const serviceMs = outcome === 'completed' ? nowMs - lease.acquiredMs : undefined
    this.#tracker.giveBack(model, rank, nowMs, serviceMs, outputTokens)
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
    return this.#running.values().filter(({ lease }) => lease.owner === owner)
  }
}

/** Who holds what the request is given; nobody in particular is the empty name. */
export function ownerOf(request: RouteRequest): string {
  return request.owner ?? ''
}
