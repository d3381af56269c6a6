import type { TrackedModel } from '../load/tracked.js'
import type { RouteRequest, Ticket } from './submission.js'

/** A request that waits. */
export interface Waiting {
  readonly request: RouteRequest
  ticket: Ticket
  /** The model in whose queue it counts. */
  home: TrackedModel
  line: Line
  before: Waiting | undefined
  after: Waiting | undefined
  /** Its place in the expiry heap. */
  expiryIndex: number
}

/**
 * First come, first served among the requests that accept exactly the same models: a linked list, so that leaving
 * from the middle is O(1).
 */
export class Line {
  head: Waiting | undefined
  #tail: Waiting | undefined

  /** @param key - hash of the models, equal for equal sets. */
  constructor(
    readonly models: readonly TrackedModel[],
    readonly key: number,
  ) {}

  push(waiting: Waiting): void {
    waiting.line = this
    waiting.before = this.#tail
    waiting.after = undefined
    if (this.#tail === undefined) this.head = waiting
    else this.#tail.after = waiting
    this.#tail = waiting
  }

  unlink(waiting: Waiting): void {
    if (waiting.before === undefined) this.head = waiting.after
    else waiting.before.after = waiting.after
    if (waiting.after === undefined) this.#tail = waiting.before
    else waiting.after.before = waiting.before
  }

  /** Those in the line, in order of arrival. */
  *[Symbol.iterator](): Generator<Waiting> {
    for (let waiting = this.head; waiting !== undefined; waiting = waiting.after) yield waiting
  }
}

/** A line over `models` with the requests of both lines, in order of arrival. O(length of both). */
export function mergeLines(a: Line, b: Line | undefined, models: readonly TrackedModel[], key: number): Line {
  const everyone = [...a, ...(b ?? [])].sort((x, y) => x.ticket.id - y.ticket.id)
  const merged = new Line(models, key)
  for (const waiting of everyone) merged.push(waiting)
  return merged
}
