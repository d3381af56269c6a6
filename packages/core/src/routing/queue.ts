import type { TrackedModel } from '../load/tracked.js'
import { type Choice, isSameChoice, isSameSet } from './choice.js'
import { DueHeap, EXPIRY, NOWHERE, URGENCY } from './due-heap.js'
import { FairShares, type Share } from './fair-share.js'
import { IdTable } from './id-table.js'
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
 * Lines of a priority told apart by score; beyond it kinds that are new share a line for each set of models. A freed slot is
 * offered to the head of each, so this bounds what handing it on costs.
 */
const MOST_SCORED_LINES = 16

/**
 * One queue with late binding: whoever waits may be served by any model it accepts. Those that accept the same models
 * at the same priority stand in one line, or where scores decide who is served, those at the same scores; a model that
 * frees a slot looks only at the lines that accept it.
 *
 * Each one also counts in the queue of one model, its home, which is what `maxQueue` bounds.
 */
export class WaitQueue {
  readonly #rules: QueueRules
  readonly #isByScore: boolean
  /** By rank, lines told apart by score. */
  readonly #scored: number[] = PRIORITIES.map(() => 0)
  readonly #byTicket = new IdTable<Waiting>()
  readonly #byKey = new Map<number, Line[]>()
  readonly #byModel = new Map<TrackedModel, Set<Line>>()
  readonly #expiries = new DueHeap(EXPIRY)
  readonly #urgencies = new DueHeap(URGENCY)
  readonly #shares = PRIORITIES.map(() => new FairShares())
  #tickets = 0
  #bytes = 0

  /** @param isByScore - whether lines are told apart by score. */
  constructor(rules: QueueRules, isByScore: boolean) {
    this.#rules = rules
    this.#isByScore = isByScore
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
    this.#byTicket.add(ticket.id, waiting)
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

  /** The line a request with this choice and priority would stand in, if anybody waits in it. */
  lineOf(choice: Choice, rank: number): Line | undefined {
    // A mixed line is joined until it is empty: whoever stands in it came before.
    return (this.#isByScore ? this.#scoredLine(choice, rank) : undefined) ?? this.#mixedLine(choice, rank)
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

  /** The least that a tenant which waits at the priority has had, and what it may be passed by. */
  shareBound(rank: number): number {
    return (this.#shares[rank] as FairShares).least + this.#rules.shareSlack
  }

  /**
   * Who is turned away when a queue is full and a more urgent request comes, or one of a tenant with fewer in the queue:
   * of the least urgent the tenant with most, of its requests the newest of those. Longest-queue drop as in McKenney, "Stochastic
   * fairness queueing", INFOCOM 1990. O(lines · tenants) where all count in these queues.
   *
   * @param models - those in whose queue it must count.
   */
  leastEntitled(models: readonly TrackedModel[], rank: number, tenant: string): Waiting | undefined {
    const own = (this.#shares[rank] as FairShares).waitingOf(tenant)
    let victim: Waiting | undefined
    for (const line of this.#lines()) {
      if (line.rank < rank) continue
      for (const last of line.newest()) {
        if (line.rank === rank && last.share.waiting < own + 2) continue
        let waiting: Waiting | undefined = last
        while (waiting !== undefined && !isIn(waiting, models)) waiting = waiting.laneBefore
        if (waiting === undefined) continue
        if (victim === undefined || isLessEntitled(waiting, victim)) victim = waiting
      }
    }
    return victim
  }

  /** Everyone who waits, in order of arrival. */
  all(): readonly Waiting[] {
    return this.#byTicket.values()
  }

  /** Puts everyone in the line of what it may choose from, in order of arrival. O(waiting · candidates). */
  realign(choiceOf: (waiting: Waiting) => Choice): void {
    const everyone = this.all()
    for (const waiting of everyone) waiting.line.unlink(waiting)
    this.#byKey.clear()
    this.#byModel.clear()
    this.#scored.fill(0)
    for (const waiting of everyone) {
      waiting.choice = choiceOf(waiting)
      this.#openLine(waiting.choice, waiting.rank).push(waiting)
    }
  }

  *#lines(): Generator<Line> {
    for (const lines of this.#byKey.values()) yield* lines
  }

  #scoredLine(choice: Choice, rank: number): Line | undefined {
    return this.#byKey
      .get(choice.scoreKey)
      ?.find((line) => !line.isMixed && line.rank === rank && isSameChoice(line.choice, choice))
  }

  #mixedLine({ setKey, models }: Choice, rank: number): Line | undefined {
    return this.#byKey
      .get(setKey)
      ?.find((line) => line.isMixed && line.rank === rank && isSameSet(line.models, models))
  }

  #openLine(choice: Choice, rank: number): Line {
    const known = this.lineOf(choice, rank)
    if (known !== undefined) return known
    const isMixed = !this.#isByScore || (this.#scored[rank] as number) >= MOST_SCORED_LINES
    const line = new Line(choice, rank, isMixed)
    if (!line.isMixed) this.#scored[rank] = (this.#scored[rank] as number) + 1
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
    if (!line.isMixed) this.#scored[line.rank] = (this.#scored[line.rank] as number) - 1
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

/** Whether it counts in the queue of one of the models, one that can serve, is open, and was not cut below what stands in it. */
function isIn({ home }: Waiting, models: readonly TrackedModel[]): boolean {
  const isOpen = home.maxConcurrent > 0 && !home.isQueueClosed && home.queued <= home.maxQueue
  return isOpen && models.includes(home)
}

function isLessEntitled(a: Waiting, b: Waiting): boolean {
  if (a.rank !== b.rank) return a.rank > b.rank
  if (a.share.waiting !== b.share.waiting) return a.share.waiting > b.share.waiting
  return a.ticket.id > b.ticket.id
}

function count(model: TrackedModel, rank: number, change: number): void {
  model.queued += change
  model.queuedOf[rank] = (model.queuedOf[rank] as number) + change
}
