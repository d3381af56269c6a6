import type { Waiting } from './line.js'

/** Which of a waiting request's times a heap goes by. */
interface Due {
  readonly dueMs: (waiting: Waiting) => number
  readonly place: (waiting: Waiting, index: number) => void
  readonly placeOf: (waiting: Waiting) => number
}

export const EXPIRY: Due = {
  dueMs: ({ ticket }) => ticket.expiresMs,
  place: (waiting, index) => (waiting.expiryIndex = index),
  placeOf: ({ expiryIndex }) => expiryIndex,
}

export const URGENCY: Due = {
  dueMs: ({ urgentMs }) => urgentMs,
  place: (waiting, index) => (waiting.urgencyIndex = index),
  placeOf: ({ urgencyIndex }) => urgencyIndex,
}

/** Not in the heap. */
export const NOWHERE = -1

/**
 * Requests that wait, by a time at which something is due for them; equal times in order of arrival. A binary heap that
 * knows each one's place, so that leaving early is O(log n) and leaves nothing behind.
 */
export class DueHeap {
  readonly #heap: Waiting[] = []
  readonly #due: Due

  constructor(due: Due) {
    this.#due = due
  }

  /** The one that is due first. */
  first(): Waiting | undefined {
    return this.#heap[0]
  }

  /** When the first is due; `Infinity` when nobody waits. */
  firstMs(): number {
    const first = this.#heap[0]
    return first === undefined ? Infinity : this.#due.dueMs(first)
  }

  push(waiting: Waiting): void {
    this.#heap.push(waiting)
    this.#rise(waiting, this.#heap.length - 1)
  }

  /** Nothing when it is not in it. */
  remove(waiting: Waiting): void {
    const index = this.#due.placeOf(waiting)
    if (index === NOWHERE) return
    this.#due.place(waiting, NOWHERE)
    const last = this.#heap.pop()
    if (last === undefined || last === waiting) return
    const parent = this.#heap[(index - 1) >> 1]
    if (index > 0 && parent !== undefined && this.#isSooner(last, parent)) this.#rise(last, index)
    else this.#sink(last, index)
  }

  #rise(waiting: Waiting, from: number): void {
    let index = from
    while (index > 0) {
      const above = (index - 1) >> 1
      const parent = this.#heap[above]
      if (parent === undefined || !this.#isSooner(waiting, parent)) break
      this.#place(parent, index)
      index = above
    }
    this.#place(waiting, index)
  }

  #sink(waiting: Waiting, from: number): void {
    let index = from
    for (;;) {
      const left = this.#heap[2 * index + 1]
      const right = this.#heap[2 * index + 2]
      const child = left !== undefined && right !== undefined && this.#isSooner(right, left) ? right : left
      if (child === undefined || !this.#isSooner(child, waiting)) break
      const below = this.#due.placeOf(child)
      this.#place(child, index)
      index = below
    }
    this.#place(waiting, index)
  }

  #place(waiting: Waiting, index: number): void {
    this.#heap[index] = waiting
    this.#due.place(waiting, index)
  }

  #isSooner(a: Waiting, b: Waiting): boolean {
    const ahead = this.#due.dueMs(a) - this.#due.dueMs(b)
    return ahead < 0 || (ahead === 0 && a.ticket.id < b.ticket.id)
  }
}
