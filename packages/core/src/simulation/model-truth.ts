import type { Capacity } from '../catalog/model.js'
import { TARGET_TOLERANCE } from '../scoring/load-factor.js'
import type { AnswerFate } from './faults/faults.js'
import type { Occupancy } from './occupancy.js'
import type { Passage } from './passage.js'
import type { SimulatedModel } from './scenario.js'
import { TimeHeap } from './time-heap.js'

/**
 * A model as it is, which the router only hears of: the requests it holds, and how far each has come.
 *
 * All requests at a model go on at one speed, which depends on how many they are. So progress is kept as one clock of
 * work, which runs at that speed; a request's first token and end are due at readings of it that never change. This is
 * processor sharing in virtual time: Kleinrock, Queueing Systems II, 1976, with a knee instead of full sharing.
 */
export class ModelTruth {
  readonly index: number
  readonly spec: SimulatedModel
  readonly occupancy: Occupancy
  /** What the router lets it have: its `limits`, or nothing while it is removed. */
  capacity: Capacity
  /** What it was configured with last. */
  limits: Capacity
  isRemoved = false
  /** Requests of ours it is working on. */
  held = 0
  greatestHeld = 0
  /** Requests given to it that have not ended for the router, those on their way included. */
  leases = 0
  /** Requests of others, and what its last report told of them. */
  external = 0
  knownExternal = 0
  outage: { readonly untilMs: number; readonly fate: AnswerFate } | undefined
  /** Requests sent to it beyond what it could be known to have room for. */
  overcommitted = 0
  /** When the world has it in its heap; `Infinity` when it has not. */
  scheduledMs = Infinity
  readonly #due = new TimeHeap<Passage>()
  readonly #waiting: Passage[] = []
  #work = 0
  #workedMs = 0
  #speed = 1

  constructor(index: number, spec: SimulatedModel, occupancy: Occupancy) {
    this.index = index
    this.spec = spec
    this.occupancy = occupancy
    this.capacity = spec
    this.limits = spec
  }

  /** Requests of ours that it can be known to have room for. */
  get room(): number {
    return this.capacity.maxConcurrent - this.knownExternal
  }

  /** Begins to work on a request, whose `plan` is made. */
  start(passage: Passage, nowMs: number): void {
    this.#advance(nowMs)
    const plan = passage.plan as NonNullable<Passage['plan']>
    passage.state = 'serving'
    passage.endWork = this.#work + plan.endMs
    passage.hasFirstToken = !(plan.firstTokenMs < plan.endMs)
    passage.dueWork = passage.hasFirstToken ? passage.endWork : this.#work + plan.firstTokenMs
    this.#due.push(passage.dueWork, passage)
    this.held++
    if (this.held > this.greatestHeld) this.greatestHeld = this.held
    this.#pace()
  }

  /** It waits at the model itself. */
  enqueue(passage: Passage): void {
    this.#waiting.push(passage)
  }

  /** The next of those that wait at the model itself, when there is room. */
  nextWaiting(): Passage | undefined {
    return this.held < this.room ? this.#waiting.shift() : undefined
  }

  /** The request is over, or its connection is gone: the model works on it no more. */
  release(passage: Passage, nowMs: number): void {
    if (passage.state !== 'serving') {
      const place = this.#waiting.indexOf(passage)
      if (place >= 0) this.#waiting.splice(place, 1)
      return
    }
    this.#advance(nowMs)
    this.held--
    this.#pace()
  }

  setCapacity(capacity: Capacity, nowMs: number): void {
    this.#advance(nowMs)
    this.capacity = capacity
  }

  setExternal(external: number, nowMs: number): void {
    this.#advance(nowMs)
    this.external = external
    this.#pace()
  }

  /** When the next first token or end is due, if nothing changes before; `Infinity` while there is none. */
  dueMs(nowMs: number): number {
    this.#advance(nowMs)
    return nowMs + Math.max(0, this.#due.firstMs() - this.#work) / this.#speed
  }

  /**
   * What is due now, called at `dueMs`: the request's first token when it had none, else its end. `undefined` when that
   * request has left. After a first token its end becomes due.
   */
  takeDue(nowMs: number): Passage | undefined {
    this.#advance(nowMs)
    const passage = this.#due.pop()
    if (passage === undefined) return undefined
    // The clock of work is a sum of products: where rounding left it short, it is set right.
    this.#work = Math.max(this.#work, passage.dueWork)
    if (passage.state !== 'serving') return undefined
    if (!passage.hasFirstToken) this.#due.push(passage.endWork, passage)
    return passage
  }

  /** Brings work and occupancy up to now. */
  #advance(nowMs: number): void {
    if (nowMs === this.#workedMs) return
    this.#work += (nowMs - this.#workedMs) * this.#speed
    this.#workedMs = nowMs
    const { maxConcurrent, targetUtilization } = this.capacity
    const targetSlots = Math.max(1, Math.floor((targetUtilization + TARGET_TOLERANCE) * maxConcurrent))
    this.occupancy.until(nowMs, this.held, maxConcurrent, targetSlots)
  }

  #pace(): void {
    const { slowdown, maxConcurrent } = this.spec
    if (slowdown === undefined) return
    const share = (this.held + this.external) / maxConcurrent
    const beyond = Math.max(0, share - slowdown.kneeShare) / (1 - slowdown.kneeShare)
    this.#speed = 1 / (1 + beyond * (slowdown.factor - 1))
  }
}
