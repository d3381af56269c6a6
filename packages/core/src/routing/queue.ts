import type { TrackedModel } from '../load/tracked.js'
import { type Choice, isSameSet } from './choice.js'
import { DueHeap, EXPIRY, NOWHERE, URGENCY } from './due-heap.js'
import { FairShares, type Share } from './fair-share.js'
import { Line, type Size, type Waiting } from './line.js'
import type { QueueRules } from './options.js'
import { PRIORITIES } from './priority.js'
import type { RouteRequest, Ticket } from './submission.js'

/** A request about to wait. */
interface Newcomer {
  readonly request: RouteRequest
  readonly choice: Choice
  readonly rank: number
  readonly size: Size
  readonly home: TrackedModel
  readonly waitMs: number
}

/**
 * One queue with late binding: whoever waits may be served by any model it accepts. Those that accept the same models
 * at the same priority stand in one line; a model that frees a slot looks only at the lines that accept it.
 *
 * Each one also counts in the queue of one model, its home, which is what `maxQueue` bounds.
 */
export class WaitQueue {
  readonly #rules: QueueRules
  readonly #byTicket = new Map<number, Waiting>()
  readonly #byKey = new Map<number, Line[]>()
  readonly #byModel = new Map<TrackedModel, Set<Line>>()
  readonly #expiries = new DueHeap(EXPIRY)
  readonly #urgencies = new DueHeap(URGENCY)
  readonly #shares = PRIORITIES.map(() => new FairShares())
  #tickets = 0
  #bytes = 0

  constructor(rules: QueueRules) {
    this.#rules = rules
  }

  get size(): number {
    return this.#byTicket.size
  }

  /** Whether so many bytes more may wait. */
  hasRoomFor(bytes: number): boolean {
    return this.#bytes + bytes <= this.#rules.maxBytes
  }

  /** O(candidates) to find its line, O(log waiting) to note when something is due for it. */
  enqueue({ request, choice, rank, size, home, waitMs }: Newcomer, nowMs: number): Ticket {
    const ticket: Ticket = {
      id: ++this.#tickets,
      requestId: request.requestId,
      homeModelId: home.id,
      position: home.queued,
      enqueuedMs: nowMs,
      expiresMs: nowMs + waitMs,
    }
    const waiting: Waiting = {
      request,
      choice,
      rank,
      ticket,
      size,
      orderMs: nowMs + rank * this.#rules.ageingMs,
      dueMs: [ticket.expiresMs, ticket.expiresMs - Math.min(this.#rules.rescueMs, waitMs / 2)],
      places: [NOWHERE, NOWHERE],
      isUrgent: false,
      home,
      line: this.#openLine(choice, rank),
      share: (this.#shares[rank] as FairShares).joined(request.tenant ?? ''),
      before: undefined,
      after: undefined,
      laneBefore: undefined,
      laneAfter: undefined,
    }
    waiting.line.push(waiting)
    count(home, rank, 1)
    this.#bytes += request.bytes ?? 0
    this.#byTicket.set(ticket.id, waiting)
    this.#expiries.push(waiting)
    this.#urgencies.push(waiting)
    return ticket
  }

  find(ticketId: number): Waiting | undefined {
    return this.#byTicket.get(ticketId)
  }

  /** O(log waiting), and O(candidates) for the last one of its line. */
  remove(waiting: Waiting): void {
    const { line, home, rank, share, request, ticket } = waiting
    line.unlink(waiting)
    if (line.first === undefined) this.#close(line)
    count(home, rank, -1)
    this.#bytes -= request.bytes ?? 0
    this.#byTicket.delete(ticket.id)
    this.#expiries.remove(waiting)
    this.#urgencies.remove(waiting)
    ;(this.#shares[rank] as FairShares).left(share)
  }

  rehome(waiting: Waiting, home: TrackedModel): void {
    count(waiting.home, waiting.rank, -1)
    count(home, waiting.rank, 1)
    waiting.home = home
    waiting.ticket = { ...waiting.ticket, homeModelId: home.id }
  }

  /** The line of those who accept these models at this priority, if anybody waits in it. */
  lineOf({ key, models }: Choice, rank: number): Line | undefined {
    return this.#byKey.get(key)?.find((line) => line.rank === rank && isSameSet(line.models, models))
  }

  /** The lines of those who accept a model. */
  linesOf(model: TrackedModel): Iterable<Line> {
    return this.#byModel.get(model) ?? NONE
  }

  /** The one whose wait is over first. */
  firstToExpire(): Waiting | undefined {
    return this.#expiries.first()
  }

  /** Lets all that are in danger of expiring by now be so. @returns the models of whom they accept. */
  markUrgent(nowMs: number): readonly TrackedModel[] {
    if (this.#urgencies.firstMs() > nowMs) return NONE
    const models = new Set<TrackedModel>()
    for (;;) {
      const waiting = this.#urgencies.first()
      if (waiting === undefined || waiting.dueMs[URGENCY] > nowMs) return [...models]
      this.#urgencies.remove(waiting)
      waiting.isUrgent = true
      waiting.line.urgent++
      for (const model of waiting.line.models) models.add(model)
    }
  }

  /** When something is due for anybody. */
  nextDueMs(): number {
    return Math.min(this.#expiries.firstMs(), this.#urgencies.firstMs())
  }

  /** What tenants of a priority are charged to; `undefined` while this one need not share. */
  shareOf(tenant: string, rank: number): Share | undefined {
    return (this.#shares[rank] as FairShares).of(tenant)
  }

  /** Everyone who waits, in order of arrival. */
  all(): readonly Waiting[] {
    return [...this.#byTicket.values()]
  }

  /** Puts everyone in the line of what it may choose from, in order of arrival. O(waiting · candidates). */
  realign(choiceOf: (waiting: Waiting) => Choice): void {
    const everyone = this.all()
    for (const waiting of everyone) waiting.line.unlink(waiting)
    this.#byKey.clear()
    this.#byModel.clear()
    for (const waiting of everyone) {
      waiting.choice = choiceOf(waiting)
      this.#openLine(waiting.choice, waiting.rank).push(waiting)
    }
  }

  #openLine(choice: Choice, rank: number): Line {
    const known = this.lineOf(choice, rank)
    if (known !== undefined) return known
    const line = new Line(choice.models, rank, choice.key)
    const alike = this.#byKey.get(line.key)
    if (alike === undefined) this.#byKey.set(line.key, [line])
    else alike.push(line)
    for (const model of line.models) {
      const lines = this.#byModel.get(model)
      if (lines === undefined) this.#byModel.set(model, new Set([line]))
      else lines.add(line)
    }
    return line
  }

  #close(line: Line): void {
    const others = (this.#byKey.get(line.key) ?? []).filter((other) => other !== line)
    if (others.length === 0) this.#byKey.delete(line.key)
    else this.#byKey.set(line.key, others)
    for (const model of line.models) {
      const lines = this.#byModel.get(model)
      lines?.delete(line)
      if (lines?.size === 0) this.#byModel.delete(model)
    }
  }
}

const NONE: readonly never[] = Object.freeze([])

function count(model: TrackedModel, rank: number, change: number): void {
  model.queued += change
  model.queuedOf[rank] = (model.queuedOf[rank] as number) + change
}
