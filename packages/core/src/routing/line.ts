import type { TrackedModel } from '../load/tracked.js'
import type { Choice } from './choice.js'
import type { Share } from './fair-share.js'
import type { RouteRequest, Ticket } from './submission.js'

/** Tokens of a request and, as expected, of its answer. */
export interface Size {
  readonly inputTokens: number
  readonly outputTokens: number
}

/** A request that waits. */
export interface Waiting {
  readonly request: RouteRequest
  readonly size: Size
  choice: Choice
  readonly rank: number
  ticket: Ticket
  /** Milliseconds; the smallest comes first: when it came, later for each priority it is below the highest. */
  readonly orderMs: number
  /** When its wait is over, and when it begins to be in danger of that. */
  readonly dueMs: readonly [number, number]
  /** Its places in the heaps of these. */
  readonly places: [number, number]
  isUrgent: boolean
  /** The model in whose queue it counts. */
  home: TrackedModel
  line: Line
  readonly share: Share
  before: Waiting | undefined
  after: Waiting | undefined
  laneBefore: Waiting | undefined
  laneAfter: Waiting | undefined
}

/**
 * Those who wait for the same at the same priority (the same models, or the same models at the same scores), in order of arrival, and each tenant's among them: linked lists,
 * so that leaving from the middle is O(1). Of the tenants the one that has been served least is next, with its first.
 */
export class Line {
  /** Who came first. */
  first: Waiting | undefined
  /** How many are in danger of expiring. */
  urgent = 0
  /** Number of the latest search that looked at it. */
  lastLooked = 0
  #last: Waiting | undefined
  readonly #lanes = new Map<Share, Lane>()

  /** @param choice - whose scores all in it share, or, where it is mixed, whose models. */
  constructor(
    readonly choice: Choice,
    readonly rank: number,
    readonly isMixed: boolean,
  ) {}

  get models(): readonly TrackedModel[] {
    return this.choice.models
  }

  get key(): number {
    return this.isMixed ? this.choice.setKey : this.choice.scoreKey
  }

  /** The newest of each tenant. */
  *newest(): Generator<Waiting> {
    for (const { last } of this.#lanes.values()) yield last
  }

  /** Who is served next. O(tenants). */
  get head(): Waiting | undefined {
    if (this.#lanes.size <= 1) return this.first
    let head: Waiting | undefined
    for (const { first } of this.#lanes.values()) {
      const { share, ticket } = first
      const ahead = head === undefined ? -1 : share.tokens - head.share.tokens
      if (ahead < 0 || (ahead === 0 && head !== undefined && ticket.id < head.ticket.id)) head = first
    }
    return head
  }

  push(waiting: Waiting): void {
    waiting.line = this
    waiting.before = this.#last
    if (this.#last === undefined) this.first = waiting
    else this.#last.after = waiting
    this.#last = waiting
    const lane = this.#lanes.get(waiting.share)
    if (lane === undefined) this.#lanes.set(waiting.share, { first: waiting, last: waiting })
    else {
      waiting.laneBefore = lane.last
      lane.last.laneAfter = waiting
      lane.last = waiting
    }
    if (waiting.isUrgent) this.urgent++
  }

  unlink(waiting: Waiting): void {
    const { before, after } = waiting
    if (before === undefined) this.first = after
    else before.after = after
    if (after === undefined) this.#last = before
    else after.before = before
    this.#leaveLane(waiting)
    waiting.before = waiting.after = waiting.laneBefore = waiting.laneAfter = undefined
    if (waiting.isUrgent) this.urgent--
  }

  #leaveLane({ share, laneBefore, laneAfter }: Waiting): void {
    const lane = this.#lanes.get(share)
    if (lane === undefined) return
    if (laneBefore !== undefined) laneBefore.laneAfter = laneAfter
    else if (laneAfter !== undefined) lane.first = laneAfter
    else this.#lanes.delete(share)
    if (laneAfter !== undefined) laneAfter.laneBefore = laneBefore
    else if (laneBefore !== undefined) lane.last = laneBefore
  }
}

/** The requests of one tenant in a line. */
interface Lane {
  first: Waiting
  last: Waiting
}
