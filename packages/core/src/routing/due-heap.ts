import type { Waiting } from './line.js'

/** Which of a waiting request's times a heap goes by: an index of its `dueMs` and `places`. */
export const EXPIRY = 0
export const URGENCY = 1

/** Not in the heap. */
export const NOWHERE = -1

/**
 * Requests that wait, by a time at which something is due for them; equal times in order of arrival. A binary heap that
 * knows each one's place, so that leaving early is O(log n) and leaves nothing behind.
 */
export class DueHeap {
  readonly #heap: Waiting[] = []
  readonly #due: number

  /** @param due - `EXPIRY` or `URGENCY`. */
  constructor(due: number) {
    this.#due = due
  }

  /** The one that is due first. */
  first(): Waiting | undefined {
    return this.#heap[0]
  }

  /** When the first is due; `Infinity` when nobody waits. */
  firstMs(): number {
    const first = this.#heap[0]
    return first === undefined ? Infinity : (first.dueMs[this.#due] as number)
  }

  push(waiting: Waiting): void {
    this.#heap.push(waiting)
    this.#rise(waiting, this.#heap.length - 1)
  }

  /** Nothing when it is not in it. */
  remove(waiting: Waiting): void {
    const index = waiting.places[this.#due] as number
    if (index === NOWHERE) return
    waiting.places[this.#due] = NOWHERE
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
      const below = child.places[this.#due] as number
      this.#place(child, index)
      index = below
    }
    this.#place(waiting, index)
  }

  #place(waiting: Waiting, index: number): void {
    this.#heap[index] = waiting
    waiting.places[this.#due] = index
  }

  #isSooner(a: Waiting, b: Waiting): boolean {
    const ahead = (a.dueMs[this.#due] as number) - (b.dueMs[this.#due] as number)
    return ahead < 0 || (ahead === 0 && a.ticket.id < b.ticket.id)
  }
}
