import type { TrackedModel } from '../load/tracked.js'
import { ExpiryHeap } from './expiry.js'
import { Line, mergeLines, type Waiting } from './line.js'
import type { Slate } from './slate.js'
import type { RouteRequest, Ticket } from './submission.js'

/**
 * One queue with late binding: whoever waits may be served by any model it accepts. Those that accept the same models
 * stand in one line; a model that frees a slot looks only at the heads of the lines that accept it.
 *
 * Each one also counts in the queue of one model, its home, which is what `maxQueue` bounds.
 */
export class WaitQueue {
  readonly #byTicket = new Map<number, Waiting>()
  readonly #byKey = new Map<number, Line[]>()
  readonly #byModel = new Map<TrackedModel, Set<Line>>()
  readonly #expiry = new ExpiryHeap()
  #tickets = 0

  get size(): number {
    return this.#byTicket.size
  }

  /** O(candidates) to find its line, O(log waiting) to note its expiry. */
  enqueue(request: RouteRequest, slate: Slate, home: TrackedModel, nowMs: number, waitMs: number): Ticket {
    const ticket: Ticket = {
      id: ++this.#tickets,
      requestId: request.requestId,
      homeModelId: home.id,
      position: home.queued,
      enqueuedMs: nowMs,
      expiresMs: nowMs + waitMs,
    }
    const line = this.#lineOf(slate)
    const waiting: Waiting = {
      request,
      ticket,
      home,
      line,
      before: undefined,
      after: undefined,
      expiryIndex: 0,
    }
    line.push(waiting)
    home.queued++
    this.#byTicket.set(ticket.id, waiting)
    this.#expiry.push(waiting)
    return ticket
  }

  find(ticketId: number): Waiting | undefined {
    return this.#byTicket.get(ticketId)
  }

  /** O(log waiting), and O(candidates) for the last one of its line. */
  remove(waiting: Waiting): void {
    waiting.line.unlink(waiting)
    if (waiting.line.head === undefined) this.#close(waiting.line)
    waiting.home.queued--
    this.#byTicket.delete(waiting.ticket.id)
    this.#expiry.remove(waiting)
  }

  rehome(waiting: Waiting, home: TrackedModel): void {
    waiting.home.queued--
    home.queued++
    waiting.home = home
    waiting.ticket = { ...waiting.ticket, homeModelId: home.id }
  }

  /**
   * Who came first among those that accept one of the models that has a free slot. O(lines that accept them).
   *
   * @param isInPanic - whether those in a line ignore breakers.
   */
  firstFor(models: readonly TrackedModel[], isInPanic: (line: Line) => boolean): Waiting | undefined {
    let first: Waiting | undefined
    for (const model of models) {
      if (model.freeSlotsInPanic <= 0) continue
      for (const line of this.#byModel.get(model) ?? []) {
        const { head } = line
        if (head === undefined || (first !== undefined && head.ticket.id > first.ticket.id)) continue
        if (model.freeSlots > 0 || isInPanic(line)) first = head
      }
    }
    return first
  }

  /** The one whose wait is over first. */
  firstToExpire(): Waiting | undefined {
    return this.#expiry.first()
  }

  /** Everyone who waits, in order of arrival. */
  all(): readonly Waiting[] {
    return [...this.#byTicket.values()]
  }

  /** Everyone who accepts the model, in order of arrival. */
  acceptorsOf(model: TrackedModel): readonly Waiting[] {
    const lines = [...(this.#byModel.get(model) ?? [])]
    return lines.flatMap((line) => [...line]).sort((a, b) => a.ticket.id - b.ticket.id)
  }

  /** Nobody accepts the model any longer; lines that become alike are joined in order of arrival. */
  withdraw(model: TrackedModel): void {
    for (const line of [...(this.#byModel.get(model) ?? [])]) {
      const models = line.models.filter((other) => other !== model)
      const key = line.key ^ keyOf(model)
      const twin = (this.#byKey.get(key) ?? []).find((other) => isSameSet(other.models, models))
      this.#close(line)
      if (twin !== undefined) this.#close(twin)
      this.#open(mergeLines(line, twin, models, key))
    }
  }

  #lineOf(slate: Slate): Line {
    let key = 0
    for (let i = 0; i < slate.count; i++) key ^= keyOf(slate.models[i] as TrackedModel)
    const known = this.#byKey.get(key)?.find((line) => slate.isSameSet(line.models))
    if (known !== undefined) return known
    const line = new Line(slate.models.slice(0, slate.count), key)
    this.#open(line)
    return line
  }

  #open(line: Line): void {
    const alike = this.#byKey.get(line.key)
    if (alike === undefined) this.#byKey.set(line.key, [line])
    else alike.push(line)
    for (const model of line.models) {
      const lines = this.#byModel.get(model)
      if (lines === undefined) this.#byModel.set(model, new Set([line]))
      else lines.add(line)
    }
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

/** The best-scored candidate whose queue has room, the earlier at equal scores. */
export function homeFor(slate: Slate): TrackedModel | undefined {
  let home: TrackedModel | undefined
  let homeScore = 0
  for (let i = 0; i < slate.count; i++) {
    const model = slate.models[i] as TrackedModel
    const score = slate.scores[i] as number
    if (model.maxConcurrent === 0 || model.queued >= model.maxQueue) continue
    if (home !== undefined && score <= homeScore) continue
    home = model
    homeScore = score
  }
  return home
}

function isSameSet(a: readonly TrackedModel[], b: readonly TrackedModel[]): boolean {
  return a.length === b.length && a.every((model) => b.includes(model))
}

/**
 * A well mixed 32-bit number per model; the xor over a set does not depend on order, and taking a model out is one
 * more xor (Zobrist hashing). Mixing as in MurmurHash3's finalizer. Equal keys are still compared model by model.
 */
function keyOf(model: TrackedModel): number {
  let key = Math.imul(model.serial, 0x9e3779b1)
  key = Math.imul(key ^ (key >>> 16), 0x85ebca6b)
  key = Math.imul(key ^ (key >>> 13), 0xc2b2ae35)
  return key ^ (key >>> 16)
}
